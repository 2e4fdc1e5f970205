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
    """Base of whatever is saved as a JSON file of its constructor's arguments.

    A subclass has a `kind`, which its files name, and `get_config()`.
    """

    kind: str

    def get_config(self) -> dict:
        """The constructor's arguments, as plain data."""
        raise NotImplementedError

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Reads the file that `save` wrote.

        Raises:
            DataError: There is no such file, or it is damaged or another tokenizer's.
        """
        return cls._from_document(Path(path), read_document(Path(path)))

    @classmethod
    def _from_document(cls, path, document):
        if document["kind"] != cls.kind:
            raise DataError(
                f"a tokenizer of {cls.kind}",
                f"one of {document['kind']}",
                where=path,
                fix="seqkit.tokenizers.load_tokenizer reads any",
            )
        config = {
            name: value
            for name, value in document.items()
            if name not in ("format", "version", "kind")
        }
        try:
            return cls(**config)
        except (TypeError, SeqkitError) as error:
            raise DataError(
                f"a tokenizer of {cls.kind} as it was saved",
                f"a damaged file ({error})",
                where=path,
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
    if not path.is_file():
        raise DataError("the JSON file of a tokenizer", "none", where=path)
    try:
        document = json.loads(path.read_bytes())
    except ValueError as error:  # of UTF-8 or of JSON
        raise DataError(
            "the JSON file of a tokenizer", f"something else ({error})", where=path
        ) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise DataError(
            f'the JSON file of a tokenizer, with "format": "{FORMAT}"',
            "other JSON",
            where=path,
        )
    if document.get("version") != VERSION:
        raise DataError(
            f"version {VERSION}",
            f"version {document.get('version')}",
            where=path,
            fix="A newer seqkit may have written it: install that version",
        )
    if not isinstance(document.get("kind"), str):
        raise DataError("a kind of tokenizer", document.get("kind"), where=path)
    return document


def write_whole(path: str | PathLike[str], contents: bytes) -> None:
    """Writes a file, whole or not at all."""
    path = Path(path)
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        partial.write_bytes(contents)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
