"""Pictures of orders, and of which point looks where."""

import matplotlib
import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.inspect import OrderView, PointAttention, plot_order
from seqkit.results import Order, as_columns

matplotlib.use("Agg")
SQUARE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]


@pytest.mark.parametrize(
    ("problem", "lines"), [("hull", [4]), ("tour", [4]), ("order", [3])]
)
def test_hulls_and_tours_are_closed(problem, lines):
    ax = plot_order(SQUARE, [0, 1, 2], problem)
    assert [len(line.get_xdata()) for line in ax.lines] == lines


def test_triangles_are_drawn_one_by_one_and_the_expected_order_dotted():
    ax = plot_order(SQUARE, [0, 1, 2, 0, 2, 3], "triangles", expected=np.arange(3))
    assert [line.get_linestyle() for line in ax.lines] == [":", "-", "-"]
    assert (
        OrderView(SQUARE, [0, 1, 2, 0, 2, 3], "triangles").to_html().count("<polyline")
        == 2
    )


def test_an_order_is_a_list_with_a_picture():
    order = Order([0, 1, 2], SQUARE, "hull")
    assert order == [0, 1, 2] and order.shown()["view"] == "order"
    assert order._repr_html_().count("<circle") == 4
    assert Order([0], np.eye(3))._repr_html_() is None
    assert as_columns(order) == {"order": [0, 1, 2]}
    assert as_columns((order, -1.0)) == {"order": [0, 1, 2], "score": -1.0}
    assert as_columns([order, order])["n_best"] == [{"order": [0, 1, 2]}] * 2


def test_arrows_go_where_a_point_looks():
    weights = [[1, 0, 0, 0, 0], [0, 0.9, 0.1, 0, 0], [0, 0, 0, 0, 1]]
    looks = PointAttention(np.array(weights), SQUARE, [0, 1])
    arrows = [t for t in looks.plot().texts if t.arrow_patch is not None]
    assert len(arrows) == 2
    assert looks.alignment().source_tokens[-1] == "end"
    with pytest.raises(SeqkitError, match=r"\(indices \+ 1, points \+ 1\) = \(3, 5\)"):
        PointAttention(np.ones((2, 4)), SQUARE, [0, 1])


def test_points_outside_the_plane_are_refused():
    with pytest.raises(SeqkitError, match="points in the plane"):
        plot_order(np.eye(3), [0, 1, 2])
    with pytest.raises(SeqkitError, match=r"Print alignment\(\) instead"):
        PointAttention(np.eye(2, 4), np.eye(3), [0]).plot()
