import json
from collections import Counter
from itertools import product

import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.metrics import tagging_scores


def conlleval(gold, predicted):
    """The counting of conlleval for B, I and O: one pass, word by word.

    Of each type the right, gold and predicted entities, and the right words.
    """
    right, wanted, found, words = Counter(), Counter(), Counter(), 0

    def parse(tag):
        prefix, _, kind = tag.partition("-")
        return prefix, kind

    def begins(before, now):
        return now[0] != "O" and (
            now[0] == "B" or before[0] == "O" or before[1] != now[1]
        )

    def ends(before, now):
        return before[0] != "O" and (now[0] in "OB" or before[1] != now[1])

    for gold_tags, predicted_tags in zip(gold, predicted, strict=True):
        within = None  # the type of an entity that both began at the same word
        last = ("O", ""), ("O", "")
        for pair in [*zip(gold_tags, predicted_tags, strict=True), None]:
            now = tuple(map(parse, pair)) if pair else (("O", ""), ("O", ""))
            if within is not None:
                closed = ends(last[0], now[0]), ends(last[1], now[1])
                if all(closed):
                    right[within] += 1
                if any(closed):
                    within = None
            starts = begins(last[0], now[0]), begins(last[1], now[1])
            wanted[now[0][1]] += starts[0]
            found[now[1][1]] += starts[1]
            if all(starts) and now[0][1] == now[1][1]:
                within = now[0][1]
            words += bool(pair) and pair[0] == pair[1]
            last = now
    return right, wanted, found, words


def ratios(right, wanted, found):
    precision, recall = (right / n if n else 0.0 for n in (found, wanted))
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0


def assert_equals_conlleval(scores, gold, predicted, words):
    right, wanted, found, _ = conlleval(gold, predicted)
    counts = right.total(), wanted.total(), found.total()
    mine = scores["precision"], scores["recall"], scores["f1"]
    assert mine == pytest.approx(ratios(*counts), abs=1e-12)
    assert scores["accuracy"] == words / sum(map(len, gold))
    kinds = {kind for kind in (wanted | found) if wanted[kind] or found[kind]}
    assert set(scores["types"]) == {kind or "_" for kind in kinds}
    for kind in kinds:
        row = scores["types"][kind or "_"]
        expected = ratios(right[kind], wanted[kind], found[kind])
        mine = row["precision"], row["recall"], row["f1"]
        assert mine == pytest.approx(expected, abs=1e-12)
        assert row["support"] == wanted[kind]


def drawn(tags, rng):
    """A few sentences, and predictions that are right in about a half of the words."""
    sizes = rng.integers(0, 8, rng.integers(1, 4))
    sizes[-1] += 1
    gold = [rng.choice(tags, size).tolist() for size in sizes]
    changed = [rng.random(size) < rng.choice([0.2, 0.5]) for size in sizes]
    predicted = [
        np.where(change, rng.choice(tags, len(tags_)), tags_).tolist()
        for change, tags_ in zip(changed, gold, strict=True)
    ]
    return gold, predicted


TAGS = ["O", "B-X", "I-X", "B-Y", "I-Y"]


@pytest.mark.parametrize("scheme", ["BIO", "IOB1"])
def test_equals_conlleval_on_whatever_stands_there(scheme):
    rng = np.random.default_rng(0)
    for _ in range(1000):
        tags = TAGS if rng.random() < 0.8 else ["O", "B", "I"]
        gold, predicted = drawn(tags, rng)
        words = conlleval(gold, predicted)[3]
        scores = tagging_scores(gold, predicted, scheme)
        assert_equals_conlleval(scores, gold, predicted, words)


def as_bio(tags):
    """BIOES as BIO: an entity ends behind E and S, so that what follows begins one."""
    converted, ended = [], False
    for tag in tags:
        prefix, dash, kind = tag.partition("-")
        if prefix in "BS" or prefix in "IE" and ended:
            converted.append("B" + dash + kind)
        else:
            converted.append(tag if prefix == "O" else "I" + dash + kind)
        ended = prefix in "ES"
    return converted


def test_bioes_equals_conlleval_of_the_same_in_bio():
    rng = np.random.default_rng(1)
    tags = ["O", *(f"{prefix}-{kind}" for prefix, kind in product("BIES", "XY"))]
    for _ in range(1000):
        gold, predicted = drawn(tags, rng)
        scores = tagging_scores(gold, predicted, "BIOES")
        words = sum(
            g == p
            for a, b in zip(gold, predicted, strict=True)
            for g, p in zip(a, b, strict=True)
        )
        in_bio = [[as_bio(tags) for tags in side] for side in (gold, predicted)]
        assert_equals_conlleval(scores, *in_bio, words)


