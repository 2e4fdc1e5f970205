"""Every verb on every recipe, in the order of a task's life.

A new recipe adds a row to `RECIPES`.
"""

import dataclasses
import io
import json
import math
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

import seqkit
from seqkit import cli
from seqkit.errors import SeqkitError
from seqkit.inspect import RegionAttention
from seqkit.registries import recipes
from seqkit.results import ClassifiedText, Entity, TaggedText
from seqkit.task.saving import portable
from tests import tiny


@dataclasses.dataclass
class Recipe:
    """How to try a recipe.

    Attributes:
        dataset: Writes a tiny dataset into a folder and returns what `build` takes.
        build: Further arguments of `build`, for a tiny model.
        inputs: Raw inputs, no two alike, of different lengths; the last one is empty.
        metrics: Names of figures that `evaluate` must return.
        serve: Called with a loaded SavedModel and `inputs`; gives what `predict` does.
    """

    dataset: Callable
    build: dict
    inputs: list
    metrics: set
    serve: Callable


def serve_translation(loaded, inputs):
    import tensorflow as tf

    answer = loaded.signatures["serving_default"](text=tf.constant(inputs))
    return [text.decode() for text in answer["translations"].numpy()]


def serve_language_modeling(loaded, inputs):
    import tensorflow as tf

    answer = loaded.signatures["serving_default"](
        text=tf.constant(inputs),
        max_length=tf.constant(200),
        temperature=tf.constant(0.0),
        top_k=tf.constant(0),
        top_p=tf.constant(1.0),
        seed=tf.constant(0, tf.int64),
    )
    return [text.decode() for text in answer["texts"].numpy()]


def serve_tagging(loaded, inputs):
    """Words, places, tags and entities of each text, as `predict` gives them."""
    import tensorflow as tf

    answer = loaded.signatures["serving_default"](text=tf.constant(inputs))
    answer = {name: value.numpy() for name, value in answer.items()}
    found = []
    for row, text in enumerate(inputs):
        rows = {name: value[row] for name, value in answer.items()}
        words = [word.decode() for word in rows["words"] if word]
        used = slice(len(words))
        spans = zip(rows["starts"][used], rows["ends"][used], strict=True)
        entities = [
            Entity(body.decode(), kind.decode(), int(start), int(end), rounded(score))
            for body, kind, start, end, score in zip(
                *(rows[f"entity_{n}"] for n in ("texts", "types", "starts", "ends")),
                rows["entity_scores"],
                strict=True,
            )
            if kind
        ]
        tags = [tag.decode() for tag in rows["tags"][used]]
        scores = [rounded(score) for score in rows["scores"][used]]
        spans = [(int(start), int(end)) for start, end in spans]
        found.append(TaggedText(text, words, spans, tags, scores, entities))
    return found


def serve_captioning(loaded, inputs):
    import tensorflow as tf

    images = [Path(path).read_bytes() for path in inputs]
    answer = loaded.signatures["serving_default"](image=tf.constant(images))
    return [text.decode() for text in answer["captions"].numpy()]


def serve_sentiment(loaded, inputs):
    import tensorflow as tf

    answer = loaded.signatures["serving_default"](text=tf.constant(inputs))
    answer = {name: value.numpy() for name, value in answer.items()}
    names = [name.decode() for name in answer["label_names"]]
    return [
        ClassifiedText(
            label.decode(),
            rounded(score),
            dict(zip(names, map(rounded, chances), strict=True)),
            [label.decode()],
        )
        for label, score, chances in zip(
            answer["labels"], answer["scores"], answer["probabilities"], strict=True
        )
    ]


def rounded(score):
    return round(float(score), 4)


def nearly(figures):
    """Figures without their last digits, for sums are taken in another order."""
    return json.loads(
        json.dumps(figures), parse_float=lambda text: f"{float(text):.3g}"
    )


