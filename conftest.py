"""What holds for tests and for the examples of docstrings alike."""

import sys

import pytest


@pytest.fixture(autouse=True)
def close_figures():
    """matplotlib keeps figures until they are closed, and warns of too many."""
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
