"""Numbers of devices that cannot be, and weights that are cut."""

import pytest

import seqkit
from seqkit.distribution import Distribution, current
from seqkit.distribution.layouts import cut_axis
from seqkit.distribution.mirrored import Mirrored
from seqkit.errors import ArgumentError, SeqkitError


@pytest.mark.parametrize(
    "devices, parts, expected",
    [
        (0, 0, ["devices: expected an integer from 1", "model_parallel: expected"]),
        (1000, 3, ["a multiple of model_parallel", "devices: expected"]),
        (1000, 1, ["found 1000"]),
    ],
)
def test_mistakes_are_said_together(devices, parts, expected):
    with pytest.raises(ArgumentError) as error:
        with seqkit.distribute(devices, model_parallel=parts):
            pass
    assert all(part in str(error.value) for part in expected)


def test_one_device_is_the_default():
    with seqkit.distribute() as distribution:
        assert (distribution.devices, distribution.replicas) == (1, 1)
    assert current().replicas == 1


def test_carried_states_need_rows_for_every_device():
    class Four(Distribution):
        replicas = 4

    class Model:
        batch_size = 30

    with pytest.raises(SeqkitError, match="batch_size: expected a multiple of 4"):
        Four().check(Model())


@pytest.mark.parametrize(
    "path, shape, axis",
    [
        ("m/embedding/embeddings", (8, 6), 0),
        ("m/embedding/embeddings", (7, 6), 1),
        ("m/embedding/embeddings", (7, 5), None),
        ("m/attention/query_kernel", (6, 2, 3), 1),
        ("m/attention/output_kernel", (2, 3, 6), 0),
        ("m/feed_forward/kernel_in", (6, 24), 1),
        ("m/feed_forward/kernel_out", (24, 6), 0),
        ("m/lstm/lstm_cell/recurrent_kernel", (6, 24), -1),
        ("m/lstm/lstm_cell/bias", (24,), None),
        ("m/norm/gamma", (6,), None),
    ],
)
def test_the_axis_that_is_cut_into_two(path, shape, axis):
    assert cut_axis(path, shape, 2) == axis


def test_rates_are_not_tried_on_several_devices_of_tensorflow():
    class Strategy:
        num_replicas_in_sync = 2

    with pytest.raises(SeqkitError, match="devices: expected 1 where rates are tried"):
        Mirrored(Strategy()).single_steps()
