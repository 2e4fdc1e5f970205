"""Results that are kept while a file is predicted, so that it can be resumed."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from seqkit.errors import SeqkitError


class PartialResults:
    """A file with what the results rest on, and then the result of each row, as JSON.

    It is written to one process at a time. What is left of a line that was not written
    whole is dropped.

    Args:
        path: The file; what it holds is gone on with if it rests on the same.
        rests_on: What results depend on, name to JSON.
        chunk: Rows that are predicted together; an incomplete chunk is dropped.
        total: How many rows there will be.
    """

    def __init__(self, path: Path, rests_on: Mapping[str, Any], chunk: int, total: int):
        self.path, self.rows, self.differences = path, 0, []
        self._file = open(path, "a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise SeqkitError(
                f"{path}: another process is writing this file. Name another output"
            ) from error
        self._file.seek(0)
        first, head = self._file.readline(), _json(rests_on) + b"\n"
        if first == head:
            self._file.truncate(self._end(chunk, total))
        else:
            if first:
                self.differences = _differences(first, rests_on)
            self._file.truncate(0)
            self._file.write(head)
            self._file.flush()
        self._start = len(head)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self._file.close()
        if not self.rows:  # nothing to go on from
            self.path.unlink(missing_ok=True)

    def _end(self, chunk: int, total: int) -> int:
        """The place after the last whole chunk of rows, which are counted."""
        end, rows = self._file.tell(), 0
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            rows += 1
            if rows % chunk == 0 or rows == total:
                end, self.rows = self._file.tell(), rows
        return end

    def add(self, results: Sequence[Mapping[str, Any]]) -> None:
        """Adds the results of a chunk."""
        self._file.write(b"".join(_json(one) + b"\n" for one in results))
        self._file.flush()
        self.rows += len(results)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with open(self.path, "rb") as file:
            file.seek(self._start)
            for line in file:
                yield json.loads(line)

    def remove(self) -> None:
        """Deletes the file."""
        os.unlink(self.path)


def _json(value: Any) -> bytes:
    from seqkit.data.sources.writers import plain

    return json.dumps(value, ensure_ascii=True, default=plain).encode()


def _differences(first: bytes, rests_on: Mapping[str, Any]) -> list[str]:
    """What is not as it was."""
    try:
        before = json.loads(first)
        names = [*dict.fromkeys([*before, *rests_on])]
        now = json.loads(_json(rests_on))
        return [name for name in names if before.get(name) != now.get(name)]
    except (ValueError, TypeError, AttributeError):
        return ["file"]
