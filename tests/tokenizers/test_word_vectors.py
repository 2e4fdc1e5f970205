"""Word vectors in every form that they are published in, and broken files."""

import gzip

import numpy as np
import pytest

from seqkit.errors import DataError
from seqkit.tokenizers import read_word_vectors

VECTORS = {
    "the": [0.5, -1.0, 2e-3],
    ",": [1.0, 0.0, -0.25],
    "The": [3.0, 3.0, 3.0],
    "dog": [7.0, 8.0, 9.0],
    "Hügel": [0.1, 0.2, 0.3],
    ". . .": [4.0, 5.0, 6.0],
}
LINES = [f"{word} {' '.join(map(str, row))}" for word, row in VECTORS.items()]
WANTED = ["Dog", "The", "the", "cow", "Hügel", "hügel", "THE", "dog", "the", ". . ."]


@pytest.mark.parametrize("kind", ["glove", "word2vec", "fasttext", "windows", "gz"])
def test_every_form(tmp_path, kind):
    ends = {"fasttext": " \n", "windows": "\r\n"}
    lines = LINES if kind in ("glove", "gz") else [f"{len(LINES)} 3", *LINES]
    contents = "".join(line + ends.get(kind, "\n") for line in lines).encode()
    path = tmp_path / ("vectors.txt.gz" if kind == "gz" else "vectors.txt")
    path.write_bytes(gzip.compress(contents) if kind == "gz" else contents)
    vectors, found = read_word_vectors(path, WANTED)
    expected = [VECTORS.get(w, VECTORS.get(w.lower(), [0.0] * 3)) for w in WANTED]
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, np.array(expected, np.float32))
    known = [word in VECTORS or word.lower() in VECTORS for word in WANTED]
    assert found.tolist() == known and not all(known)


def test_as_it_is_written_comes_before_lower_case(tmp_path):
    for lines in (["a 1 1", "A 2 2"], ["A 2 2", "a 1 1"]):
        (tmp_path / "v").write_text("\n".join([*lines, "a 9 9", "A 9 9"]))
        vectors, found = read_word_vectors(tmp_path / "v", ["A", "a"])
        assert vectors.tolist() == [[2, 2], [1, 1]] and found.all()


def test_no_words(tmp_path):
    (tmp_path / "v").write_text("a 1 1\n")
    vectors, found = read_word_vectors(tmp_path / "v", [])
    assert vectors.shape == (0, 2) and found.shape == (0,)


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (b"", "v: expected word vectors, found an empty file"),
        (
            b"the 1 2\ndog 1\n",
            "line 2: expected a word and 2 values .*, found 1 values",
        ),
        (b"the 1 2\ndog 1 2 3\n", "line 2: expected a word and 2 .*, found 3 values"),
        (b"the 1 2\n\ndog 1 2\n", "line 2: expected a word and 2 .*, found 0 values"),
        (b"the\n", "line 1: expected a word and its values .*, found 0 values"),
        (
            b"the 1 2\ndog 1 x\n",
            "line 2: expected finite numbers, found 'x' as value 2",
        ),
        (b"dog nan 1\n", "line 1: expected finite numbers, found 'nan' as value 1"),
        (b"dog 1\t2 3\n", r"line 1: expected finite numbers, found '1\\t2' as value 1"),
        (
            b"3 2\ndog 1 2\na 1 2\n",
            "line 3: expected 3 words, .*found 2. Was the file cut",
        ),
        (b"2 9\ndog \0\1\n\2", "line 2: .*binary=0"),
    ],
)
def test_broken_files(tmp_path, contents, message):
    (tmp_path / "v").write_bytes(contents)
    with pytest.raises(DataError, match=message):
        read_word_vectors(tmp_path / "v", ["dog"])


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(DataError, match="none: expected a text file of .*, found none"):
        read_word_vectors(tmp_path / "none", ["dog"])
    whole = gzip.compress("\n".join(LINES * 99).encode())
    for contents in (b"the 1 2", whole[: len(whole) // 2]):
        (tmp_path / "v.gz").write_bytes(contents)
        with pytest.raises(DataError, match=r"v\.gz: expected a readable file"):
            read_word_vectors(tmp_path / "v.gz", ["dog"])
