"""Pretrained word vectors from the text files that GloVe and word2vec write."""

import gzip
import re
import zlib
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from seqkit.errors import DataError

_HEADER = re.compile(rb"\d+ \d+")
_BLANK = b" \t\r\n"


def read_word_vectors(
    path: str | PathLike[str], words: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Reads vectors of N words; the file, maybe `.gz`, may be larger than memory.

    GloVe (Pennington et al. 2014) writes a word and its D values per line; word2vec
    (Mikolov et al. 2013, arXiv:1310.4546) and fastText also write a first line with the
    number of words and D. A word that the file lacks is looked up in lower case. A few
    words of GloVe's 840 billion tokens have spaces in them: they are recognised by
    values before the last D that are not numbers. Of repeated words the first is taken.

    Returns:
        `(vectors, found)`: `[N, D]` float32 with zeros for words that were not found,
        and `[N]` booleans.

    Raises:
        DataError: There is no such file; a line has another number of values than the
            first; a word has a value that is not a number; the file is cut short.

    >>> import pathlib, tempfile, seqkit
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "vectors.txt")
    ...     _ = file.write_text("the 0.5 1\\ndog -1 0.25\\n")
    ...     vectors, found = seqkit.tokenizers.read_word_vectors(file, ["Dog", "cow"])
    >>> vectors.tolist(), found.tolist()
    ([[-1.0, 0.25], [0.0, 0.0]], [True, False])
    """
    path = Path(path)
    if not path.is_file():
        raise DataError("a text file of word vectors", "none", where=path)
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
            return _read(path, file, words)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError("a readable file", error, where=path) from error


def _read(path, file, words):
    exact, lower = _rows(words), _rows(word.lower() for word in words)
    vectors, found, named = None, np.zeros(len(words), bool), None
    spaces, number, taken = 0, 0, set()
    for number, line in enumerate(file, start=1):
        line = line.rstrip(_BLANK)
        if number == 1 and _HEADER.fullmatch(line):
            named, spaces = map(int, line.split())
            vectors = np.zeros([len(words), spaces], np.float32)
            continue
        if vectors is None:
            spaces = line.count(b" ")
            vectors = np.zeros([len(words), spaces], np.float32)
        word, _, values = line.partition(b" ")
        if not spaces or line.count(b" ") != spaces:
            word, values = _with_spaces(path, number, line, spaces)
        if word in taken or not (word in exact or word in lower):
            continue
        taken.add(word)
        vector = _numbers(path, number, values)
        for row in exact.get(word, ()):
            vectors[row], found[row] = vector, True
        for row in lower.get(word, ()):
            # The exact word takes precedence.
            if not found[row]:
                vectors[row] = vector
    if vectors is None:
        raise DataError("word vectors", "an empty file", where=path)
    if named is not None and named != number - 1:
        raise DataError(
            f"{named} words, as in the first line",
            number - 1,
            where=path,
            line=number,
            fix="Was the file cut short? Fetch it again",
        )
    for word in taken & lower.keys():
        found[lower[word]] = True
    return vectors, found


def _rows(words):
    rows = {}
    for row, word in enumerate(words):
        rows.setdefault(word.encode("utf-8", "surrogatepass"), []).append(row)
    return rows


def _with_spaces(path, number, line, dimension):
    """The word and the values of a line with more or fewer spaces than values."""
    parts = line.split(b" ")
    values = len(parts) - 1
    if values > dimension > 0 and not all(map(_is_number, parts[1:-dimension])):
        return b" ".join(parts[:-dimension]), b" ".join(parts[-dimension:])
    raise DataError(
        f"a word and {dimension or 'its'} values with one space before each",
        f"{values} values",
        where=path,
        line=number,
        fix="This reads text; have word2vec write binary=0" if b"\0" in line else None,
    )


def _is_number(text):
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def _numbers(path, number, text):
    values = text.split(b" ")
    for place, value in enumerate(values, start=1):
        if not _is_number(value):
            found = f"{value[:40].decode(errors='replace')!r} as value {place}"
            raise DataError("finite numbers", found, where=path, line=number)
    return np.array(list(map(float, values)), np.float32)
