import re
from html.parser import HTMLParser

import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.inspect import UnitView
from seqkit.inspect.unit_view import NEGATIVE, POSITIVE, ZERO

TOKENS = ["<", "b", ">", "&", '"', "\n", "é", "\x1b", " "]


class Spans(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found, self.open = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        assert tag in ("div", "span")
        self.open.append(tag)
        if tag == "span" and "title" in dict(attrs):
            self.found.append([dict(attrs), ""])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "span" and self.found:
            self.found[-1][1] += data


def test_html_holds_every_token_and_no_foreign_tags():
    view = UnitView(np.linspace(-1, 1, len(TOKENS)), TOKENS, "<script>x</script>")
    page = view._repr_html_()
    assert "<script" not in page
    spans = Spans(page)
    assert not spans.open
    expected = ["<", "b", ">", "&", '"', "↵\n", "é", "\ufffd", " "]
    assert [text for _, text in spans.found] == expected
    assert spans.found[5][0]["title"] == "'\\n' +0.250"
    assert "background:#e27220" in spans.found[0][0]["style"]
    assert "background:#3391cd" in spans.found[-1][0]["style"]


def test_a_terminal_shows_the_text_and_no_colour_runs_on():
    text = UnitView(np.linspace(-1, 1, len(TOKENS)), TOKENS, "unit 3").to_ansi()
    plain = re.sub(r"\x1b\[[\d;]*m", "", text)
    assert plain == 'unit 3\n<b>&"↵\né\ufffd '
    assert text.endswith("\x1b[0m") and "\x1b[0m\n" in text
    assert "\x1b[48;2;226;114;32m" in text


def test_colours_go_from_the_negative_over_white_to_the_positive():
    view = UnitView([-2, -1, 0, 1, 2, 5], list("abcdef"), limit=2)
    colors = view.colors()
    np.testing.assert_array_equal(colors[[0, 2, 4]], [NEGATIVE, ZERO, POSITIVE])
    np.testing.assert_array_equal(colors[5], POSITIVE)  # beyond the limit
    between = np.abs(colors[1] - np.mean([NEGATIVE, ZERO], axis=0))
    assert between.max() <= 0.5


def test_the_limit_is_the_largest_value():
    assert UnitView([0.2, -0.5], list("ab")).limit == 0.5
    assert UnitView([0.0], ["a"]).limit == 1
    assert UnitView([], []).limit == 1


@pytest.mark.parametrize("color", [NEGATIVE, ZERO, POSITIVE])
def test_black_is_read_easily(color):
    def luminance(rgb):
        part = np.array(rgb) / 255
        part = np.where(part <= 0.03928, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
        return part @ (0.2126, 0.7152, 0.0722)

    assert (luminance(color) + 0.05) / 0.05 > 4.5  # WCAG's AA


def test_values_must_be_one_a_token():
    with pytest.raises(SeqkitError, match=r"\(tokens,\) = \(2,\), found \(1,\)"):
        UnitView([1.0], ["a", "b"])
