import keras
import numpy as np
import pytest

from seqkit.training import InverseSquareRoot


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
