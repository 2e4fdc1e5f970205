"""What `make_optimizer` makes of names and options."""

import keras
import pytest

from seqkit.errors import SeqkitError
from seqkit.registries import optimizers, schedules
from seqkit.training import HoldThenDecay, InverseSquareRoot, make_optimizer

OPTIONS = {
    "learning_rate": 0.5,
    "warmup_steps": 10,
    "schedule_epochs": 3,
    "hold_epochs": 2,
    "decay_factor": 2.0,
    "weight_decay": 0.01,
    "gradient_clip": 1.0,
}


def no_steps():
    raise AssertionError("the steps are not needed")


def rate(schedule, steps_per_epoch=no_steps, **changes):
    optimizer = make_optimizer("sgd", schedule, OPTIONS | changes, steps_per_epoch)
    return optimizer._learning_rate


def test_adamw():
    optimizer = make_optimizer("adamw", "constant", OPTIONS, no_steps)
    config = optimizer.get_config()
    assert isinstance(optimizer, keras.optimizers.AdamW)
    assert (config["beta_1"], config["beta_2"]) == (0.9, 0.98)
    assert (config["epsilon"], config["weight_decay"]) == (1e-9, 0.01)
    assert config["global_clipnorm"] == 1.0


@pytest.mark.parametrize(("given", "decay"), [(0.0, None), (0.1, 0.1)])
def test_sgd(given, decay):
    options = OPTIONS | {"weight_decay": given, "gradient_clip": None}
    config = make_optimizer("sgd", "constant", options, no_steps).get_config()
    assert config["weight_decay"] == decay and config["global_clipnorm"] is None


@pytest.mark.parametrize("schedule", ["constant", "plateau"])
@pytest.mark.parametrize("number", [0.5, 1])
def test_a_rate_that_a_callback_may_change(schedule, number):
    optimizer = make_optimizer(
        "adamw", schedule, OPTIONS | {"learning_rate": number}, no_steps
    )
    optimizer.learning_rate = number / 4
    assert float(optimizer.learning_rate) == pytest.approx(number / 4)


def test_inverse_square_root_needs_no_steps():
    found = rate("inverse_square_root")
    assert isinstance(found, InverseSquareRoot)
    assert (found.learning_rate, found.warmup_steps) == (0.5, 10)


@pytest.mark.parametrize("number", [0.5, 1])
def test_cosine(number):
    found = rate("cosine", lambda: 20, learning_rate=number)
    assert float(found(10)) == pytest.approx(number)
    assert float(found(5)) == pytest.approx(number / 2)
    assert float(found(35)) == pytest.approx(number / 2)
    assert float(found(60)) == pytest.approx(0, abs=1e-6)
    found = rate("cosine", lambda: 20, warmup_steps=0)
    assert float(found(0)) == 0.5 and float(found(30)) == pytest.approx(0.25)


def test_hold_then_decay():
    found = rate("hold_then_decay", lambda: 20, learning_rate=1)
    assert isinstance(found, HoldThenDecay)
    assert [float(found(step)) for step in (0, 39, 40, 60)] == [1, 1, 0.5, 0.25]


def test_what_another_package_adds(monkeypatch):
    for registry in (optimizers, schedules):
        monkeypatch.setattr(registry, "_parts", dict(registry._found()))
    schedules.register("halved", lambda learning_rate, share=0.5: learning_rate * share)
    optimizers.register(
        "lion",
        lambda rate, *, weight_decay, gradient_clip: keras.optimizers.Lion(rate),
    )
    optimizer = make_optimizer("lion", "halved", {"learning_rate": 1}, no_steps)
    assert isinstance(optimizer, keras.optimizers.Lion)
    assert float(optimizer.learning_rate) == 0.5


def test_what_is_missing():
    with pytest.raises(SeqkitError, match="sdg: no such optimizer; did you mean sgd"):
        make_optimizer("sdg", "constant", OPTIONS, no_steps)
    with pytest.raises(SeqkitError, match="expected the option warmup_steps, found le"):
        make_optimizer("sgd", "cosine", {"learning_rate": 1}, no_steps)
