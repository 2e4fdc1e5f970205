"""Parts by name: those of seqkit, added ones, and those of installed packages."""

import re
import sys

import pytest

from seqkit.errors import SeqkitError
from seqkit.registry import Reference, Registry, accepted


@pytest.fixture
def scores():
    parts = {"dot": max, "hsv": Reference("colorsys:rgb_to_hsv")}
    return Registry("score", "test_scores", parts | {"mul": Reference("operator:mul")})


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Installs a distribution with entry points: `installed(name="module:object")`."""

    def install(**points):
        folder = tmp_path / "outside-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\n")
        lines = [f"{name} = {place}" for name, place in points.items()]
        text = "\n".join(["[seqkit.test_scores]", *lines])
        (folder / "entry_points.txt").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)

    return install


def test_it_is_a_mapping_in_order(scores):
    assert list(scores) == ["dot", "hsv", "mul"] and len(scores) == 3
    assert "dot" in scores and "cosine" not in scores
    assert scores["dot"] is max and dict(scores)["mul"](3, 4) == 12


def test_listing_imports_nothing_and_a_use_imports_once(scores, monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    assert list(scores)
    assert "colorsys" not in sys.modules
    assert scores["hsv"] is scores["hsv"] is sys.modules["colorsys"].rgb_to_hsv


def test_settings_are_bound():
    registry = Registry("cell", "cells", {"ten": Reference("builtins:int", base=10)})
    assert registry["ten"]("12") == 12


def test_an_unknown_name_is_an_error_with_the_nearest(scores):
    message = "dott: no such score; did you mean dot? There are: dot, hsv, mul"
    with pytest.raises(SeqkitError, match=re.escape(message)):
        scores["dott"]


def test_register_adds_once(scores):
    @scores.register("least")
    def least(*values):
        return min(values)

    assert scores.register("least", least) is least is scores["least"]
    with pytest.raises(SeqkitError, match="'least': expected a new name for a score"):
        scores.register("least", max)
    with pytest.raises(SeqkitError, match="stands for operator:mul"):
        scores.register("mul", max)


def test_what_a_module_defines_again_replaces_itself(scores):
    """As when a cell of a notebook is run twice."""
    makers = []
    for _ in range(2):

        @scores.register("again")
        class Again:
            pass

        makers.append(Again)
    assert scores["again"] is makers[1]


def test_an_entry_point_is_found_without_an_import(scores, installed, monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    installed(hue="colorsys:rgb_to_hls")
    assert list(scores)[-1] == "hue" and "colorsys" not in sys.modules
    assert scores["hue"](0, 0, 0) == (0, 0, 0)


def test_an_entry_point_does_not_replace_a_part_of_seqkit(scores, installed):
    installed(dot="colorsys:rgb_to_hls")
    assert scores["dot"] is max


def test_the_object_of_an_entry_point_may_register_itself(scores, installed):
    import colorsys

    installed(hue="colorsys:rgb_to_hls")
    assert scores.register("hue", colorsys.rgb_to_hls) is scores["hue"]


@pytest.mark.parametrize("place", ["nonesuch_package:score", "colorsys:nonesuch"])
def test_a_broken_entry_point_is_named(scores, installed, place):
    installed(broken=place)
    assert "broken" in scores and scores["dot"] is max
    with pytest.raises(SeqkitError, match=f"broken: expected a score at {place}"):
        scores["broken"]


def test_accepted_takes_what_a_class_and_its_parents_take():
    class Parent:
        def __init__(self, width):
            pass

    class Child(Parent):
        def __init__(self, depth, **more):
            pass

    options = {"width": 1, "depth": 2, "other": 3}
    assert accepted(Child, options) == {"width": 1, "depth": 2}
    assert accepted(Parent, options) == {"width": 1}
