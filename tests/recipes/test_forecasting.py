"""What is particular to forecasting: no leakage, the scale undone, streams."""

import numpy as np
import pandas
import pytest

import seqkit
from seqkit.data.series.windows import filled
from seqkit.errors import ArgumentError, DataError, SeqkitError
from tests import tiny

SMALL = {**tiny.FORECASTING, "calendar": [], "quantiles": []}


def build(rows=None, **options):
    rows = tiny.forecasting_rows() if rows is None else rows
    return seqkit.recipes.forecasting.build(rows, **{**SMALL, **options})


@pytest.fixture(scope="module")
def task():
    task = build()
    task.fit(2, verbose=0)
    return task


def arrays(task, split):
    return [batch for batch in task.batched(split, split == "train")[0].epoch(0)]


def test_nothing_of_later_splits_reaches_train(task):
    rows = tiny.forecasting_rows()
    number = len(task.split("train"))
    for row in rows[number:]:
        row["guests"] = 1e6
    other = build(rows)
    assert other.scaler == task.scaler
    for one, two in zip(arrays(task, "train"), arrays(other, "train"), strict=True):
        np.testing.assert_array_equal(one[0]["values"], two[0]["values"])
        np.testing.assert_array_equal(one[1], two[1])


def test_the_first_window_of_a_split_reads_the_end_of_the_one_before(task):
    inputs, targets, _ = arrays(task, "validation")[0]
    train = task.tables("train")[0].targets
    first = task.tables("validation")[0].targets
    found = task.scaler.unscale(inputs["values"][0].astype("float64"))
    np.testing.assert_allclose(found, filled(train)[-12:], rtol=1e-4, atol=1e-3)
    future = task.scaler.unscale(targets[0].astype("float64"))
    np.testing.assert_allclose(future, first[:6], rtol=1e-4, atol=1e-3)


def test_predict_undoes_the_scale(task):
    """`predict` of a window is what `evaluate` scored, in the units of the data."""
    inputs, _, _ = arrays(task, "validation")[0]
    past = task.tables("train")[0].targets[-12:]
    scaled = task.model.predict(inputs["values"][:1], verbose=0)[0, :, :, 0]
    found = task.predict(past)
    expected = task.scaler.unscale(scaled)
    for place, name in enumerate(task.options.targets):
        np.testing.assert_allclose(found.values[name], expected[:, place], rtol=1e-3)


def test_a_frame_has_times(task):
    frame = pandas.DataFrame(tiny.forecasting_rows()[:12]).replace("", None)
    found = task.predict(frame)
    assert found.times[0] == "2023-01-02 12:00:00" and len(found.times) == 6
    assert str(found).splitlines()[0].split() == ["time", "guests", "dishes", "power"]


def test_a_stream_is_predict_of_the_rows_so_far(task):
    rows = tiny.forecasting_rows()[:40]
    stream = task.stream(rows[:20])
    assert stream.forecast == task.predict(rows[:20])
    for end in range(21, 31):
        found = stream.update(rows[end - 1])
        assert found.times == task.predict(rows[:end]).times
        expected = task.predict(rows[:end]).values["power"]
        np.testing.assert_allclose(found.values["power"], expected, rtol=1e-4)
    with pytest.raises(DataError, match="expected the time 2023-01-03 06:00:00"):
        stream.update(rows[35])


def test_no_window_is_dropped(task):
    for split in ("train", "validation", "test"):
        tables, before = task.tables(split), 0 if split == "train" else 12
        windows = sum(len(table) + before - 12 - 6 + 1 for table in tables)
        found = sum(len(targets) for _, targets, _ in arrays(task, split))
        assert found == windows == task.batched(split, split == "train")[0].num_windows
    assert task.evaluate("test")["windows"] == found


def test_mse_equals_numpy(task):
    total = count = 0
    for inputs, targets, weights in arrays(task, "test"):
        found = task.model.predict(inputs["values"], verbose=0)[..., 0]
        total += (weights * (found - targets) ** 2).sum()
        count += weights.sum()
    assert task.evaluate("test")["mse"] == pytest.approx(total / count, rel=1e-4)


