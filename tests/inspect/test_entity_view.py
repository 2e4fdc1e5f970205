import re
from types import SimpleNamespace

import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.inspect import EntityView
from seqkit.inspect.entity_view import PALETTE, color_of
from tests.inspect.test_unit_view import Spans

TEXT = "In <b>Paris</b> & \x1bRome\nAda \U0001f600 met é."


def entity(kind, text, score=None, whole=TEXT):
    start = whole.index(text)
    return {"type": kind, "start": start, "end": start + len(text), "score": score}


ENTITIES = [
    entity("PER", "Ada \U0001f600", 0.5),
    entity("<i>", "<b>Paris</b>"),
    entity("LOC", "\x1bRome\nAda"[:5]),
]


class Page(Spans):
    """The text that a page shows, but for the types."""

    def __init__(self, page):
        self.text, self.types = "", []
        super().__init__(page)

    def handle_starttag(self, tag, attrs):
        if tag == "bdi":
            self.open.append(tag)
        else:
            super().handle_starttag(tag, attrs)

    def handle_data(self, data):
        if self.open[-1] == "bdi":
            self.types.append(data)
        else:
            self.text += data


def test_html_holds_the_text_and_no_foreign_tags():
    page = Page(EntityView(TEXT, ENTITIES)._repr_html_())
    assert not page.open
    assert page.text == TEXT
    assert page.types == ["<i>", "LOC", "PER"]
    titles = [attrs["title"] for attrs, _ in page.found]
    assert titles == ["<i>", "LOC", "PER 0.500"]
    styles = [attrs["style"] for attrs, _ in page.found]
    assert "background:#77aadd" in styles[2] and "background:#ee8866" in styles[1]


def test_plain_text():
    assert str(EntityView("a b c", [entity("X", "b", whole="a b c")])) == "a [b X] c"
    assert str(EntityView("b", [entity("X", "b", whole="b")])) == "[b X]"
    assert str(EntityView("a b", [])) == "a b"
    assert str(EntityView("", [])) == ""
    touching = [entity("X", "a", whole="ab"), entity("Y", "b", whole="ab")]
    assert str(EntityView("ab", touching)) == "[a X][b Y]"


def test_a_terminal_shows_the_text_and_no_colour_runs_on():
    across = entity("ORG", "Rome\nAda")
    shown = EntityView(TEXT, [across]).to_ansi()
    assert shown.startswith("In <b>Paris</b> & \ufffd\x1b[48;2;68;187;153m")
    plain = re.sub(r"\x1b\[[\d;]*m", "", shown)
    assert plain == TEXT.replace("\x1b", "\ufffd").replace("Ada", "Ada ORG")
    first, second = shown.split("\n")
    assert first.endswith("Rome\x1b[0m")
    assert second.startswith("\x1b[48;2;68;187;153m")
    assert second.count("\x1b[0m") == 1


def test_objects_are_as_dictionaries():
    objects = [SimpleNamespace(text=None, **fields) for fields in ENTITIES]
    assert EntityView(TEXT, objects) == EntityView(TEXT, ENTITIES)
    starts = [found["start"] for found in EntityView(TEXT, objects).entities]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Ada", "ltr"),
        ("\u05d0\u05d3\u05d4 in Paris", "rtl"),  # Hebrew first
        ("12 \u0639\u062f\u0629", "rtl"),  # digits have no direction
        ("12", "ltr"),
        ("", "ltr"),
    ],
)
def test_text_runs_as_its_first_letter_does(text, direction):
    page = EntityView(text, [])._repr_html_()
    assert page.startswith(f'<div dir="{direction}"')


def test_a_type_stands_apart_from_text_of_the_other_direction():
    text = "\u05d0\u05d3\u05d4 \u05db\u05ea\u05d1\u05d4"
    page = EntityView(text, [{"type": "PER", "start": 0, "end": 3}]).to_html()
    assert "\u05d0\u05d3\u05d4<bdi " in page and ">PER</bdi>" in page


def test_colours_are_those_of_other_runs(run_python):
    kinds = ["PER", "flight_stop", "Krankheit", "LOC"]
    code = (
        "from seqkit.inspect.entity_view import color_of\n"
        f"print([color_of(kind) for kind in {kinds}])"
    )
    found = run_python(code, PYTHONHASHSEED="1")
    assert found.strip() == str([color_of(kind) for kind in kinds])


def test_usual_types_differ_in_colour():
    for kinds in (
        ["PER", "LOC", "ORG", "MISC"],
        ["PERSON", "GPE", "ORG", "LOC", "DATE"],
        ["person", "location", "corporation", "group", "product", "creative-work"],
    ):
        assert len({color_of(kind) for kind in kinds}) == len(kinds)


def test_black_is_read_easily():
    part = np.array(PALETTE) / 255
    part = np.where(part <= 0.03928, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    luminance = part @ (0.2126, 0.7152, 0.0722)
    assert ((luminance + 0.05) / 0.05 > 7).all()  # WCAG's AAA


@pytest.mark.parametrize(
    ("entities", "message"),
    [
        ([("X", 0, 2), ("Y", 1, 3)], "overlap, found Y from 1 to 3.*ends at 2"),
        ([("X", 0, 1), ("Y", 0, 1)], "overlap"),
        ([("X", 3, 6)], "<= 5, the characters of the text, found X from 3 to 6"),
        ([("X", -1, 2)], "found X from -1 to 2"),
        ([("X", 2, 2)], "found X from 2 to 2"),
        ([("X", 0, None)], "without end"),
        ([("X", 0, 2, "wrong")], "'wrong' in the text, found 'ab'.*not bytes"),
    ],
)
def test_what_is_wrong_is_said(entities, message):
    names = "type", "start", "end", "text"
    given = [dict(zip(names, values, strict=False)) for values in entities]
    with pytest.raises(SeqkitError, match=message):
        EntityView("abcde", given)
