"""Names of labels as numbers, and back."""

import json

import pytest

from seqkit.errors import DataError, SeqkitError
from seqkit.tokenizers import LabelVocabulary


def test_there_and_back():
    names = ["O", "B-PER", "", "very good", "B-PER", "é\0"]
    labels = LabelVocabulary.train(name for name in names if name)
    assert labels.names == ("B-PER", "O", "very good", "é\0") and len(labels) == 4
    assert labels.encode(["O", "O", "é\0"]) == [1, 1, 3]
    assert labels.decode(labels.encode(labels.names)) == list(labels.names)
    assert labels.encode([]) == labels.decode([]) == []
    assert LabelVocabulary(["b", "a"]).encode(["a", "b"]) == [1, 0]


def test_saved_and_loaded(tmp_path):
    labels = LabelVocabulary(["b", "a c"])
    labels.save(tmp_path / "labels.json")
    loaded = LabelVocabulary.load(tmp_path / "labels.json")
    assert loaded.names == labels.names and loaded.fingerprint == labels.fingerprint
    assert LabelVocabulary(["a c", "b"]).fingerprint != labels.fingerprint
    document = json.loads((tmp_path / "labels.json").read_text())
    (tmp_path / "labels.json").write_text(json.dumps(document | {"names": ["b", "b"]}))
    with pytest.raises(DataError, match="a damaged file .*'b' again"):
        LabelVocabulary.load(tmp_path / "labels.json")


def test_names_that_are_not_known():
    labels = LabelVocabulary(["a", "b"])
    with pytest.raises(SeqkitError, match="entry 1: expected one of a, b, found 'c'"):
        labels.encode(["a", "c"])
    assert labels.encode(["a", "c"], unknown_id=-1) == [0, -1]
    many = LabelVocabulary([f"l{number:02}" for number in range(30)])
    with pytest.raises(SeqkitError, match="l19 and 10 more, found 'x'"):
        many.encode(["x"])
    for ids in ([2], [-1]):
        with pytest.raises(SeqkitError, match="from 0 to 1, found"):
            labels.decode(ids)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "at least one label, found none"),
        (["a", ""], "entry 1: .* an empty string"),
        ([5], "found 5"),
        (["a", "a"], "'a' again"),
        (["\udc80"], "lone surrogate"),
    ],
)
def test_what_are_no_names(names, message):
    with pytest.raises(SeqkitError, match=message):
        LabelVocabulary(names)


@pytest.mark.parametrize(
    ("names", "message"),
    [("abc", "found one string: 'abc'"), ([], "found none"), (["a", None], "None")],
)
def test_what_cannot_be_learnt(names, message):
    with pytest.raises(SeqkitError, match=message):
        LabelVocabulary.train(names)
