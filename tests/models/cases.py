"""Tables of models as parameters of tests."""

import keras
import pytest

# A graph takes longer to make than a few steps to run; JAX's steps are slow alone.
WITHOUT_GRAPH = {"run_eagerly": keras.backend.backend() != "jax"}


def parameters(cases, slow=()):
    """The names of `cases`; those in `slow` run with `-m slow` alone.

    Slow are variants of another row: one of each kind runs by default.
    """
    unknown = set(slow) - set(cases)
    assert not unknown, f"no cases: {sorted(unknown)}"
    return [
        pytest.param(name, marks=[pytest.mark.slow] if name in slow else [])
        for name in cases
    ]


# float16 is the one that can overflow.
half_policy = pytest.mark.parametrize(
    "policy",
    ["mixed_float16", pytest.param("mixed_bfloat16", marks=pytest.mark.slow)],
)
