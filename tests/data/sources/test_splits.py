"""Split names, and the mapping of loaded splits."""

import pytest

from seqkit.data.sources.splits import Splits, split_name


@pytest.mark.parametrize(
    "name, expected",
    [
        ("train", "train"),
        ("Train", "train"),
        ("val", "validation"),
        ("dev", "validation"),
        ("test", "test"),
        ("test_2016_flickr", "test_2016_flickr"),
        ("test2015", "test2015"),
        ("testimony", None),
        ("corpus", None),
        ("", None),
    ],
)
def test_split_name(name, expected):
    assert split_name(name) == expected


def test_only_further_test_split_is_the_test_split():
    splits = Splits({"train": 1, "test_a": 2}, "x")
    assert splits["test"] == splits["test_a"] == 2
    assert "test" in splits and list(splits) == ["train", "test_a"]
    splits = Splits({"test_a": 2, "test_b": 3}, "x")
    assert "test" not in splits
    with pytest.raises(KeyError, match="there are test_a, test_b"):
        splits["test"]
    assert Splits({"test": 1, "test_a": 2}, "x")["test"] == 1


def test_other_names_of_a_split():
    splits = Splits({"validation": 1}, "x")
    assert splits["dev"] == splits["val"] == 1
    assert splits.get("train") is None
