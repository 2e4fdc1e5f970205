"""Entities as conlleval reads them, for every short sequence of tags."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from seqkit.errors import SeqkitError
from seqkit.export import InGraphEntities

TAGS = {
    "BIO": ["O", "B-A", "I-A", "B-B", "I-B"],
    "IOB1": ["I-A", "O", "B-A", "I-B"],
    "BIOES": ["B-A", "I-A", "E-A", "S-A", "O", "I-B", "E-B"],
}


def entities(tags):
    """conlleval's own two questions, asked at every place between two tags."""
    found, begun = [], None
    before, kind_before = "O", ""
    for place, tag in enumerate([*tags, "O"]):
        tag, _, kind = tag.partition("-")
        ends = before in "ES" and before != "O"
        ends |= before in "BI" and tag in "BSO"
        ends |= before != "O" and kind_before != kind
        starts = tag in "BS" or (before in "ESO" and tag in "EI")
        starts |= tag != "O" and kind_before != kind
        if ends and begun is not None:
            found.append((kind_before, begun, place))
            begun = None
        if starts:
            begun = place
        before, kind_before = tag, kind
    return found


@pytest.mark.parametrize("scheme", TAGS)
def test_every_sequence_is_read(scheme):
    names, length = TAGS[scheme], 4
    rows = [
        row for n in range(length + 1) for row in itertools.product(names, repeat=n)
    ]
    rng = np.random.default_rng(0)
    words = [["ä" * rng.integers(1, 4) for _ in row] for row in rows]
    text = [" ".join(row) for row in words]
    tag_ids, starts, ends = np.zeros((3, len(rows), length), "int32") - [
        [[0]],
        [[1]],
        [[1]],
    ]
    scores = rng.random((len(rows), length)).astype("float32")
    for number, (row, tags) in enumerate(zip(words, rows, strict=True)):
        sizes = [len(word) + 1 for word in row]
        ends[number, : len(row)] = np.cumsum(sizes) - 1
        starts[number, : len(row)] = np.cumsum([0, *sizes])[:-1]
        tag_ids[number, : len(row)] = [names.index(tag) for tag in tags]
    read = tf.function(InGraphEntities(names, scheme).read, autograph=False)
    found = {
        name: values.numpy()
        for name, values in read(
            tf.constant(text),
            tf.constant(starts, tf.int32),
            tf.constant(ends, tf.int32),
            tf.constant(tag_ids, tf.int32),
            tf.constant(scores),
        ).items()
    }
    width, most = found["entity_types"].shape[1], 0
    for row, tags in enumerate(rows):
        expected = entities(tags)
        most = max(most, len(expected))
        missing = width - len(expected)
        places = [(starts[row, s], ends[row, e - 1]) for _, s, e in expected]
        kinds = [kind.encode() for kind, _, _ in expected]
        assert [*found["entity_types"][row]] == kinds + [b""] * missing
        assert [*found["entity_starts"][row]] == [s for s, _ in places] + [-1] * missing
        assert [*found["entity_ends"][row]] == [e for _, e in places] + [-1] * missing
        texts = [text[row][s:e].encode() for s, e in places]
        assert [*found["entity_texts"][row]] == texts + [b""] * missing
        means = [scores[row, s:e].mean() for _, s, e in expected] + [0] * missing
        np.testing.assert_allclose(found["entity_scores"][row], means, rtol=1e-5)
    assert width == most > 1


@pytest.mark.parametrize(
    ("names", "scheme", "message"),
    [
        (["O", "B-A"], "IO", "scheme: expected one of IOB1, BIO, BIOES, found 'IO'"),
        (["O", "S-A"], "BIO", "found 'S-A'"),
        (["NOUN"], "BIO", "found 'NOUN'"),
    ],
)
def test_tags_of_no_scheme(names, scheme, message):
    with pytest.raises(SeqkitError, match=message):
        InGraphEntities(names, scheme)


def test_one_type_without_a_name_and_none():
    one = InGraphEntities(["O", "B", "I"], "BIO")
    places = tf.constant([[0, 2, 4]]), tf.constant([[1, 3, 5]])
    found = one.read(
        tf.constant(["a b c"]), *places, tf.constant([[1, 2, 0]]), tf.ones([1, 3])
    )
    assert found["entity_texts"].numpy().tolist() == [[b"a b"]]
    assert found["entity_types"].numpy().tolist() == [[b""]]
    none = InGraphEntities(["O"], "BIO").read(
        tf.constant(["a b c"]), *places, tf.zeros([1, 3], tf.int32), tf.ones([1, 3])
    )
    assert {values.shape for values in none.values()} == {tf.TensorShape([1, 0])}
