"""One input or several: paths, arrays, nested lists, dictionaries and tables."""

from pathlib import Path

import numpy as np
import pytest

from seqkit.task.inputs import is_one

ROW = {"time": 1, "load": 2.0}


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_arrays_lists_and_paths(rank):
    array = np.ones((2,) * rank)
    for one in (array, array.tolist(), "a.csv", Path("a.csv"), b"RIFF"):
        assert is_one(one, rank)
        assert not is_one([one], rank) and not is_one((one, one), rank)
    assert not is_one(np.ones((2,) * (rank + 1)), rank)
    assert not is_one([], rank) and not is_one([[]], rank)


def test_dictionaries():
    assert is_one([ROW, ROW], 2) and not is_one([[ROW]], 2)  # rows of a table
    for rank in (1, 3):  # a sound or an image with its bytes
        assert is_one({"bytes": b""}, rank) and not is_one([{"bytes": b""}], rank)


def test_strings():
    assert is_one("a", None) and not is_one(["a"], None) and not is_one([], None)