@pytest.mark.parametrize(
    ("scheme", "gold", "predicted", "counts"),
    [
        # right, in the gold, predicted
        ("BIO", "O B-X I-X O", "O I-X I-X O", (1, 1, 1)),  # I after O begins one
        ("BIO", "B-X I-X O", "B-X I-Y O", (0, 1, 2)),  # another type begins one
        ("BIO", "B-X B-X", "B-X I-X", (0, 2, 1)),  # adjacent entities
        ("BIO", "B-X B-Y", "I-X I-Y", (2, 2, 2)),
        ("BIO", "B-X I-X I-X", "B-X I-X O", (0, 1, 1)),  # the end differs
        ("IOB1", "I-X B-X O", "I-X I-X O", (0, 2, 1)),
        ("IOB1", "I-X I-Y O", "B-X B-Y O", (2, 2, 2)),
        ("BIOES", "S-X S-X", "B-X E-X", (0, 2, 1)),
        ("BIOES", "B-X E-X S-Y", "B-X I-X S-Y", (2, 2, 2)),
    ],
)
def test_where_counting_words_would_differ(scheme, gold, predicted, counts):
    scores = tagging_scores([gold.split()], [predicted.split()], scheme)
    mine = scores["precision"], scores["recall"], scores["f1"]
    assert mine == pytest.approx(ratios(*counts))
    support = sum(row["support"] for row in scores["types"].values())
    assert support == counts[1]


def test_an_entity_does_not_go_on_in_the_next_sentence():
    apart = tagging_scores([["B-X"], ["I-X"]], [["B-X"], ["I-X"]], "BIO")
    assert apart["types"]["X"]["support"] == 2


def test_confusion_by_types_of_the_same_span():
    gold = ["B-X", "I-X", "O", "B-Y", "O", "B-X", "B-Z"]
    found = ["B-X", "I-X", "O", "B-X", "B-Y", "O", "B-Z"]
    scores = tagging_scores([gold], [found], "BIO")
    assert scores["confusion"] == {
        "X": {"X": 1, "-": 1},
        "Y": {"X": 1},
        "Z": {"Z": 1},
        "-": {"Y": 1},
    }
    for kind, row in scores["types"].items():
        assert sum(scores["confusion"][kind].values()) == row["support"]


def test_no_entities_at_all():
    scores = tagging_scores([["O", "O"]], [["O", "O"]], "BIO")
    assert (scores["precision"], scores["recall"], scores["f1"]) == (0, 0, 0)
    assert scores["accuracy"] == 1 and scores["types"] == {}
    nothing_found = tagging_scores([["B-X"]], [["O"]], "BIO")["types"]["X"]
    assert nothing_found == {"precision": 0, "recall": 0, "f1": 0, "support": 1}


def test_tags_that_stand_alone():
    gold = [["DET", "NOUN", "VERB"], ["NOUN", "NOUN", "-"]]
    found = [["DET", "NOUN", "NOUN"], ["VERB", "VERB", "X"]]
    scores = tagging_scores(gold, found)
    assert scores["accuracy"] == pytest.approx(2 / 6)
    noun = {"precision": 1 / 2, "recall": 1 / 3, "f1": 2 / 5, "support": 3}
    assert scores["tags"]["NOUN"] == pytest.approx(noun)
    assert scores["tags"]["X"] == {"precision": 0, "recall": 0, "f1": 0, "support": 0}
    assert scores["macro_f1"] == pytest.approx((1 + 2 / 5) / 5)
    assert scores["confusions"] == [
        ["NOUN", "VERB", 2],
        ["-", "X", 1],
        ["VERB", "NOUN", 1],
    ]
    assert scores["confusion"]["NOUN"] == {"NOUN": 1, "VERB": 2}


@pytest.mark.parametrize("scheme", [None, "BIO", "IOB1", "BIOES"])
def test_json_with_a_signature(scheme):
    tags = [np.array(["B-X", "O"])]  # strings of NumPy too
    scores = tagging_scores(tags, tags, scheme)
    again = json.loads(json.dumps(scores))
    assert again == scores
    library = (
        "seqkit|tags" if scheme is None else f"seqeval|mode:conlleval|scheme:{scheme}"
    )
    assert scores["signature"].startswith(library + "|")


@pytest.mark.parametrize(
    ("gold", "predicted", "scheme", "message"),
    [
        ([], [], "BIO", "found 0 and 0 sentences"),
        ([[]], [[]], None, "at least one word"),
        ([["O"]], [["O"], ["O"]], "BIO", "found 1 and 2 sentences"),
        ([["O"], ["O"]], [["O"], ["O", "O"]], "BIO", "sentence 1: expected 1 tags"),
        ([["O"], ["E-X"]], [["O"], ["O"]], "BIO", "gold, sentence 1.*'E-X'.*Convert"),
        ([["O"]], [["NN"]], "BIOES", "predicted, sentence 0.*B-, I-, E-, S-.*'NN'"),
        ([["O-X"]], [["O"]], "BIO", "'O-X'"),
        ([[""]], [["O"]], "BIO", "found ''"),
        ([[3]], [["O"]], None, "a string, found 3"),
        ([["O"]], [["O"]], "BILOU", "expected one of IOB1, BIO, BIOES or None"),
    ],
)
def test_what_is_wrong_is_said(gold, predicted, scheme, message):
    with pytest.raises(SeqkitError, match=message):
        tagging_scores(gold, predicted, scheme)
