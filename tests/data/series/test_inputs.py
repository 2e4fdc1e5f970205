"""What `predict` takes as the past of a series."""

import json

import numpy as np
import pandas
import pytest

from seqkit.data.series.columns import SeriesColumns
from seqkit.data.series.inputs import read_past
from seqkit.errors import DataError

COLUMNS = SeriesColumns("time", ("a", "b"))
ROWS = [{"time": f"2024-01-0{d}", "a": d, "b": 2 * d, "c": "-"} for d in range(1, 5)]
VALUES = [[row["a"], row["b"]] for row in ROWS]


def test_all_forms_are_the_same(tmp_path):
    frame = pandas.DataFrame(ROWS)
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    expected = np.array(VALUES, float)
    for given in (
        ROWS,
        frame,
        VALUES,
        np.array(VALUES),
        json.dumps(ROWS),
        json.dumps(VALUES),
        str(tmp_path / "a.csv"),
        tmp_path / "a.parquet",
    ):
        np.testing.assert_array_equal(read_past(given, COLUMNS).targets, expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            [[1, 2, 3]],
            "an array \\[T, 2\\], found one of the shape \\[1, 3\\]",
        ),
        ("nowhere.csv", "no such file: 'nowhere.csv'"),
        ("[[1, 2", "broken JSON"),
        ([["a", "b"]], "expected the past of a series"),
        ([[1, np.inf]], "found infinity"),
        ([{"time": "2024-01-01", "a": 1}], "inputs, row 0: expected a column 'b'"),
        ([{"time": "now", "a": 1, "b": 2}], "inputs, row 0: expected a time"),
        (ROWS[::-1], "expected a time after"),
        (None, "expected the past of a series"),
    ],
)
def test_wrong_input(given, expected):
    with pytest.raises(DataError, match=expected):
        read_past(given, COLUMNS)
