"""What SpecAugment hides, and what it leaves."""

import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import SpecAugment

X = np.ones((40, 30, 12), "float32")


def run(layer, x=X, **options):
    return ops.convert_to_numpy(layer(x, training=True, **options))


def widths(hidden):
    """Of one stripe in each row."""
    return hidden.sum(axis=1)


def test_nothing_is_hidden_at_inference():
    np.testing.assert_array_equal(ops.convert_to_numpy(SpecAugment()(X)), X)


def test_one_band_is_of_all_times_and_never_wider():
    layer = SpecAugment(1, 4, 0, 0, seed=3)
    hidden = run(layer) == 0
    assert (hidden == hidden[:, :1]).all()
    found = widths(hidden[:, 0])
    assert found.max() == 4 and found.min() == 0
    for row in hidden[:, 0].astype(int):
        assert np.abs(np.diff(row, prepend=0, append=0)).sum() in (0, 2)  # one stripe


def test_stretches_lie_among_the_frames_of_a_row():
    mask = np.arange(30) < np.repeat([10, 30], 20)[:, None]
    hidden = run(SpecAugment(0, 0, 1, 8, 0.5, seed=3), mask=mask) == 0
    assert (hidden == hidden[..., :1]).all()
    assert not hidden[~mask].any()
    found = widths(hidden[..., 0])
    assert found[:20].max() == 5  # half of 10
    assert found[20:].max() == 8
    assert hidden[20:, 20:].any()


def test_rows_and_calls_differ():
    layer = SpecAugment(seed=3)
    one, other = run(layer), run(layer)
    assert (one != other).any()
    assert (one[0] != one[1:]).any()


def test_wrong_arguments():
    with pytest.raises(SeqkitError, match="time_width: expected at least 0"):
        SpecAugment(time_width=-1)
