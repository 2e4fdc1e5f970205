"""The sentiment recipe: classes, several labels, weights, and wrong input."""

import json

import pytest

import seqkit
from seqkit.errors import SeqkitError
from seqkit.recipes import sentiment
from tests import tiny

TEXTS = [
    ("what a good day", "good"),
    ("not a good day", "bad"),
    ("a day that is bad", "bad"),
    ("a day that is not bad", "good"),
]


def rows(times=20):
    return [{"text": text, "label": label} for text, label in TEXTS * times]


def build(dataset, **options):
    options = {"validation_fraction": 0} | tiny.SENTIMENT | options
    return sentiment.build({"train": dataset, "test": dataset[:4]}, **options)


@pytest.fixture(scope="module")
def learnt():
    task = build(rows(), learning_rate=0.03, dropout=0.0)
    task.fit(15, verbose=0)
    return task


def test_it_learns(learnt):
    scores = learnt.evaluate("test")
    assert scores["accuracy"] == scores["macro_f1"] == 1
    found = learnt.predict([text for text, _ in TEXTS])
    assert [one.label for one in found] == [label for _, label in TEXTS]
    for one in found:
        assert sum(one.probabilities.values()) == pytest.approx(1, abs=1e-3)
        assert one.score == max(one.probabilities.values())
        assert one.labels == [one.label]


@pytest.mark.parametrize(
    "architecture",
    ["cnn", *(pytest.param(a, marks=pytest.mark.slow) for a in ("gru", "transformer"))],
)
def test_other_architectures(architecture):
    task = build(rows(), architecture=architecture, learning_rate=0.02, dropout=0.0)
    task.fit(15, verbose=0)
    assert task.evaluate("test")["accuracy"] == 1


def test_several_labels_a_text():
    data = [
        {"text": "red round", "label": ["colour", "form"]},
        {"text": "red", "label": ["colour"]},
        {"text": "round", "label": ["form"]},
        {"text": "nothing", "label": []},
    ] * 20
    task = build(data, learning_rate=0.03, dropout=0.0)
    assert task.options.multi_label
    task.fit(15, verbose=0)
    assert task.evaluate("test")["accuracy"] == 1
    found = task.predict(["red round", "nothing"])
    assert [sorted(one.labels) for one in found] == [["colour", "form"], []]
    with pytest.raises(SeqkitError, match="multi_label is true, found"):
        build(data, multi_label=False)
    with pytest.raises(SeqkitError, match="class_weight: expected no class_weight"):
        build(data, class_weight="balanced")


@pytest.mark.parametrize("labels", [["good", "bad"], []])
def test_a_slip_does_not_make_a_task_of_several_labels(tmp_path, labels):
    path = tmp_path / "train.jsonl"
    options = tiny.SENTIMENT | {"cache_dir": str(tmp_path)}
    options["validation_fraction"] = 0
    data = [{"text": f"t {n}", "label": ["good", "bad"][n % 2]} for n in range(300)]
    data[7]["label"] = labels
    path.write_text("".join(json.dumps(row) + "\n" for row in data))
    with pytest.raises(SeqkitError, match="1 of 300 texts") as error:
        sentiment.build(path, **options)
    assert f"{path}, line 8: " in str(error.value)
    assert "multi_label=true" in str(error.value)
    task = sentiment.build(path, multi_label=True, **options)
    assert task.options.multi_label


def test_labels_that_are_one_but_for_case_are_reported(capsys):
    build([*rows(), ("one more", "Good")])
    assert "'good' (" in (err := capsys.readouterr().err)
    assert "and 'Good' (1) are different labels" in err


def test_balanced_classes_weigh_alike():
    data = rows(1)[:1] * 30 + rows(1)[1:2] * 10
    task = build(data, class_weight="balanced", batch_size=40)
    (_, targets, weights), *_ = list(task.train)
    good = task.labels.names.index("good")
    by_class = [weights.numpy()[targets.numpy() == k].sum() for k in (0, 1)]
    assert by_class == pytest.approx([20, 20])
    assert weights.numpy()[targets.numpy() == good][0] == pytest.approx(40 / 2 / 30)


def test_a_long_text_is_read_whole(learnt):
    filler = " day" * 2500
    same = learnt.predict("not a good" + filler)
    other = learnt.predict("what a good" + filler)
    assert same.probabilities != other.probabilities


def test_max_length_cuts_and_says_so(capsys):
    task = build(rows(), max_length=3)
    assert len(task.train) == 10
    assert "80 of 80 texts have more than max_length=3" in capsys.readouterr().err
    assert task.evaluate("test")["over_length"] == 4
    assert task.predict("not a good day") == task.predict("not a good thing")


def test_subwords():
    task = build(rows(), tokenizer_type="unigram", vocabulary_size=300)
    assert task.predict("anything at all").label in ("good", "bad")


def test_saliency(learnt):
    found = seqkit.inspect.saliency(learnt, "not a good day", target="bad")
    assert len(found.scores) == len(found.tokens)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"architecture": "cnns"}, "architecture: expected .*found 'cnns'"),
        ({"threshold": 1.5}, "threshold"),
        ({"pooling": "sum"}, "pooling: expected"),
        ({"word_vectors": "x", "tokenizer_type": "bpe"}, "word_vectors"),
        ({"sampling_alpha": 0.1}, "sampling_alpha"),
        ({"batch_tokens": 64, "batch_size": 2}, "expected one of them"),
    ],
)
def test_wrong_arguments(options, message):
    with pytest.raises(SeqkitError, match=message):
        build(rows(), **options)


def test_labels_that_the_model_does_not_know(learnt, capsys):
    new = [{"text": "so so", "label": "fair"}]
    scores = learnt.evaluate("test", dataset={"test": rows(1) + new})
    assert scores["accuracy"] == pytest.approx(0.8)
    said = "test: 1 times a label that the model does not know: 'fair'"
    assert said in capsys.readouterr().err
    with learnt.lent({"train": rows(1) + new, "test": rows(1) + new}):
        assert len(list(learnt.batched("test")[0].epoch(0)))
        with pytest.raises(SeqkitError, match="split train, row 4: .* found 'fair'"):
            learnt.batched("train", training=True)
    two = [{"text": "so so", "label": ["good", "bad"]}]
    with pytest.raises(SeqkitError, match="split test, row 4: expected one label"):
        learnt.evaluate("test", dataset={"test": rows(1) + two})


def test_one_class_is_none():
    with pytest.raises(SeqkitError, match="at least two labels in train, found 'good'"):
        build(rows(1)[:1] * 9)