RECIPES = {
    "captioning": Recipe(
        dataset=tiny.captioning_folder,
        build=tiny.CAPTIONING,
        inputs=tiny.pictures(),
        metrics={"bleu_4", "cider", "rouge_l", "signature", "perplexity", "exact"},
        serve=serve_captioning,
    ),
    "language_modeling": Recipe(
        dataset=tiny.language_modeling_folder,
        build=tiny.LANGUAGE_MODELING,
        inputs=["The dogs", "A <s> cat\tsees </s>", "The old", "Then", ""],
        metrics={"perplexity", "bits_per_token", "perplexity_per_word", "accuracy"},
        serve=serve_language_modeling,
    ),
    "sentiment": Recipe(
        dataset=tiny.sentiment_folder,
        build=tiny.SENTIMENT,
        inputs=["The film was not good.", "A <s> dull\tplay </s>", "Good!", ""],
        metrics={"accuracy", "macro_f1", "calibration_error"},
        serve=serve_sentiment,
    ),
    "tagging": Recipe(
        dataset=tiny.tagging_folder,
        build=tiny.TAGGING,
        inputs=[
            "Marlow said that the Bank of Milford isn't open.",
            "A <s> note\tto </s> Ana 🐕",
            "Why?",
            "",
        ],
        metrics={"precision", "recall", "f1", "accuracy"},
        serve=serve_tagging,
    ),
    "translation": Recipe(
        dataset=tiny.translation_folder,
        build=tiny.TRANSLATION,
        inputs=[
            "The black dog is sleeping.",
            "A <s> cat\tsees 🐕 </s>",
            "The woman who is old helps the small child.",
            "No.",
            "",
        ],
        metrics={"bleu", "chrf", "signature", "perplexity", "accuracy"},
        serve=serve_translation,
    ),
}


def test_every_recipe_has_a_row():
    assert set(RECIPES) == set(recipes)


@pytest.fixture(scope="module", params=sorted(RECIPES))
def name(request):
    return request.param


@pytest.fixture(scope="module")
def recipe(name):
    return RECIPES[name]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, name):
    return tmp_path_factory.mktemp(name)


@pytest.fixture(scope="module")
def built(name, recipe, folder):
    data = folder / "data"
    data.mkdir()
    module = getattr(seqkit.recipes, name)
    return module.build(recipe.dataset(data), **recipe.build)


@pytest.fixture(scope="module")
def trained(built):
    """Trained for an epoch in plain Keras and for two by the task itself."""
    plain = built.model.fit(
        built.train, validation_data=built.validation, epochs=1, verbose=0
    )
    assert all(np.isfinite(figures).all() for figures in plain.history.values())
    built.fit(2, verbose=0)
    return built


@pytest.fixture(scope="module")
def saved(trained, folder):
    trained.evaluate("test")
    trained.save(folder / "saved")
    return folder / "saved"


STRANGER = """
import json, sys, seqkit
for line in sys.stdin:
    folder, inputs = json.loads(line)
    print("answers", json.dumps(repr(seqkit.load(folder).predict(inputs))), flush=True)
"""


