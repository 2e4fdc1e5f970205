"""Windows: every one, none twice, none that sees its future."""

import numpy as np
import pytest

from seqkit.data import Batches, ScaledSeries, WindowBatches
from seqkit.data.series.windows import filled


def scaled(length, begin=0, variables=2, missing=()):
    values = np.arange(length * variables, dtype=float).reshape(length, variables)
    observed = np.ones_like(values, bool)
    observed[list(missing)] = False
    none = np.zeros((length, 0))
    return ScaledSeries(values, observed, none, none, begin, [""] * length)


@pytest.mark.parametrize("batch_size", [1, 4, 5, 100])
def test_every_window_once(batch_size):
    batches = WindowBatches(
        [scaled(12), scaled(7)], look_back=3, horizon=2, batch_size=batch_size
    )
    assert isinstance(batches, Batches)
    assert batches.num_windows == (12 - 4) + (7 - 4)
    found = [batches.batch(0, step) for step in range(len(batches))]
    assert sum(len(targets) for _, targets, _ in found) == batches.num_windows
    first = [inputs["values"][:, 0, 0] for inputs, *_ in found]
    assert sorted(np.concatenate(first)) == sorted([*range(0, 16, 2), *range(0, 6, 2)])


def test_a_future_follows_its_past():
    batches = WindowBatches([scaled(12)], look_back=3, horizon=2, batch_size=100)
    inputs, targets, weights = batches.batch(0, 0)
    np.testing.assert_array_equal(targets[:, 0], inputs["values"][:, -1] + 2)
    assert (weights == 1).all()


def test_context_is_read_and_not_forecast():
    batches = WindowBatches([scaled(12, begin=8)], look_back=3, horizon=2)
    inputs, targets, _ = batches.batch(0, 0)
    assert targets[0, 0, 0] == 16 and inputs["values"][0, 0, 0] == 10
    assert batches.num_windows == 12 - 8 - 2 + 1


def test_missing_values_have_no_weight():
    batches = WindowBatches(
        [scaled(9, missing=(4, 5))], look_back=3, horizon=2, batch_size=100
    )
    _, _, weights = batches.batch(0, 0)
    starts = batches.windows[:, 1].tolist()
    assert starts == [3, 5, 6, 7]  # the one of 4 and 5 holds nothing to learn
    np.testing.assert_array_equal(weights[0, :, 0], [1, 0])


def test_order_is_a_function_of_seed_and_epoch():
    def order(seed, epoch):
        batches = WindowBatches(
            [scaled(40)], look_back=3, horizon=2, batch_size=9, shuffle=True, seed=seed
        )
        return np.concatenate([i["values"][:, 0, 0] for i, *_ in batches.epoch(epoch)])

    np.testing.assert_array_equal(order(1, 3), order(1, 3))
    assert (order(1, 3) != order(1, 4)).any() and (order(1, 3) != order(2, 3)).any()
    np.testing.assert_array_equal(np.sort(order(1, 3)), np.sort(order(2, 4)))


def test_filled_against_pandas():
    import pandas

    rng = np.random.default_rng(0)
    values = rng.standard_normal((50, 3))
    values[rng.random((50, 3)) < 0.4] = np.nan
    expected = pandas.DataFrame(values).ffill().fillna(0).to_numpy()
    np.testing.assert_array_equal(filled(values), expected)
