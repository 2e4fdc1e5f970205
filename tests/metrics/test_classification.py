import json

import numpy as np
import pytest
import sklearn.metrics

from seqkit.errors import SeqkitError
from seqkit.metrics import classification_scores, expected_calibration_error

NAMES = ["joy", "anger", "fear"]


def drawn(rows, multi_label=False):
    rng = np.random.default_rng(rows)
    if multi_label:
        return rng.integers(0, 2, (rows, 3)), rng.random((rows, 3))
    # float32, as a model gives them: rows sum to 1 within its precision.
    return rng.integers(0, 3, rows), rng.dirichlet(np.ones(3), rows).astype("float32")


def by_hand(gold, found):
    """Precision, recall and F1 of booleans."""
    right = np.sum(gold & found)
    precision, recall = (right / max(1, np.sum(x)) for x in (found, gold))
    return precision, recall, 2 * right / max(1, np.sum(gold) + np.sum(found))


def assert_classes(scores, gold, found):
    for k, (name, row) in enumerate(scores["classes"].items()):
        expected = by_hand(gold[:, k], found[:, k])
        mine = row["precision"], row["recall"], row["f1"]
        assert mine == pytest.approx(expected)
        assert name == NAMES[k] and row["support"] == gold[:, k].sum()
    mean = np.mean([row["f1"] for row in scores["classes"].values()])
    assert scores["macro_f1"] == pytest.approx(mean)


def test_one_class_a_text():
    gold, given = drawn(200)
    scores = classification_scores(gold, given, NAMES)
    found = given.argmax(axis=1)
    assert scores["accuracy"] == np.mean(found == gold)
    assert_classes(scores, np.eye(3, dtype=bool)[gold], np.eye(3, dtype=bool)[found])
    for a, row in enumerate(scores["confusion"].values()):
        counts = [int(np.sum((gold == a) & (found == b))) for b in range(3)]
        assert row == {name: n for name, n in zip(NAMES, counts, strict=True) if n}
    exact = given.astype("float64")
    exact /= exact.sum(axis=1, keepdims=True)
    log_loss = sklearn.metrics.log_loss(gold, exact)
    assert scores["log_loss"] == pytest.approx(log_loss, rel=1e-6)
    assert "micro_f1" not in scores


def test_any_number_of_classes():
    gold, given = drawn(150, multi_label=True)
    scores = classification_scores(gold, given, NAMES, multi_label=True, threshold=0.3)
    gold, found = gold.astype(bool), given > 0.3
    assert scores["accuracy"] == np.mean((gold == found).all(axis=1))
    assert_classes(scores, gold, found)
    assert scores["micro_f1"] == pytest.approx(by_hand(gold.ravel(), found.ravel())[2])
    log_loss = sklearn.metrics.log_loss(gold.ravel(), given.ravel())
    assert scores["log_loss"] == pytest.approx(log_loss)
    error, bins = expected_calibration_error(given, gold)
    assert scores["calibration_error"] == pytest.approx(error)
    assert scores["calibration"] == [pytest.approx(one) for one in bins]
    assert "confusion" not in scores


def test_one_class_alone_can_be_there_or_not():
    gold, given = [["spam"], [], ["spam"]], [[0.9], [0.6], [0.2]]
    scores = classification_scores(gold, given, ["spam"], multi_label=True)
    assert scores["classes"]["spam"]["precision"] == 0.5
    assert scores["macro_f1"] == scores["micro_f1"] == pytest.approx(0.5)
    assert scores["accuracy"] == pytest.approx(1 / 3)


@pytest.mark.parametrize("multi_label", [False, True])
def test_names_are_as_numbers(multi_label):
    gold, given = drawn(40, multi_label)
    if multi_label:
        named = [[n for n, on in zip(NAMES, row, strict=True) if on] for row in gold]
    else:
        named = [NAMES[k] for k in gold]
    numbers = classification_scores(gold, given, NAMES, multi_label=multi_label)
    names = classification_scores(named, given, NAMES, multi_label=multi_label)
    assert names == numbers
    assert json.loads(json.dumps(names)) == names
    assert "zero_division:0" in names["signature"]


