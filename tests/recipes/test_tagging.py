"""The tagging recipe: schemes, offsets, labels, vectors, and what wrong input gets."""

import numpy as np
import pytest
from keras import ops

import seqkit
from seqkit.errors import SeqkitError
from seqkit.recipes import tagging
from tests import tiny

SENTENCES = [
    (["Ada", "Stone", "lives", "in", "Milford", "."], "B-PER I-PER O O B-LOC O"),
    (["Milford", "Ada", "Stone", "left"], "B-LOC B-PER I-PER O"),
    (["nobody", "lives", "here", "."], "O O O O"),
]


def rows(tags=None):
    return [
        {"tokens": tokens, "tags": (tags or str.split)(line)}
        for tokens, line in SENTENCES * 20
    ]


def build(dataset, **options):
    options = {"validation_fraction": 0} | tiny.TAGGING | options
    return tagging.build({"train": dataset, "test": dataset[:3]}, **options)


@pytest.fixture(scope="module")
def learnt():
    """A task that knows its sentences."""
    task = build(rows(), learning_rate=0.03, word_dropout=0.0, dropout=0.0)
    task.fit(12, verbose=0)
    return task


def test_it_learns(learnt):
    scores = learnt.evaluate("test")
    assert scores["f1"] == scores["accuracy"] == 1
    assert "repaired" not in scores


def test_entities_stand_where_they_say(learnt):
    text = "  Ada Stone lives in Milford."
    found = learnt.predict(text)
    assert [(e.type, e.text) for e in found.entities] == [
        ("PER", "Ada Stone"),
        ("LOC", "Milford"),
    ]
    for entity in found.entities:
        assert text[entity.start : entity.end] == entity.text
        assert 0.5 < entity.score <= 1
    for word, (start, end) in zip(found.words, found.spans, strict=True):
        assert text[start:end] == word
    assert found.words[-2:] == ["Milford", "."]
    assert str(found) == "  [Ada Stone PER] lives in [Milford LOC]."
    assert "Milford" in found._repr_html_()


def test_words_may_be_given(learnt):
    words = ["Ada", "Stone", "lives", "in", "Milford", "."]
    found = learnt.predict([words])[0]
    assert found.words == words
    assert found.text == "Ada Stone lives in Milford ."
    assert found.tags == SENTENCES[0][1].split()
    with pytest.raises(SeqkitError, match="row 1: .*found 3"):
        learnt.predict([words, ["a", 3]])


def test_a_long_sentence(learnt):
    words = ["Ada", "Stone", "left"] * 700
    found = learnt.predict([words])[0]
    assert len(found.tags) == 2100
    assert len(found.entities) == 700


@pytest.mark.parametrize("scheme", ["IOB1", "BIOES", "BILOU", "BMES"])
def test_other_schemes_are_read(learnt, scheme):
    from seqkit.data.tags.schemes import convert

    def write(line):
        return convert(line.split(), "BIO", scheme)

    task = build(rows(write), scheme=scheme)
    assert task.tags.names == learnt.tags.names
    task.model.set_weights(learnt.model.get_weights())
    assert task.evaluate("test")["f1"] == 1
    words, line = SENTENCES[1]
    said = convert(line.split(), "BIO", "BIO" if scheme == "IOB1" else "BIOES")
    assert task.predict([words])[0].tags == said
    # Found by itself; without inner words BMES is BIOES.
    found = "BIOES" if scheme == "BMES" else scheme
    assert build(rows(write)).options.scheme == found


def test_a_model_of_fewer_places_than_the_data():
    from seqkit.data.tags.schemes import convert

    data = rows(lambda line: convert(line.split(), "BIO", "BIOES"))
    task = build(data, model_scheme="BIO", learning_rate=0.03)
    task.fit(6, verbose=0)
    assert task.scheme == "BIO" and task.evaluate("test")["f1"] == 1
    assert task.predict("Ada Stone left").tags == ["B-PER", "I-PER", "O"]