def test_variables_that_are_known_ahead():
    rng = np.random.default_rng(0)
    known = rng.integers(0, 2, 600)
    rows = [
        {"time": str(1000 + i), "load": 5 + 10 * k + rng.normal(), "open": int(k)}
        for i, k in enumerate(known)
    ]
    options = {"known": ["open"], "learning_rate": 2e-2, "normalization": None}
    blind = {"covariates": ["open"], "learning_rate": 2e-2, "normalization": None}
    errors = []
    for one in (options, blind):
        task = build(rows, time="time", **one)
        task.fit(6, verbose=0)
        errors.append(task.evaluate("test")["mse"])
    assert errors[0] < 0.3 < 0.7 < errors[1]  # noise alone, and a coin
    task = build(rows, time="time", **options)
    future = [{"time": r["time"], "load": "", "open": r["open"]} for r in rows[12:18]]
    assert len(task.predict(rows[:12] + future).values["load"]) == 6
    with pytest.raises(DataError, match="6 rows after the last value, with open"):
        task.predict(rows[:12])


def test_many_series_never_share_a_window():
    rows = [
        {"shop": shop, "day": f"2024-01-{day:02}", "sold": sign * day}
        for day in range(1, 31)
        for shop, sign in (("a", 1), ("b", -1))
    ]
    task = build(rows, series="shop", look_back=4, horizon=2, validation_fraction=4)
    for inputs, _, _ in arrays(task, "train"):
        values = task.scaler.unscale(inputs["values"].astype("float64"))
        assert (np.sign(values) == np.sign(values[:, :1])).all()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"quantiles": [0.9, 0.1]}, "quantiles: expected rising numbers with 0.5"),
        ({"quantiles": [0.1, 0.9]}, "quantiles: expected rising numbers with 0.5"),
        ({"quantiles": [0.5, 1.5]}, "quantiles: "),
        ({"split_rows": [5, 5]}, "split_rows: expected three numbers"),
        ({"look_back": 0}, "look_back: expected an integer from 1"),
        ({"monitor": "f1"}, "monitor: expected one of mse, mae"),
    ],
)
def test_wrong_options(options, expected):
    with pytest.raises(ArgumentError, match=expected):
        build(**options)


def test_windows_longer_than_a_split():
    with pytest.raises(SeqkitError, match="expected windows that fit into train"):
        build(look_back=400)


def test_wrong_inputs(task):
    with pytest.raises(DataError, match="at least look_back=12 rows of the past"):
        task.predict(tiny.forecasting_rows()[:11])
    with pytest.raises(DataError, match="inputs, row 1: expected an array"):
        task.predict([np.zeros((12, 3)), np.zeros((12, 2))])


@pytest.mark.parametrize("name", ["segrnn", "linear", "lstm", "gru", "mamba"])
def test_architectures_train(name):
    task = build(architecture=name)
    assert np.isfinite(task.fit(1, verbose=0).history["loss"]).all()


def test_a_table_is_forecast_series_by_series(tmp_path):
    """A file of two series has their forecasts, and a message for a short third."""
    rows = [
        {"series": name, **row}
        for name in "ba"
        for row in tiny.forecasting_rows()[: 30 if name == "a" else 28]
    ]
    task = build(rows, series="series", quantiles=[0.1, 0.5, 0.9])
    table, found = tmp_path / "past.csv", tmp_path / "future.csv"
    short = [{**row, "series": "c"} for row in rows[:3]]
    pandas.DataFrame(rows + short).to_csv(table, index=False)
    report = task.predict_file(table, found)
    frame = pandas.read_csv(found)
    horizon = task.options.horizon
    assert report == (2 * horizon + 1, 1) == (len(frame), 1)
    assert frame.series.tolist() == ["a"] * horizon + ["b"] * horizon + ["c"]
    assert frame.predicted_error[:-1].isna().all()
    assert "rows of the past" in frame.predicted_error.iloc[-1]
    for name in "ab":
        past = pandas.DataFrame([row for row in rows if row["series"] == name])
        answer, own = task.predict(past), frame[frame.series == name]
        for variable, values in answer.values.items():
            assert np.allclose(own[f"predicted_{variable}"], values, atol=1e-5)
            upper = answer.quantiles["0.9"][variable]
            assert np.allclose(own[f"predicted_{variable}_q0.9"], upper, atol=1e-5)
        assert [str(one) for one in own.time] == answer.times
    assert [*task.predict_rows(table)][0]["series"] == "a"
    with pytest.raises(SeqkitError, match="expected a new file"):
        task.predict_file(table, found)
