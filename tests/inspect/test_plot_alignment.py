import sys

import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.inspect import Alignment, plot_alignment


def alignment(source, target):
    weights = np.random.default_rng(0).dirichlet(np.ones(len(source)), len(target))
    return Alignment(weights, source, target)


def test_source_on_top_and_target_down_the_side():
    given = alignment(["▁A", "▁dog", "</s>"], ["▁Ein", "▁Hund"])
    ax = plot_alignment(given)
    np.testing.assert_array_equal(ax.images[0].get_array(), given.weights)
    assert [t.get_text() for t in ax.get_xticklabels()] == ["A", "dog", "</s>"]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Ein", "Hund"]
    low, high = sorted(ax.get_ylim())
    assert ax.get_ylim() == (high, low)  # the first target token is the highest row
    assert ax.images[0].get_clim() == (0, 1)
    ticks = ax.xaxis.get_tick_params()
    assert ticks["labeltop"] and not ticks["labelbottom"]


def test_draws_in_given_axes():
    from matplotlib import pyplot

    _, axes = pyplot.subplots(1, 2)
    given = alignment(["a"], ["b"])
    assert plot_alignment(given, axes[1], colorbar=True, cmap="magma") is axes[1]
    assert not axes[0].images and axes[1].images
    assert len(pyplot.get_fignums()) == 1


LONG = [f"▁Donaudampfschiff{i}" for i in range(40)]


@pytest.mark.parametrize(
    ("source", "target"), [(LONG[:1], ["a"]), (["a"], LONG[:5]), (LONG, LONG)]
)
def test_labels_do_not_overlap_each_other(source, target):
    ax = plot_alignment(alignment(source, target))
    ax.figure.canvas.draw()
    whole = ax.figure.bbox
    for labels, side in ((ax.get_xticklabels(), 0), (ax.get_yticklabels(), 1)):
        boxes = [label.get_window_extent() for label in labels]
        edges = sorted((box.min[side], box.max[side]) for box in boxes)
        for (_, end), (start, _) in zip(edges, edges[1:], strict=False):
            assert end <= start
        for box in boxes:
            assert np.all(box.min >= whole.min) and np.all(box.max <= whole.max)


def test_tokens_are_no_formulas():
    ax = plot_alignment(alignment(["▁$x^2$", "$\\frac$"], ["%", "_"]))
    ax.figure.canvas.draw()
    assert ax.get_xticklabels()[0].get_text() == "$x^2$"


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SeqkitError, match=r"pip install seqkit\[plot\]"):
        plot_alignment(alignment(["a"], ["b"]))


def test_importing_the_room_imports_no_matplotlib(run_python):
    code = "import sys, seqkit.inspect; print('matplotlib' in sys.modules)"
    assert run_python(code).strip() == "False"