def test_broken_spans_are_mended_and_counted(capsys):
    broken = rows(lambda line: line.replace("B-PER", "I-PER").split())
    task = build(broken, scheme="BIO")
    assert "train: 40 tags break the scheme BIO" in capsys.readouterr().err
    assert task.evaluate("test")["repaired"] == 2


def test_a_type_that_the_model_does_not_know(learnt, capsys):
    new = rows(lambda line: line.replace("-LOC", "-DATE").split())
    learnt.evaluate("test", dataset={"test": new})
    assert (
        "times a type that the model does not know: 'DATE'" in capsys.readouterr().err
    )
    with pytest.raises(SeqkitError, match="split train, row .* found 'DATE'"):
        with learnt.lent({"train": new}):
            learnt.batched("train", training=True)


def test_tags_without_scheme():
    parts = {"O": "WORD", "B-PER": "NAME", "I-PER": "NAME", "B-LOC": "NAME"}
    task = build(rows(lambda line: [parts[tag] for tag in line.split()]))
    assert task.scheme is None and task.tags.names == ("NAME", "WORD")
    scores = task.evaluate("test")
    assert "f1" not in scores and 0 <= scores["accuracy"] <= 1
    assert task.predict("Ada left").entities == []


def test_a_label_of_the_whole_sentence():
    data = [row | {"label": "ab"["Ada" in row["tokens"]]} for row in rows()]
    task = build(data, label="label", learning_rate=0.03)
    task.fit(6, verbose=0)
    assert task.labels.names == ("a", "b")
    assert task.evaluate("test")["label_accuracy"] == 1
    assert [found.label for found in task.predict(["Ada left", "nobody ."])] == [
        "b",
        "a",
    ]


def test_without_crf_characters_and_casing():
    task = build(rows(), crf=False, characters=None, casing=False, learning_rate=0.03)
    task.fit(6, verbose=0)
    assert task.evaluate("test")["accuracy"] > 0.9


@pytest.mark.parametrize(
    "architecture", [pytest.param("gru", marks=pytest.mark.slow), "transformer"]
)
def test_other_architectures(architecture):
    task = build(rows(), architecture=architecture, learning_rate=0.01)
    losses = tiny.steps(task, 9)
    assert losses[-1] < 0.5 * losses[0]
    assert len(task.predict(["Ada left", ""])) == 2


def test_word_vectors(tmp_path, capsys):
    file = tmp_path / "vectors.txt"
    file.write_text("milford 1 2 3\nada -1 -2 -3\nunseen 9 9 9\n")
    task = build(rows(), word_vectors=file, trainable_words=False)
    assert "vectors for 2 of" in capsys.readouterr().err
    (place,) = task.encoder.encode(["Milford"])["word_ids"]
    rows_of = task.model.embedding.embeddings
    np.testing.assert_array_equal(ops.convert_to_numpy(rows_of)[place], [1, 2, 3])


def test_the_best_epoch_is_kept():
    data = {"train": rows(), "validation": rows()[:3], "test": rows()[:3]}
    task = tagging.build(data, **tiny.TAGGING | {"learning_rate": 0.03, "patience": 2})
    history = task.fit(30, verbose=0).history
    best = max(history["val_f1"])
    assert task.evaluate("validation")["f1"] == pytest.approx(best)
    assert len(history["val_f1"]) < 30  # stopped early


def test_saliency(learnt):
    found = seqkit.inspect.saliency(learnt, "Ada Stone lives in Milford .", target=4)
    assert len(found.scores) == 6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"architecture": "lstms"}, "architecture: expected .*found 'lstms'"),
        ({"batch_tokens": 64, "batch_size": 2}, "expected one of them"),
        ({"hidden_dim": 0}, "hidden_dim: expected an integer from 1"),
        ({"word_dropout": -1.0}, "word_dropout"),
        ({"word_rule": "letters"}, "word_rule: expected"),
    ],
)
def test_wrong_arguments(options, message):
    with pytest.raises(SeqkitError, match=message):
        build(rows(), **options)


def test_no_train_split():
    with pytest.raises(SeqkitError, match="expected a train split"):
        tagging.build({"test": rows()}, **tiny.TAGGING)
