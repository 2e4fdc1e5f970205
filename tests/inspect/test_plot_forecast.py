"""A forecast as a picture."""

import matplotlib
import pytest

from seqkit.errors import SeqkitError
from seqkit.inspect import plot_forecast
from seqkit.results import forecast

matplotlib.use("agg")


def test_bands_and_lines():
    import matplotlib.pyplot as plt
    import numpy as np

    values = np.arange(18.0).reshape(3, 2, 3)
    found = forecast(["a", "b"], [""] * 3, values, [0.1, 0.5, 0.9])
    ax = plot_forecast(found, "b", past=[1, 2], actual=[3])
    labels = [line.get_label() for line in ax.lines if line.get_label()[0] != "_"]
    assert labels == ["past", "actual", "forecast"]
    assert len(ax.collections) == 1
    lines = {line.get_label(): line for line in ax.lines}
    assert list(lines["forecast"].get_ydata()) == [4.0, 10.0, 16.0]
    assert list(lines["past"].get_xdata()) == [-2, -1]
    with pytest.raises(SeqkitError, match="expected one of a, b, found 'c'"):
        plot_forecast(found, "c")
    plt.close("all")
