"""The plots of gradient flow, gates and units."""

import sys

import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.inspect import (
    GateActivity,
    GradientFlow,
    UnitView,
    plot_gate_activity,
    plot_gate_saturation,
    plot_gradient_flow,
    plot_unit_view,
)

FLOW = GradientFlow("rnn", np.array([[2.0, 1.0, 0.5, 0.0], [2.0, 3.0, 0.5, 0.0]]))


def activity(tokens, units=5):
    gates = np.random.default_rng(0).random((3, len(tokens), units))
    return GateActivity(tokens, 1, *gates)


def view(tokens):
    return UnitView(np.linspace(-1, 1, len(tokens)), tokens, "unit $7$")


def test_flows_are_lines_with_names():
    flows = {"a": FLOW, "b": GradientFlow("x", FLOW.samples * 3)}
    ax = plot_gradient_flow(flows)
    first, second = ax.get_lines()
    np.testing.assert_allclose(first.get_xdata(), [0, 1, 2, 3])
    np.testing.assert_allclose(first.get_ydata(), [1, 1, 0.25, np.nan])
    np.testing.assert_allclose(second.get_ydata(), first.get_ydata())
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["a", "b"]
    assert ax.get_yscale() == "log" and "relative" in ax.get_ylabel()
    assert first.get_color() != second.get_color()
    assert first.get_linestyle() != second.get_linestyle()
    ax.figure.canvas.draw()


def test_one_flow_and_a_list_have_their_own_names():
    ax = plot_gradient_flow(FLOW, relative=False)
    np.testing.assert_allclose(ax.get_lines()[0].get_ydata(), [2, 2, 0.5, np.nan])
    assert "relative" not in ax.get_ylabel()
    ax = plot_gradient_flow([FLOW, FLOW])
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["rnn", "rnn"]


def test_what_has_vanished_leaves_room_for_the_rest():
    flow = GradientFlow("rnn", np.array([[1.0, 1e-3, 1e-40]]))
    assert plot_gradient_flow(flow).get_ylim()[0] == pytest.approx(1e-12)


def test_flows_of_two_kinds_are_not_drawn_together():
    with pytest.raises(SeqkitError, match="found 'input' and 'state'"):
        plot_gradient_flow([FLOW, GradientFlow("rnn", FLOW.samples, "input")])
    with pytest.raises(SeqkitError, match="found none"):
        plot_gradient_flow({})


def test_gates_are_curves_under_the_tokens():
    given = activity(["▁$x^2$", "\n", " ", "▁"])
    ax = plot_gate_activity(given)
    for line, name in zip(ax.get_lines(), ("kept", "written", "read"), strict=True):
        np.testing.assert_allclose(line.get_ydata(), given.means()[name])
        assert line.get_label() == name
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["$x^2$", "↵", "␣", "␣"]
    ax.figure.canvas.draw()


def test_a_heat_map_has_a_row_a_unit():
    given = activity(list("abc"))
    ax = plot_gate_activity(given, gate="written", colorbar=False)
    shown = np.asarray(ax.images[0].get_array())
    assert shown.shape == (5, 3) and ax.images[0].get_clim() == (0, 1)
    assert sorted(shown.T.tolist()[0]) == sorted(given.written[0])
    means = shown.mean(axis=1)
    assert (np.diff(means) <= 0).all()
    with pytest.raises(SeqkitError, match="one of kept, written, read or None"):
        plot_gate_activity(given, gate="forget")


@pytest.mark.parametrize("gate", [None, "kept"])
@pytest.mark.parametrize("tokens", [list("abc" * 30), [f"▁word{i}" for i in range(40)]])
def test_labels_do_not_overlap(tokens, gate):
    ax = plot_gate_activity(activity(tokens), gate=gate)
    ax.figure.canvas.draw()
    boxes = [label.get_window_extent() for label in ax.get_xticklabels()]
    for left, right in zip(boxes, boxes[1:], strict=False):
        assert left.x1 <= right.x0 + 0.5


def test_saturation_is_a_point_a_unit():
    given = activity(list("abcdefgh"))
    ax = plot_gate_saturation(given)
    assert len(ax.collections) == 3
    shut, opened = given.saturation()["kept"]
    points = ax.collections[0].get_offsets()
    np.testing.assert_allclose(points, np.stack([opened, shut], axis=1))
    ax.figure.canvas.draw()


def test_a_text_is_broken_between_tokens():
    ax = plot_unit_view(view(["▁ab", "▁cde", "\n", "▁fg"]), width=5)
    shown = [(t.get_position(), t.get_text()) for t in ax.texts]
    assert "".join(text for _, text in shown) == "ab cde↵fg"
    lines = [position[1] for position, _ in shown]
    assert lines == [0, 0, 1, 1, 1, 1, 1, 2, 2]
    assert ax.images[0].get_array().shape == (3, 5, 3)
    ax.figure.canvas.draw()


def test_a_token_longer_than_the_line_is_shown_whole():
    ax = plot_unit_view(view(["▁abcdefgh", "▁x"]), width=3, colorbar=False)
    assert "".join(t.get_text() for t in ax.texts) == "abcdefgh x"
    assert max(t.get_position()[0] for t in ax.texts) <= 2


def test_backgrounds_are_the_colours_of_the_view():
    given = view(list("ab") + ["字", "\n", "c"])
    ax = plot_unit_view(given, width=6, colorbar=False)
    image = ax.images[0].get_array()
    np.testing.assert_array_equal(image[0], given.colors()[[0, 1, 2, 2, 3]])
    np.testing.assert_array_equal(image[1, 0], given.colors()[4])
    assert (image[1, 1:] == 255).all()


def test_all_draw_in_given_axes():
    from matplotlib import pyplot

    _, axes = pyplot.subplots(1, 4)
    assert plot_gradient_flow(FLOW, axes[0]) is axes[0]
    assert plot_gate_activity(activity(["a"]), axes[1]) is axes[1]
    assert plot_gate_saturation(activity(["a"]), axes[2]) is axes[2]
    assert plot_unit_view(view(["a"]), axes[3]) is axes[3]
    assert len(pyplot.get_fignums()) == 1


@pytest.mark.parametrize(
    ("function", "given"),
    [
        (plot_gradient_flow, FLOW),
        (plot_gate_activity, activity(["a"])),
        (plot_gate_saturation, activity(["a"])),
        (plot_unit_view, view(["a"])),
    ],
)
def test_without_matplotlib_the_error_says_what_to_install(
    monkeypatch, function, given
):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SeqkitError, match=r"pip install seqkit\[plot\]"):
        function(given)
