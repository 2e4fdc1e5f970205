"""What `explain` returns, which a page draws."""

import json

import numpy as np

from seqkit.inspect import Alignment, RegionAttention
from seqkit.inspect.entity_view import color_of
from seqkit.results import classified, tagged_text


def test_bars_are_in_order():
    shown = classified(["a", "b", "c"], [0.2, 0.5, 0.3]).shown()
    assert shown["view"] == "bars" and shown["chosen"] == ["b"]
    assert shown["bars"] == [("b", 0.5), ("c", 0.3), ("a", 0.2)]


def test_entities_have_places_scores_and_colors():
    spans = [(0, 1), (2, 4)]
    words, tags = ["🐕", "Al"], ["O", "B-PER"]
    tagged = tagged_text(
        "🐕 Al", words, spans, tags, [1, 0.5], "x", 0.9, [("PER", 1, 2)]
    )
    shown = tagged.shown()
    (entity,) = shown["entities"]
    assert shown["text"][entity["start"] : entity["end"]] == entity["text"] == "Al"
    color = "#" + bytes(color_of("PER")).hex()
    assert (entity["score"], entity["color"]) == (0.5, color)
    assert (shown["label"], shown["label_score"]) == ("x", 0.9)


def test_tags_without_a_scheme_are_shown_word_by_word():
    tagged = tagged_text(
        "a b", ["a", "b"], [(0, 1), (2, 3)], ["N", "V"], [1, 1], None, None, ()
    )
    assert [one["type"] for one in tagged.shown()["entities"]] == ["N", "V"]
    assert "label" not in tagged.shown()


def test_attention_becomes_lists():
    weights = np.array([[0.25, 0.75], [1, 0]], "float32")
    shown = Alignment(weights, ["▁a", "</s>"], ["▁b", "</s>"]).shown()
    assert shown["weights"] == weights.tolist()
    assert (shown["source"], shown["target"]) == (["a", "</s>"], ["b", "</s>"])
    shown = RegionAttention(np.eye(4)[:2], ["▁a", "</s>"]).shown()
    assert (shown["grid"], shown["words"]) == ([2, 2], ["a", "</s>"])
    json.dumps(shown)


def test_an_answer_that_shows_itself(shout):
    class Shown(str):
        def shown(self):
            return {"view": "mine", "size": len(self)}

    shout.answers = lambda inputs, options: [Shown(one) for one in inputs]
    assert shout.explain("abc") == {"answer": "abc", "view": "mine", "size": 3}
