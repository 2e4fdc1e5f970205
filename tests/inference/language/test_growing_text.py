import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.inference.language.growing_text import StopStrings


def cut(text, stop):
    """Before the stop string that is complete first; None where there is none."""
    for end in range(len(text) + 1):
        places = [end - len(s) for s in stop if text[:end].endswith(s)]
        if places:
            return text[: min(places)]
    return None


def test_equals_a_search_in_the_whole_text_however_it_comes():
    rng = np.random.default_rng(0)
    found = 0
    for _ in range(500):
        text = "".join(rng.choice(list("ab"), 12))
        stop = ["".join(rng.choice(list("ab"), n)) for n in rng.integers(3, 7, 2)]
        stops, given, place = StopStrings(stop), "", 0
        while place < len(text) and not stops.found:
            size = rng.integers(1, 5)
            given += stops.add(text[place : place + size])
            place += size
            # No more is held back than may begin a stop string.
            assert (
                stops.found
                or not stops.held
                or any(s.startswith(stops.held) for s in stop)
            )
        expected = cut(text[:place], stop)
        assert stops.found == (expected is not None)
        assert given + stops.flush() == (text if expected is None else expected)
        found += stops.found
    assert 100 < found < 400


def test_what_was_given_out_at_a_break_is_not_given_again():
    rng = np.random.default_rng(1)
    for _ in range(200):
        text = "".join(rng.choice(list("ab"), 12))
        stop = ["".join(rng.choice(list("ab"), 4))]
        first = StopStrings(stop)
        given = first.add(text[:6])
        if first.found:
            continue
        given += first.flush()
        assert given == text[:6] and first.flush() == ""
        second = StopStrings(stop, first.held, first.given)
        given += second.add(text[6:9])
        if not second.found:
            given += second.add(text[9:])
        expected = cut(text, stop)
        assert second.found == (expected is not None)
        if expected is None:
            assert given + second.flush() == text
        else:
            assert given == text[:6] + expected[6:]


def test_one_string_and_none():
    stops = StopStrings("ab")
    assert stops.add("ca") == "c" and stops.add("ba") == "" and stops.found
    assert StopStrings().add("anything") == "anything"


@pytest.mark.parametrize("stop", [[""], ["a", 3], ""])
def test_what_is_no_stop_string(stop):
    with pytest.raises(SeqkitError, match="stop: expected strings of at least one"):
        StopStrings(stop)
