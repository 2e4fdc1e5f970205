"""The splitter in a graph gives what it gives in Python, to the character."""

import pytest
import tensorflow as tf

from seqkit.export import InGraphSplitter
from seqkit.tokenizers import WordSplitter
from tests.graphs import check_runs_anywhere
from tests.tokenizers.awkward import AWKWARD, random_texts

SENTENCE = (
    "I don't, they'd've; it ’s U.S. 10:30 a.b@c.de http://x.y/z, Dr. O'Neil's co-op"
    " (www.a.b) @ada #x's $1,000.5 ...?! :-) -> AT&T cannot! 👩‍👩‍👧🇩🇪👍🏽 'll"
    " \x1f\0\u2028\xa0"
)
TEXTS = [
    *AWKWARD,
    SENTENCE,
    *random_texts(400, known=SENTENCE),
    "\xa0\u2028 ",
    "\x1fa\x1f",
]
SPEC = [tf.TensorSpec([None], tf.string)]


@pytest.fixture(scope="module", params=["words", "whitespace"])
def both(request):
    splitter = WordSplitter(request.param)
    split = tf.function(InGraphSplitter(splitter).split, SPEC, autograph=False)
    return splitter, split


def rows(found):
    """The words of each text as `WordSplitter.split` gives them."""
    words, starts, ends = (part.numpy().tolist() for part in found)
    for row in zip(words, starts, ends, strict=True):
        count = sum(start >= 0 for start in row[1])
        # Nothing but padding behind.
        assert [part[count:] for part in row] == [
            [padding] * (len(row[0]) - count) for padding in (b"", -1, -1)
        ]
        found = [(w.decode(), *place) for w, *place in zip(*row, strict=True)]
        yield found[:count]


def test_the_same_words_at_the_same_places(both):
    splitter, split = both
    found = split(tf.constant(TEXTS))
    assert found.starts.dtype == found.ends.dtype == "int32"
    for text, row in zip(TEXTS, rows(found), strict=True):
        assert row == splitter.split(text)


def test_nothing(both):
    _, split = both
    assert [part.shape for part in split(tf.constant([], tf.string))] == [(0, 0)] * 3
    assert [part.shape for part in split(tf.constant(["", "  "]))] == [(2, 0)] * 3


def test_bytes_that_are_no_utf8(both):
    splitter, split = both
    broken = [b"a\xffb c", b"\xe2\x82", b"x \xed\xa0\x80 y", b"\xf0\x9f don't"]
    found = rows(split(tf.constant(broken)))
    for text, row in zip(broken, found, strict=True):
        assert row == splitter.split(text.decode(errors="replace"))


def test_it_runs_anywhere(both):
    check_runs_anywhere(both[1])
