"""Tokenizers that are saved as a JSON file."""

import hashlib
import json
import os
import uuid
from os import PathLike
from pathlib import Path
from typing import Self

from seqkit.errors import DataError, SeqkitError

FORMAT, VERSION = "seqkit tokenizer", 1


class JsonTokenizer:
    """Saved as JSON: its `kind`, and the constructor's arguments by `get_config`."""

    kind: str

    def get_config(self) -> dict:
        """The constructor's arguments, as plain data."""
        raise NotImplementedError

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Reads the file that `save` wrote, or raises a DataError."""
        return cls._from_document(Path(path), read_document(Path(path)))

    @classmethod
    def _from_document(cls, path, document):
        own = f"a tokenizer of {cls.kind}"
        if document["kind"] != cls.kind:
            raise DataError(
                own,
                f"one of {document['kind']}",
                where=path,
                fix="seqkit.tokenizers.load_tokenizer reads any",
            )
        described = "format", "version", "kind"
        config = {name: v for name, v in document.items() if name not in described}
        try:
            return cls(**config)
        except (TypeError, SeqkitError) as error:
            raise DataError(
                f"{own} as it was saved", f"a damaged file ({error})", where=path
            ) from error

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the JSON file, whole or not at all."""
        document = {"format": FORMAT, "version": VERSION, "kind": self.kind}
        text = json.dumps(document | self.get_config(), ensure_ascii=False, indent=0)
        write_whole(path, f"{text}\n".encode())

    @property
    def fingerprint(self) -> str:
        """A hash of the whole tokenizer, a key for caches of encoded texts."""
        text = json.dumps([self.kind, self.get_config()], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_document(path: Path) -> dict:
    """The contents of a tokenizer's JSON file, with format and version checked."""
    expected, found, fix = "the JSON file of a tokenizer", None, None
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        found = "none"
    except ValueError as error:  # of UTF-8 or of JSON
        found = f"something else ({error})"
    else:
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            expected, found = f'{expected}, with "format": "{FORMAT}"', "other JSON"
        elif document.get("version") != VERSION:
            expected, found = f"version {VERSION}", f"version {document.get('version')}"
            fix = "A newer seqkit may have written it: install that version"
        elif not isinstance(document.get("kind"), str):
            expected, found = "a kind of tokenizer", document.get("kind")
        else:
            return document
    raise DataError(expected, found, where=path, fix=fix)


def write_whole(path: str | PathLike[str], contents: bytes) -> None:
    """Writes a file, whole or not at all."""
    path = Path(path)
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        partial.write_bytes(contents)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
