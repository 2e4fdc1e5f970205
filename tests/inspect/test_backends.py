from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.slow
def test_models_are_looked_into_on_jax(run_tests_on):
    names = ("gradient_flow", "gate_activity", "unit_activity", "saliency")
    run_tests_on("jax", *(HERE / f"test_{name}.py" for name in names))
