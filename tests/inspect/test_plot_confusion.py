import sys

import numpy as np
import pytest
from matplotlib import colors

from seqkit.errors import SeqkitError
from seqkit.inspect import plot_confusion

TABLE = {"PER": {"PER": 90, "LOC": 10}, "LOC": {"LOC": 1, "-": 1}, "-": {"PER": 3}}
COUNTS = [[90, 10, 0], [0, 1, 1], [3, 0, 0]]


def cells(ax):
    return {text.get_position(): text.get_text() for text in ax.texts}


def test_gold_down_the_side_and_counts_in_the_cells():
    ax = plot_confusion(TABLE)
    assert cells(ax) == {
        (0, 0): "90",
        (1, 0): "10",
        (1, 1): "1",
        (2, 1): "1",
        (0, 2): "3",
    }
    for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
        assert [label.get_text() for label in labels] == ["PER", "LOC", "-"]
    assert (ax.get_ylabel(), ax.get_xlabel()) == ("gold", "predicted")
    shares = [[0.9, 0.1, 0], [0, 0.5, 0.5], [1, 0, 0]]
    np.testing.assert_allclose(ax.images[0].get_array(), shares)
    assert ax.images[0].get_clim() == (0, 1)
    low, high = sorted(ax.get_ylim())
    assert ax.get_ylim() == (high, low)  # the first row is the highest


def test_an_array_and_scores_are_as_a_table():
    from matplotlib import pyplot

    _, axes = pyplot.subplots(1, 3)
    names = ["PER", "LOC", "-"]
    expected = cells(plot_confusion(TABLE, ax=axes[0], colorbar=False))
    by_array = plot_confusion(COUNTS, names, axes[1], colorbar=False)
    scores = {"f1": 0.5, "confusion": TABLE, "signature": "seqeval"}
    by_scores = plot_confusion(scores, ax=axes[2], colorbar=False)
    assert cells(by_array) == cells(by_scores) == expected
    assert by_array is axes[1] and len(pyplot.get_fignums()) == 1


def test_some_names_in_an_order_of_their_own():
    ax = plot_confusion(TABLE, ["LOC", "PER"])
    assert cells(ax) == {(0, 0): "1", (0, 1): "10", (1, 1): "90"}


def test_a_row_without_counts_is_empty():
    ax = plot_confusion(np.zeros((2, 2), int), ["a", "b"])
    assert not ax.texts and not ax.images[0].get_array().any()


@pytest.mark.parametrize("cmap", ["Blues", "viridis"])
def test_counts_are_read_on_their_colour(cmap):
    counts = np.arange(1, 101).reshape(10, 10) ** 3
    ax = plot_confusion(counts, list("abcdefghij"), cmap=cmap)
    image = ax.images[0]
    for text in ax.texts:
        column, row = text.get_position()
        cell = image.cmap(image.norm(image.get_array()[row, column]))
        parts = np.array([cell[:3], colors.to_rgb(text.get_color())])
        parts = np.where(
            parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4
        )
        low, high = sorted(parts @ (0.2126, 0.7152, 0.0722))
        assert (high + 0.05) / (low + 0.05) > 3


LONG = [f"Donaudampfschiff{i}" for i in range(12)]


@pytest.mark.parametrize(
    ("counts", "names"),
    [
        (np.eye(1, dtype=int), LONG[:1]),
        (np.full((2, 2), 10**6), ["a", "b"]),
        (np.full((12, 12), 12345), LONG),
    ],
)
def test_names_and_counts_do_not_overlap(counts, names):
    ax = plot_confusion(counts, names)
    ax.figure.canvas.draw()
    whole, square = ax.figure.bbox, ax.bbox.width / len(names)
    for labels, side in ((ax.get_xticklabels(), 0), (ax.get_yticklabels(), 1)):
        boxes = [label.get_window_extent() for label in labels]
        edges = sorted((box.min[side], box.max[side]) for box in boxes)
        for (_, end), (start, _) in zip(edges, edges[1:], strict=False):
            assert end <= start
        for box in boxes:
            assert np.all(box.min >= whole.min) and np.all(box.max <= whole.max)
    for text in ax.texts:
        assert text.get_window_extent().width < square


def test_names_are_no_formulas():
    ax = plot_confusion([[1]], ["$\\frac$"])
    ax.figure.canvas.draw()
    assert ax.get_xticklabels()[0].get_text() == "$\\frac$"


@pytest.mark.parametrize(
    ("confusion", "names", "message"),
    [
        (COUNTS, None, r"shape \(3, 3\) and 0 names"),
        (COUNTS, ["a", "b"], "and 2 names"),
        (TABLE, ["PER", "ORG"], "some of 'PER', 'LOC', '-', found 'ORG'"),
        ({"f1": 1.0, "signature": "x"}, None, "a 'confusion', found f1, signature"),
    ],
)
def test_what_is_wrong_is_said(confusion, names, message):
    with pytest.raises(SeqkitError, match=message):
        plot_confusion(confusion, names)


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SeqkitError, match=r"pip install seqkit\[plot\]"):
        plot_confusion(TABLE)
