"""Rows in regular steps of time."""

import numpy as np
import pytest

from seqkit.data.series.table import extended, joined, series_tables, step_of
from seqkit.errors import DataError


def table(times, values=None, name=""):
    values = range(len(times)) if values is None else values
    columns = {
        "series": [name] * len(times),
        "time": times,
        "targets": [[float(v)] for v in values],
        "covariates": [[]] * len(times),
        "known": [[]] * len(times),
    }
    return series_tables(columns, "split train")[0]


def test_missing_times_become_missing_values():
    found = table(["2024-01-01 00:00:00", "2024-01-01 01:00:00", "2024-01-01 09:00:00"])
    assert len(found) == 3 and found.irregular  # as many steps missing as there are
    hours = [f"2024-01-01 0{hour}:00:00" for hour in (0, 1, 2, 4)]
    found = table(hours)
    assert found.inserted == 1 and found.times[3] == "2024-01-01 03:00:00"
    np.testing.assert_array_equal(found.targets[:, 0], [0, 1, 2, np.nan, 3])


def test_whole_numbers_are_times():
    found = table(["1990", "1991", "1993", "1994"])
    assert found.times == ["1990", "1991", "1992", "1993", "1994"]
    assert step_of(found.times) == 1


def test_months_have_no_common_step():
    assert table([f"2024-{month:02}-01" for month in range(1, 13)]).irregular


@pytest.mark.parametrize("second", ["2024-01-01 00:00:00", "2023-12-31 00:00:00"])
def test_times_must_rise(second):
    with pytest.raises(DataError, match="split train.*row 1: expected a time after"):
        table(["2024-01-01 00:00:00", second])


def test_extended_and_joined():
    hours = [f"2024-01-01 0{hour}:00:00" for hour in range(4)]
    longer = extended(table(hours), 6)
    assert longer.times[-1] == "2024-01-01 05:00:00"
    assert np.isnan(longer.targets[4:]).all()
    new = table(["2024-01-01 04:00:00"], [9])
    both = joined(table(hours), new, 3)
    assert both.times == ["2024-01-01 02:00:00", "2024-01-01 03:00:00", *new.times]
    assert both.targets[:, 0].tolist() == [2, 3, 9]
    with pytest.raises(DataError, match="expected the time 2024-01-01 04:00:00"):
        joined(table(hours), table(["2024-01-01 06:00:00"]), 3)
