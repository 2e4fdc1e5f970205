import keras
import numpy as np
import pytest

from seqkit.training import HoldThenDecay, InverseSquareRoot


@pytest.mark.parametrize("warmup_steps", [1, 7, 400])
def test_is_the_formula(warmup_steps):
    schedule = InverseSquareRoot(0.5, warmup_steps)
    for step in [0, 1, 5, 6, 7, 399, 400, 10_000]:
        t = step + 1
        wanted = 0.5 * min(t / warmup_steps, np.sqrt(warmup_steps / t))
        assert float(schedule(step)) == pytest.approx(wanted, rel=1e-6)
    rates = [float(schedule(step)) for step in range(3 * warmup_steps)]
    assert np.argmax(rates) == warmup_steps - 1
    assert max(rates) == pytest.approx(0.5)


def test_without_warm_up_it_begins_at_the_peak():
    assert float(InverseSquareRoot(0.5, 0)(0)) == 0.5


def test_the_formula_of_the_paper():
    """Equation 3 of Vaswani et al., whose peak follows from the width."""
    width, warmup_steps = 512, 4000
    schedule = InverseSquareRoot((width * warmup_steps) ** -0.5, warmup_steps)
    for step in (1, 100, 4000, 100_000):
        wanted = width**-0.5 * min(step**-0.5, step * warmup_steps**-1.5)
        assert float(schedule(step - 1)) == pytest.approx(wanted, rel=1e-5)


def test_in_an_optimizer_and_its_configuration():
    optimizer = keras.optimizers.SGD(InverseSquareRoot(0.5, 10))
    config = keras.optimizers.serialize(optimizer)
    restored = keras.optimizers.deserialize(config)
    assert float(restored.learning_rate) == pytest.approx(0.05)
    assert restored.get_config() == optimizer.get_config()


@pytest.mark.parametrize(("hold", "factor", "steps"), [(6, 1.2, 3), (1, 2.0, 1)])
def test_held_then_divided_each_epoch(hold, factor, steps):
    schedule = HoldThenDecay(0.8, hold, factor, steps)
    rate, rates = 0.8, []
    for epoch in range(12):
        if epoch >= hold:
            rate /= factor
        rates += [rate] * steps
    found = [float(schedule(step)) for step in range(12 * steps)]
    np.testing.assert_allclose(found, rates, rtol=1e-6)


def test_the_schedule_of_zaremba_et_al_s_code():
    """`decay ** max(epoch + 1 - max_epoch, 0)`, with epochs counted from 0."""
    schedule = HoldThenDecay(1.0, 14, 1.15, 1327)
    for epoch in (0, 13, 14, 54):
        wanted = (1 / 1.15) ** max(epoch + 1 - 14, 0)
        for step in (1327 * epoch, 1327 * epoch + 1326):
            assert float(schedule(step)) == pytest.approx(wanted, rel=1e-5)


def test_epochs_are_exact_beyond_what_a_float_can_count():
    schedule = HoldThenDecay(1.0, 100, 2.0, 1_000_003)
    step = 1_000_003 * 100
    assert [float(schedule(step - 1)), float(schedule(step))] == [1.0, 0.5]


def test_held_then_divided_in_an_optimizer_and_its_configuration():
    optimizer = keras.optimizers.SGD(HoldThenDecay(0.5, 2, 1.25, 10))
    config = keras.optimizers.serialize(optimizer)
    restored = keras.optimizers.deserialize(config)
    restored.iterations.assign(25)
    assert float(restored.learning_rate) == pytest.approx(0.4)
    assert restored.get_config() == optimizer.get_config()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("hold_epochs", (1.0, 0, 1.2, 10)),
        ("factor", (1.0, 6, 0.8, 10)),
        ("steps_per_epoch", (1.0, 6, 1.2, 0)),
    ],
)
def test_held_then_divided_out_of_range(name, arguments):
    with pytest.raises(ValueError, match=f"{name} must be at least 1"):
        HoldThenDecay(*arguments)


def test_the_cosine_with_warm_up_is_keras_s():
    """What recipes ask of it: steps of the decay without those of the warm-up."""
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, 100, alpha=0.1, warmup_target=2.0, warmup_steps=10
    )
    for step in (0, 3, 10, 11, 60, 110, 500):
        wanted = 2.0 * step / 10
        if step >= 10:
            done = min((step - 10) / 100, 1)
            wanted = 2.0 * (0.1 + 0.9 * (1 + np.cos(np.pi * done)) / 2)
        assert float(schedule(step)) == pytest.approx(wanted, rel=1e-5, abs=1e-7)