@pytest.fixture(scope="module")
def stranger(repository, tmp_path_factory):
    """A process that has imported seqkit alone: `stranger(folder, inputs)` -> `repr`.

    It loads one task after the other, so that TensorFlow is imported once.
    """
    errors = tmp_path_factory.mktemp("stranger") / "errors"
    with (
        errors.open("w") as file,
        subprocess.Popen(
            [sys.executable, "-c", STRANGER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            cwd=repository,
        ) as process,
    ):

        def ask(folder, inputs):
            print(json.dumps([str(folder), inputs]), file=process.stdin, flush=True)
            for line in process.stdout:
                if line.startswith("answers "):
                    return json.loads(line.removeprefix("answers "))
            pytest.fail(errors.read_text())

        yield ask
        process.stdin.close()


class TestTask:
    def test_build(self, name, built):
        assert isinstance(built, seqkit.Task) and built.recipe == name
        assert isinstance(built.model, keras.Model) and built.model.compiled
        assert {"train", "validation", "test"} <= set(built.splits)
        json.dumps(portable(built.config))

    def test_datasets_are_ordinary(self, built):
        import tensorflow as tf

        for dataset in (built.train, built.validation):
            assert isinstance(dataset, tf.data.Dataset)
            assert len(list(dataset)) == len(dataset) > 0

    def test_fit(self, trained):
        assert {len(figures) for figures in trained.history.values()} == {2}
        assert {"loss", "val_loss"} <= set(trained.history)

    def test_training_lowers_the_loss(self, trained):
        assert trained.history["loss"][-1] < trained.history["loss"][0]

    def test_fit_takes_callbacks(self, built):
        seen = []
        note = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: seen.append(batch)
        )
        weights = built.model.get_weights()
        history, built.history = built.history, {}
        built.fit(1, callbacks=[note], verbose=0)
        assert seen == list(range(len(built.train)))
        built.history = history
        built.model.set_weights(weights)

    def test_resume_wants_a_checkpoint_dir(self, built):
        with pytest.raises(SeqkitError, match="expected a checkpoint_dir"):
            built.fit(1, resume=True)

    def test_predict_keeps_the_order(self, trained, recipe):
        answers = trained.predict(recipe.inputs)
        assert len(answers) == len(recipe.inputs)
        assert trained.predict(recipe.inputs[::-1]) == answers[::-1]

    def test_predict_of_one(self, trained, recipe):
        answers = trained.predict(recipe.inputs)
        for one, answer in zip(recipe.inputs, answers, strict=True):
            assert trained.predict(one) == answer
        assert trained.predict([]) == []

    def test_predict_does_not_depend_on_the_batch_size(self, trained, recipe):
        inputs = recipe.inputs * 4
        answers = trained.predict(inputs)
        for batch_size in (1, 7, 64):
            assert trained.predict(inputs, batch_size=batch_size) == answers

    def test_evaluate(self, trained, recipe):
        scores = trained.evaluate("validation")
        assert recipe.metrics <= set(scores)
        assert trained.results["validation"] == scores
        again = trained.evaluate("validation", batch_size=3)
        assert nearly(again) == nearly(scores)
        json.dumps(scores)

    def test_an_unknown_split(self, trained):
        with pytest.raises(SeqkitError, match="train.*test, found 'nonesuch'"):
            trained.evaluate("nonesuch")

    def test_attention(self, trained, recipe):
        if not hasattr(trained, "attention"):
            pytest.skip("the recipe has no alignment to show")
        for one in recipe.inputs:
            found = trained.attention(one)
            weights = found.weights
            if isinstance(found, RegionAttention):
                sizes = len(found.tokens), math.prod(found.grid)
            else:
                sizes = len(found.target_tokens), len(found.source_tokens)
            assert weights.shape == sizes
            np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)

    def test_save_and_load(self, trained, saved):
        """What is loaded predicts and evaluates alike: see the two tests below."""
        assert not [e for e in saved.parent.iterdir() if e.name.startswith(".")]
        loaded = seqkit.load(saved)
        assert type(loaded) is type(trained)
        assert loaded.history == trained.history
        assert loaded.results["test"] == trained.results["test"]
        for own, other in zip(
            trained.model.get_weights(), loaded.model.get_weights(), strict=True
        ):
            np.testing.assert_array_equal(own, other)
        # The data are found again, and training goes on.
        assert np.isfinite(tiny.steps(loaded)).all()
        assert any(
            (own != other).any()
            for own, other in zip(
                trained.model.get_weights(), loaded.model.get_weights(), strict=True
            )
        )

    def test_load_in_a_process_that_knows_nothing(
        self, trained, saved, recipe, folder, stranger
    ):
        alone = folder / "alone"
        saved.rename(alone)  # so no path in it can matter
        try:
            answers = stranger(alone, recipe.inputs)
        finally:
            alone.rename(saved)
        assert answers == repr(trained.predict(recipe.inputs))

    def test_save_replaces_what_save_wrote_and_nothing_else(self, trained, tmp_path):
        trained.save(tmp_path)
        (tmp_path / "notes.txt").write_text("mine")
        (tmp_path / "checkpoints").mkdir()
        trained.save(tmp_path)
        assert (tmp_path / "notes.txt").read_text() == "mine"
        assert (tmp_path / "checkpoints").is_dir()
        foreign = tmp_path / "foreign"
        foreign.mkdir()
        (foreign / "thesis.txt").write_text("mine too")
        with pytest.raises(SeqkitError, match="foreign: expected a new folder"):
            trained.save(foreign)
        with pytest.raises(SeqkitError, match="Nothing was overwritten"):
            trained.save(foreign / "thesis.txt")
        assert [entry.name for entry in foreign.iterdir()] == ["thesis.txt"]

    def test_a_crash_while_saving_leaves_what_was_there(
        self, trained, tmp_path, monkeypatch
    ):
        trained.save(tmp_path / "run")
        before = {e.name: e.read_bytes() for e in (tmp_path / "run").iterdir()}

        def crash(folder):
            raise RuntimeError("out of space")

        monkeypatch.setattr(trained, "save_assets", crash)
        for target in ("run", "new"):
            with pytest.raises(RuntimeError, match="out of space"):
                trained.save(tmp_path / target)
        after = {e.name: e.read_bytes() for e in (tmp_path / "run").iterdir()}
        assert after == before
        assert [entry.name for entry in tmp_path.iterdir()] == ["run"]

    def test_export(self, trained, recipe, folder):
        import tensorflow as tf

        trained.export(folder / "exported")
        loaded = tf.saved_model.load(str(folder / "exported"))
        for inputs in (recipe.inputs, recipe.inputs[-1:], recipe.inputs * 3):
            assert recipe.serve(loaded, inputs) == trained.predict(inputs)
        with pytest.raises(SeqkitError, match="exported"):
            trained.export(folder / "exported")

    def test_command_line(self, trained, saved, recipe, capfd, monkeypatch):
        lines = [one for one in recipe.inputs if "\n" not in one]
        stdin = io.BytesIO("".join(one + "\n" for one in lines).encode())
        monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=stdin))
        assert cli.main(["predict", str(saved)]) == 0
        answers = capfd.readouterr().out.split("\n")[:-1]
        wanted = trained.predict(lines)
        if isinstance(wanted[0], str):
            answers = [" ".join(answer.splitlines()) for answer in answers]
            wanted = [" ".join(answer.splitlines()) for answer in wanted]
        else:  # each is an object of JSON
            answers = [json.loads(answer) for answer in answers]
            wanted = [json.loads(json.dumps(a.as_dict())) for a in wanted]
        assert answers == wanted
        assert cli.main(["evaluate", str(saved), "--json"]) == 0
        assert json.loads(capfd.readouterr().out) == trained.results["test"]
        assert cli.main(["evaluate", str(saved), "--split", "nonesuch"]) == 2
        out, err = capfd.readouterr()
        assert out == "" and "found 'nonesuch'" in err and "Traceback" not in err


GARBAGE = {
    "task.json": [
        "",
        "[]",
        "{}",
        '{"format_version": 99, "recipe": "translation", "config": {}}',
        '{"format_version": "1", "recipe": "translation", "config": {}}',
        '{"format_version": 1, "recipe": "nonesuch", "config": {}}',
    ],
    "model.keras": [None, "", "no model\n" * 99],
}


@pytest.mark.parametrize(
    ("file", "contents"), [(f, c) for f, many in GARBAGE.items() for c in many]
)
def test_loading_garbage(saved, tmp_path, file, contents):
    copy = tmp_path / "copy"
    copy.mkdir()
    for entry in saved.iterdir():
        (copy / entry.name).write_bytes(entry.read_bytes())
    if contents is None:
        (copy / file).unlink()
    else:
        (copy / file).write_text(contents)
    with pytest.raises(SeqkitError, match="copy.*: expected"):
        seqkit.load(copy)


def test_loading_what_is_not_there(tmp_path):
    with pytest.raises(SeqkitError, match="no task.json in it"):
        seqkit.load(tmp_path)
    with pytest.raises(SeqkitError, match="no such folder"):
        seqkit.load(tmp_path / "nothing")
