"""Options whose ranges users exceeded: each wrong value is refused by name."""

import pytest

from seqkit.options import groups
from seqkit.registries import recipes

WRONG = {
    "gradient_clip": [0, -1, float("nan"), "x"],
    "warmup_steps": [-1, 1.5],
    "schedule_epochs": [0, -1, 1.5],
    "validation_fraction": [-0.1, float("inf"), "x"],
    "test_fraction": [-1, float("nan")],
    "learning_rate": [0, -1, float("inf")],
    "weight_decay": [-1, float("nan")],
    "weights": ["nonesuch.h5", 3],
    "encoder_layers": [0, -1],
    "label_weight": [-1, float("inf")],
    "doubly_stochastic": [-1],
}


@pytest.mark.parametrize("name", WRONG)
def test_ranges_of_build(name):
    having = [one for one in recipes.values() if name in one.Options.model_fields]
    assert having
    for recipe in having:
        for value in WRONG[name]:
            (problem,) = recipe.Options.problems({"dataset": "any", name: value})
            assert problem.startswith(name) and "expected" in problem


@pytest.mark.parametrize(
    ("name", "values"),
    [("epochs", [0, -1, 1.5, "x", True]), ("verbose", [3, -1, "loud", True])],
)
def test_ranges_of_fit(name, values):
    for value in values:
        (problem,) = groups.Fit.problems({name: value})
        assert problem.startswith(f"{name}: expected")