def test_a_class_that_the_model_does_not_know_is_a_mistake():
    given = [[0.9, 0.1, 0], [0.1, 0.8, 0.1]]
    scores = classification_scores(["joy", "disgust"], given, NAMES)
    assert scores["accuracy"] == 0.5
    assert scores["classes"]["disgust"]["support"] == 1
    assert scores["confusion"]["disgust"] == {"anger": 1}
    assert list(scores["classes"]) == [*NAMES, "disgust"]
    # joy, anger and disgust occur, fear does not.
    assert scores["macro_f1"] == pytest.approx(1 / 3)
    assert 15 < scores["log_loss"] < 20
    several = classification_scores(
        [["joy"], ["disgust", "anger"]], given, NAMES, multi_label=True
    )
    assert several["accuracy"] == 0.5
    assert several["classes"]["disgust"]["recall"] == 0
    assert several["calibration_error"] == pytest.approx(np.mean([0.1] * 4 + [0.2, 0]))


def test_a_threshold_is_enough_when_it_is_reached():
    gold, probabilities = [["anger"]], [[0.25, 0.3, 0]]
    options = {"multi_label": True, "threshold": 0.25}
    assert classification_scores(gold, probabilities, NAMES, **options)["accuracy"] == 0
    probabilities[0][0] = 0.2499
    assert classification_scores(gold, probabilities, NAMES, **options)["accuracy"] == 1


def test_nothing_found_and_nothing_there():
    scores = classification_scores([[], []], np.zeros((2, 3)), NAMES, multi_label=True)
    assert scores["accuracy"] == 1 and scores["macro_f1"] == scores["micro_f1"] == 0


def test_calibration_by_brute_force():
    rng = np.random.default_rng(5)
    confidences = np.concatenate([rng.random(300), np.arange(16) / 15])
    correct = rng.random(316) < confidences**2
    expected = 0
    for m in range(15):
        inside = (m / 15 < confidences) & (confidences <= (m + 1) / 15)
        inside |= (m == 0) & (confidences == 0)
        gap = abs(np.mean(correct[inside]) - np.mean(confidences[inside]))
        expected += np.sum(inside) / 316 * gap
    error, bins = expected_calibration_error(confidences, correct)
    assert error == pytest.approx(expected)
    assert sum(b["count"] for b in bins) == 316 and len(bins) == 15
    assert [b["high"] for b in bins[:-1]] == [b["low"] for b in bins[1:]]
    assert expected_calibration_error([1.0, 0.0], [True, False])[0] == 0
    assert expected_calibration_error([0.75] * 4, [1, 1, 1, 0])[0] == 0
    assert len(expected_calibration_error(confidences, correct, num_bins=4)[1]) == 4


@pytest.mark.parametrize(
    ("gold", "given", "options", "message"),
    [
        ([0], [[0.5, 0.5]], {}, r"3 classes as in names, found \(1, 2\)"),
        ([], np.zeros((0, 3)), {}, "at least one text"),
        ([0, 1], [[1, 0, 0]], {}, "one for each of 1 rows.*found 2"),
        ([0], [[2.0, -1, 0]], {}, "from -1 to 2. Logits need a softmax"),
        ([0], [[0.5, 0.1, 0]], {}, "a row that sums to 0.6"),
        ([0], [[np.nan, 0.1, 0]], {}, "Logits"),
        ([3], [[1, 0, 0]], {}, "row 0.*from 0 to 2.*found 3"),
        ([-1], [[1, 0, 0]], {}, "found -1"),
        ([0, "joy"], [[1, 0, 0]] * 2, {}, "row 1.*found 'joy'"),
        ([["joy"]], [[1, 0, 0]], {}, r"row 0.*found \['joy'\]"),
        (["joy"], [[1, 0, 0]], {"multi_label": True}, "a list of names.*found 'joy'"),
        ([[0, 2, 0]], [[1, 0, 0]], {"multi_label": True}, "0 or 1"),
        ([[0, 1]], [[1, 0, 0]], {"multi_label": True}, "3 numbers"),
        ([["joy"]], [[2, 0, 0]], {"multi_label": True}, "a sigmoid"),
    ],
)
def test_what_is_wrong_is_said(gold, given, options, message):
    with pytest.raises(SeqkitError, match=message):
        classification_scores(gold, given, NAMES, **options)


def test_names_and_confidences_that_are_wrong():
    with pytest.raises(SeqkitError, match="'a' twice"):
        classification_scores([0], [[0.5, 0.5]], ["a", "a"])
    with pytest.raises(SeqkitError, match=r"shapes \(2,\) and \(1,\)"):
        expected_calibration_error([0.1, 0.2], [True])
    with pytest.raises(SeqkitError, match="found 0.5 to 1.5"):
        expected_calibration_error([0.5, 1.5], [True, True])
