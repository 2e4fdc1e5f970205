"""Tables of time series: columns, bad rows, splits by time."""

import math

import datasets
import pandas
import pytest

from seqkit.data import load_series
from seqkit.errors import DataError


def write(folder, text, name="a.csv"):
    (folder / name).write_text(text, "utf-8")
    return str(folder / name)


def rows(count=20, **more):
    return [
        {"day": f"2024-01-{day:02}", "sold": float(day), **more}
        for day in range(1, count + 1)
    ]


def test_columns_are_found_and_reported(tmp_path):
    path = write(
        tmp_path, "note,when,a,b\nx,2024-01-01,1,2\ny,2024-01-02,,3\nz,2024-01-03,4,5\n"
    )
    splits, columns = load_series(path, validation_fraction=1, test_fraction=0)
    assert columns.time == "when" and columns.targets == ("a", "b")
    found = splits["train"][:]
    assert found["time"] == ["2024-01-01 00:00:00", "2024-01-02 00:00:00"]
    assert found["targets"][0] == [1, 2]
    assert math.isnan(found["targets"][1][0]) and found["targets"][1][1] == 3
    notes = splits.summary()
    for part in ("column 'when'", "forecast: a, b", "not numbers: note", "last 1 rows"):
        assert part in notes


@pytest.mark.parametrize("text", ["", "NA", "nan", "null", "?", " "])
def test_missing_values(tmp_path, text):
    path = write(tmp_path, f"t,a\n1,2\n2,{text}\n3,5\n4,6\n")
    splits, _ = load_series(path, time="t", validation_fraction=0, test_fraction=0)
    assert math.isnan(splits["train"][1]["targets"][0])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2024-01-02,much", "line 3: expected a number in column 'a'"),
        ("2024-01-02,inf", "line 3: expected a number in column 'a'"),
        ("soon,4", "line 3: expected a time as 2016-07-01 13:00 in column 'd'"),
        ("2024-01-02", "line 3: expected 2 fields"),
    ],
)
def test_a_bad_row_is_named(tmp_path, line, expected):
    path = write(tmp_path, f"d,a\n2024-01-01,1\n{line}\n2024-01-03,2\n")
    with pytest.raises(DataError, match=expected):
        load_series(path)
    splits, _ = load_series(
        path, on_error="skip", validation_fraction=0, test_fraction=0
    )
    assert len(splits["train"]) == 2 and splits.skipped == {"train": 1}


def test_any_dataset_is_read(tmp_path):
    want = load_series(rows())[0]["train"][:]
    frame = pandas.DataFrame(rows())
    frame.to_parquet(tmp_path / "a.parquet")
    frame["day"] = pandas.to_datetime(frame["day"])
    for dataset in (
        datasets.Dataset.from_list(rows()),
        frame,
        str(tmp_path / "a.parquet"),
        {"train": rows()},
    ):
        assert load_series(dataset)[0]["train"][:] == want


def test_roles(tmp_path):
    data = rows(12, cold=3, holiday=0)
    splits, columns = load_series(data, covariates=["cold"], known=["holiday"])
    assert columns.targets == ("sold",)
    assert splits["train"][0]["covariates"] == [3]
    assert splits["train"][0]["known"] == [0]
    with pytest.raises(DataError, match="a column 'warm', found 'day', 'sold'"):
        load_series(data, covariates=["warm"])
    with pytest.raises(DataError, match="one role each, found cold twice"):
        load_series(data, covariates=["cold"], known=["cold"])
    with pytest.raises(DataError, match="a column of numbers to forecast"):
        load_series([{"day": "2024-01-01", "text": "a"}])


def test_splits_are_parts_of_the_time():
    splits, _ = load_series(rows(20))
    days = {name: split["time"][:] for name, split in splits.items()}
    assert [len(days[n]) for n in ("train", "validation", "test")] == [14, 2, 4]
    assert days["train"] + days["validation"] + days["test"] == sorted(
        row["day"] + " 00:00:00" for row in rows(20)
    )


def test_split_rows_leave_the_rest_out():
    splits, _ = load_series(rows(20), split_rows=[6, 3, 2])
    assert [len(split) for split in splits.values()] == [6, 3, 2]
    assert splits["test"][-1]["targets"] == [11.0]
    assert "9 rows after those of split_rows are left out" in splits.summary()
    with pytest.raises(DataError, match="at most 20 together"):
        load_series(rows(20), split_rows=[18, 3, 2])


def test_every_series_is_cut_alike():
    data = [{"shop": shop, **row} for row in rows(10) for shop in ("north", "south")]
    splits, _ = load_series(data, series="shop")
    for name, count in {"train": 7, "validation": 1, "test": 2}.items():
        shops = splits[name]["series"][:]
        assert shops.count("north") == shops.count("south") == count


def test_splits_of_their_own_are_kept(tmp_path):
    for name, begin in {"train": 1, "test": 9}.items():
        write(tmp_path, f"t,a\n{begin},1\n{begin + 1},2\n", f"{name}.csv")
    splits, _ = load_series(str(tmp_path), time="t", validation_fraction=0)
    assert {name: len(split) for name, split in splits.items()} == {
        "train": 2,
        "test": 2,
    }


def test_too_few_rows():
    with pytest.raises(DataError, match="less than all 3 rows"):
        load_series(rows(3), validation_fraction=2, test_fraction=1)
