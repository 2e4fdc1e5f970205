"""Repositories of the Hugging Face Hub: which ones are meant, and reading from them."""

import contextlib
import dataclasses
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from seqkit.errors import SeqkitError

_NAME = re.compile(r"\w[\w.-]*/\w[\w.-]*")


@dataclasses.dataclass
class Remote:
    """A repository, at a branch, a tag or a commit."""

    name: str
    revision: str | None = None
    token: str | None = None

    def fetch(self, names: Iterable[str]) -> Path:
        """Downloads files and folders that are there; returns the folder of all.

        The commit of the first call is that of all later ones.
        """
        from huggingface_hub import snapshot_download

        patterns = [p for name in names for p in (name, f"{name}/*")]
        with understood(self.name, self.revision):
            folder = snapshot_download(
                self.name,
                revision=self.revision,
                token=self.token,
                allow_patterns=patterns,
                ignore_patterns="*..*",
            )
        self.revision = Path(folder).name
        if not (Path(folder) / "task.json").is_file():
            raise SeqkitError(
                f"{self.name}: expected a repository that push_to_hub wrote, found no "
                "task.json in it"
            )
        return Path(folder)


def find_remote(
    path: Any, revision: str | None = None, token: str | None = None
) -> Remote | None:
    """The repository that a path names, or `None` if it names a folder.

    >>> from seqkit.task.hub import find_remote
    >>> find_remote("owner/name")
    Remote(name='owner/name', revision=None, token=None)
    >>> find_remote("./owner/name") is None
    True
    """
    named = isinstance(path, str) and _NAME.fullmatch(path) is not None
    if named and not os.path.lexists(path):
        return Remote(path, revision, token)
    if revision is not None:
        found = "a folder of that name, which comes first" if named else repr(path)
        raise SeqkitError(
            f"revision: expected with a repository of the Hub, as owner/name, found "
            f"{found}"
        )
    return None


@contextlib.contextmanager
def understood(name: str, revision: str | None = None) -> Iterator[None]:
    """Context in which what the Hub refuses becomes a SeqkitError."""
    from huggingface_hub import errors

    # The HTTP library is another one in each major version.
    http_error: Any = errors.HfHubHTTPError.__bases__[0]
    there = f"{name}: expected a folder that save wrote, or a repository of the Hub"
    try:
        yield
    except errors.GatedRepoError as error:
        reason = (
            "one whose files are given out on request. Ask for access on its page, and "
            "log in with `hf auth login`, or set HF_TOKEN"
        )
        raise SeqkitError(f"{there}, found {reason}") from error
    except errors.RepositoryNotFoundError as error:
        reason = (
            "neither. If it is private, log in with `hf auth login`, or set HF_TOKEN"
        )
        raise SeqkitError(f"{there}, found {reason}") from error
    except errors.RevisionNotFoundError as error:
        raise SeqkitError(
            f"{name}: expected a branch, a tag or a commit of it, found no {revision!r}"
        ) from error
    except errors.HFValidationError as error:
        raise SeqkitError(
            f"{name}: expected the name of a repository, as owner/name, found {error}"
        ) from error
    except ValueError as error:  # what it finds wrong with the head of a card
        raise SeqkitError(f"{name}: the Hub refuses: {_listed(error)}") from error
    except errors.LocalTokenNotFoundError as error:
        raise SeqkitError(
            f"{name}: expected a token of the Hub. Log in with `hf auth login`, or set "
            "HF_TOKEN"
        ) from error
    except errors.OfflineModeIsEnabled as error:
        raise SeqkitError(f"{name}: HF_HUB_OFFLINE is set: {_first(error)}") from error
    except errors.HfHubHTTPError as error:
        advice = {
            401: "Log in with `hf auth login`, or set HF_TOKEN",
            403: "The token has no permission for it",
        }.get(error.response.status_code, "Try again later")
        raise SeqkitError(
            f"{name}: the Hub refuses ({_first(error)}). {advice}"
        ) from error
    except (http_error, OSError, RuntimeError) as error:  # the last one while uploading
        cause = error.__cause__ or error
        raise SeqkitError(
            f"{there}, found no such folder, and the Hub cannot be reached "
            f"({type(cause).__name__}: {_first(cause)})"
        ) from error


def _listed(error: BaseException) -> str:
    return " ".join(str(error).split())


def _first(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else "no reason given"
