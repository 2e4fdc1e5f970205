"""Conformance checks of a recipe: every verb, in the order of a task's life."""

import importlib.util
import inspect
import json
import math
import os
import random
import shutil
import signal
import unittest
from collections.abc import Sequence
from typing import Any
from unittest import mock

import keras
import numpy as np

from seqkit import cards
from seqkit.cli.output import json_text
from seqkit.errors import ArgumentError
from seqkit.results import as_columns
from seqkit.task import Task, compare, load
from seqkit.task.saving import portable
from seqkit.testing.helpers import (
    as_sent,
    ask,
    command,
    contents,
    expect,
    expect_in,
    fresh_answers,
    nearly,
    refusal,
    same_answers,
    same_json,
    same_weights,
    some_value,
)
from seqkit.testing.recipe_case import RecipeCase

_GARBAGE = [
    *(("model.keras", text) for text in (None, "", "no model\n" * 99)),
    *(("task.json", text) for text in ("", "[]", "{}")),
    ("task.json", '{"format_version": 99, "recipe": "translation", "config": {}}'),
    ("task.json", '{"format_version": "1", "recipe": "translation", "config": {}}'),
    ("task.json", '{"format_version": 1, "recipe": "nonesuch", "config": {}}'),
]


class RecipeChecks(RecipeCase):
    """Conformance checks of a recipe: a method `check_NAME` for each.

    They can be called in any order. A check that does not apply raises
    `unittest.SkipTest`, which pytest understands.

    Args:
        recipe: A recipe, its name, or `"package.module:Class"`.
        dataset: What `build` takes, small, with the splits train, validation and test.
        inputs: Raw inputs of `predict`, no two alike and of different lengths.
        options: Options of `build`, for a small model that learns in two epochs.
        metrics: Figures that `evaluate` must return.
        serve: Called with a loaded SavedModel and inputs; returns what `predict` does.
            Without it, the exported model only has to load.
        folder: Where to write; by default a temporary folder.

    >>> from seqkit.testing import RecipeChecks
    >>> RecipeChecks("translation", inputs=["A dog runs.", "No."]).check_options()
    """

    @classmethod
    def names(cls) -> list[str]:
        """The names of all checks, in order."""
        methods = [name for one in reversed(cls.__mro__) for name in vars(one)]
        return [name[6:] for name in methods if name.startswith("check_")]

    def run(self, name: str) -> None:
        """Runs one check."""
        getattr(self, f"check_{name}")()

    def check_options(self) -> None:
        """All mistakes are reported together; each option is in signature and help."""
        wrong = {"seed": -1, "on_error": "nonesuch", "nonesuch": 1}
        text = refusal(self.recipe.build, **wrong, kind=ArgumentError)
        expect_in(text, *(f"{name}: " for name in wrong))
        names, build = self.recipe.Options.model_fields, self.recipe.build
        expect_in([*inspect.signature(build).parameters], *names)
        expect_in(build.__doc__ or "", *(f"{name}: " for name in names))
        unclear = [name for name in names if not self.recipe.Options.meaning(name)]
        expect("options without a sentence", unclear, [])

    def check_schema(self) -> None:
        """A card of the options is right, and the schema knows them all."""
        schema = json.loads(json.dumps(cards.schema(self.recipe)))
        known = schema["properties"]["build"]["properties"]
        expect("options", set(known), set(self.recipe.Options.model_fields))
        card = {"recipe": self.recipe.recipe, "build": self.options}
        cards.make_card(card, "card.yaml")
        card["build"] = {**self.options, "nonesuch": 1}
        expect_in(refusal(cards.make_card, card, "card.yaml"), "nonesuch: unknown")

    def check_build(self) -> None:
        task = self.built
        assert isinstance(task, self.recipe), f"expected {self.recipe}, found {task!r}"
        assert isinstance(task.model, keras.Model) and task.model.compiled
        expect_in([*task.splits], "train", "validation", "test")
        json.dumps(portable(task.config))
        refusal(setattr, task.options, "seed", 1, kind=ValueError)

    def check_faults(self) -> None:
        """`check` finds the same with a task and without one, and changes neither."""
        task = self.built
        report = task.check()
        expect("splits", dict(report.splits), task.split_sizes)
        expect_in(report.checks, "rows")
        kinds = {field.kind for field in self.recipe.fields.values()}
        if not kinds & {"numbers", "points"}:
            expect_in(report.checks, "duplicates", "overlap", "encoding")
        expect("verdict", report.verdict in ("pass", "warn"), True)
        expect_in(str(report), self.recipe.recipe, *report.checks)
        found = json.loads(json.dumps(report.as_dict()))
        alone = self.recipe.check_dataset(self.dataset, **self.options).as_dict()
        for one in (found, alone):  # the tokenizer may be one learnt from less
            one["checks"].pop("limits", None)
            one.pop("dataset")
        expect("report without a task", json.loads(json.dumps(alone)), found)

    def check_command_line_check(self) -> None:
        if self.in_memory:
            raise unittest.SkipTest("the dataset is in memory")
        words = ["check", cards.place_of(self.recipe), *self.words()]
        code, out, err = command(*words, "--json")
        expect(f"exit code after {err}", code, 0)
        expect("recipe", json.loads(out)["recipe"], self.recipe.recipe)

    def check_command_line_init(self) -> None:
        """The card that is drafted is right, and describes a task that can be built."""
        if self.in_memory:
            raise unittest.SkipTest("the dataset is in memory")
        path = self.folder / "drafted.yaml"
        words = ["init", cards.place_of(self.recipe), *self.words(), "--out", str(path)]
        code, _, err = command(*words)
        expect(f"exit code after {err}", code, 0)
        card = cards.load_card(path)
        expect_in(card.build, *self.options)
        split = card.evaluate["split"]
        expect("splits", set(split), set(self.built.splits) - {"train"})
        assert isinstance(self.recipe.build(**card.build), self.recipe)
        code, _, err = command(*words)
        expect("exit code where there is a card", code, 2)
        expect_in(err, "expected a new file")

    def words(self) -> list[str]:
        """The dataset and the options as words of a command."""
        words = [] if self.dataset is None else ["--dataset", str(self.dataset)]
        for name, value in self.options.items():
            words += ["--set", f"{name}={json.dumps(value)}"]
        return words

    def check_datasets_are_ordinary(self) -> None:
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            kind = tf.data.Dataset
        else:
            kind = keras.utils.PyDataset
        for dataset in (self.built.train, self.built.validation):
            assert isinstance(dataset, kind), f"found a {type(dataset)}"
            expect("number of batches", len(list(dataset)), len(dataset) or "some")

    def check_plain_fit(self) -> None:
        """`task.model.fit(task.train)` is all that is needed to train."""
        self.trained  # noqa: B018
        for name, figures in self.plain.history.items():
            assert np.isfinite(figures).all(), f"{name}: found {figures}"

    def check_fit(self) -> None:
        history = self.trained.history
        expect_in(history, "loss", "val_loss")
        expect("epochs in history", {len(f) for f in history.values()}, {2})

    def check_training_lowers_the_loss(self) -> None:
        first, last = self.trained.history["loss"]
        assert last < first, f"loss: expected below {first}, found {last}"

    def check_fit_takes_callbacks(self) -> None:
        task, seen = self.trained, []
        weights, history = task.model.get_weights(), dict(task.history)
        note = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: seen.append(batch)
        )
        task.fit(1, callbacks=[note], verbose=0)
        task.history = history
        task.model.set_weights(weights)
        expect("batches that a callback saw", seen, list(range(len(task.train))))

    def check_resume_needs_a_checkpoint_dir(self) -> None:
        expect_in(refusal(self.built.fit, resume=True), "expected a checkpoint_dir")

    def check_a_resumed_run_equals_one_without_a_break(self) -> None:
        whole, resumed = self.trained, self.build()
        next(iter(resumed.train))  # as after a look at the data
        broken = self.folder / "broken"
        resumed.fit(2, verbose=0, checkpoint_dir=broken, resume=True)
        expect("history", resumed.history, whole.history)
        same_weights(resumed, whole)

    def check_ctrl_c_leaves_a_task_to_use(self) -> None:
        """After Ctrl-C in the second epoch there are the weights of the first."""
        task, seen = self.trained, []
        weights, history = task.model.get_weights(), dict(task.history)

        def press(batch, logs):
            seen.append(batch)
            if len(seen) > len(task.train):
                os.kill(os.getpid(), signal.SIGINT)

        press = keras.callbacks.LambdaCallback(on_train_batch_begin=press)
        handler = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            refusal(task.fit, 3, callbacks=[press], verbose=0, kind=KeyboardInterrupt)
        finally:
            signal.signal(signal.SIGINT, handler)
        expect("steps begun", len(seen), len(task.train) + 1)
        expect("where", task.interrupted, "in epoch 2 of 3")
        expect("epochs in history", {len(f) for f in task.history.values()}, {1})
        expect("number of answers", len(task.predict(self.inputs)), len(self.inputs))
        task.save(self.folder / "interrupted")
        loaded = load(self.folder / "interrupted", recipe=self.recipe)
        same_weights(loaded, task)
        task.history = history
        task.model.set_weights(weights)

    def check_find_learning_rate_leaves_the_task_alone(self) -> None:
        task = self.trained

        def state():
            variables = [*task.model.variables, *task.model.optimizer.variables]
            numpy = np.random.get_state(legacy=False)["state"]
            own = [random.getstate(), str(numpy), dict(task.history), task.config]
            epoch = task.batched("train", training=True)[0].next_epoch
            return [keras.ops.convert_to_numpy(v) for v in variables], [*own, epoch]

        (before, others), model = state(), task.model
        found = task.find_learning_rate(steps=10)
        assert task.model is model and model.compiled
        after, others_after = state()
        for one, other in zip(before, after, strict=True):
            np.testing.assert_array_equal(one, other)
        expect("everything else", others_after, others)
        assert 2 <= len(found.rates) == len(found.losses) <= 10, found
        assert np.isfinite(found.losses).all(), found.losses
        expect("rates", found.rates, sorted(found.rates))
        expect_in(str(found), "learning_rate: ")

    def check_plot_history(self) -> None:
        if importlib.util.find_spec("matplotlib") is None:
            raise unittest.SkipTest("matplotlib is not installed")
        task = load(self.saved, recipe=self.recipe)
        figure = task.plot_history()
        titles = [ax.get_title() for ax in figure.axes]
        expect("panels", titles[0], "loss")
        expect("panels", {*titles}, {n.removeprefix("val_") for n in task.history})
        lines = figure.axes[0].get_lines()
        for line, name in zip(lines, ("loss", "val_loss"), strict=False):
            expect(name, list(line.get_ydata()), task.history[name])

    def check_predict_keeps_the_order(self) -> None:
        expect("number of answers", len(self.answers), len(self.inputs))
        backwards = self.trained.predict(self.inputs[::-1])
        same_answers("answers to reversed inputs", backwards, self.answers[::-1])

    def check_predict_of_one(self) -> None:
        for one, answer in zip(self.inputs, self.answers, strict=True):
            same_answers(f"answer to {one!r} alone", self.trained.predict(one), answer)
        expect("answers to nothing", self.trained.predict([]), [])

    def check_predict_does_not_depend_on_the_batch_size(self) -> None:
        for size in (1, 7, 64):
            found = self.trained.predict(self.inputs * 4, batch_size=size)
            same_answers(f"answers with batch_size={size}", found, self.answers * 4)

    def check_evaluate(self) -> None:
        scores = json.loads(json.dumps(self.scores))
        expect_in(scores, *self.metrics)
        expect("results", self.trained.results["test"], self.scores)
        again = nearly(self.trained.evaluate("test", batch_size=3))
        expect("scores with batch_size=3", again, nearly(scores))

    def check_validation_has_the_scores_of_evaluate(self) -> None:
        """Those of the best epoch, whose weights the model ends with."""
        task = self.trained
        _, names = task.monitored() or (None, ())
        if not names or task.best_epoch is None:
            raise unittest.SkipTest("the best epoch is chosen by Keras's own figures")
        scores = task.score_split("validation", None, {})
        for name in names:
            if name in scores:
                found = task.history[f"val_{name}"][task.best_epoch - 1]
                alike = math.isclose(found, scores[name], rel_tol=1e-3, abs_tol=1e-5)
                assert alike, f"{name}: expected {scores[name]}, found {found}"

    def check_evaluate_refuses_an_unknown_split(self) -> None:
        text = refusal(self.trained.evaluate, "nonesuch")
        expect_in(text, *self.trained.splits, "found 'nonesuch'")

    def check_a_lent_dataset_goes_back(self) -> None:
        """`evaluate(dataset=...)` leaves no trace, whether it succeeds or fails."""
        task, scores = self.trained, nearly(self.scores)
        results = dict(task.results)
        own = {"options": task.options, "splits": task.splits, "train": task.train}
        if self.dataset is not None:
            lent = nearly(task.evaluate("test", dataset=self.dataset))
            expect("scores of the same dataset, lent", lent, scores)
        refusal(task.evaluate, dataset=str(self.folder / "nonesuch"))
        for name, part in own.items():
            assert getattr(task, name) is part, f"{name}: expected the task's own"
        expect("results", task.results, results)

    def check_report(self) -> None:
        """A report has the figures of `evaluate`, and is one page by itself."""
        report = self.trained.report("test", samples=20, examples=2)
        data = json.loads(json.dumps(report.as_dict()))
        shown = {
            k: v["value"] if isinstance(v, dict) else v
            for k, v in data["figures"].items()
        }
        figures = {k: self.scores[k] for k in shown}
        expect("figures", nearly(shown), nearly(figures))
        expect_in(shown, *(k for k, v in self.scores.items() if isinstance(v, float)))
        for one in data["figures"].values():
            if isinstance(one, dict) and "low" in one:
                assert one["low"] <= one["high"], f"interval: found {one}"
        expect(
            "number of worst examples at most", len(data.get("worst", [])) <= 2, True
        )
        page = report.to_html()
        expect_in(page, "<html", self.recipe.recipe, *shown)
        for mark in ('src="http', 'href="http', "<script", "@import", "url(http"):
            assert mark not in page, (
                f"page: expected nothing from elsewhere, found {mark}"
            )
        expect_in(refusal(self.trained.report, "nonesuch"), "found 'nonesuch'")

    def check_compare(self) -> None:
        """A task is no better than itself; other examples are refused."""
        task = self.trained
        found = compare([task, task], "test", samples=20).as_dict()
        for name, row in found["figures"].items():
            one, other = row.values()
            expect(f"{name} of both", nearly(other["value"]), nearly(one["value"]))
            expect(f"better in {name}", other.get("better"), None)
        expect_in(refusal(compare, [task]), "at least two runs")

    def check_attention(self) -> None:
        """Each row of the weights sums to 1."""
        if not hasattr(self.trained, "attention"):
            raise unittest.SkipTest("the recipe has no attention to show")
        for one in self.inputs:
            found = self.trained.attention(one)
            if hasattr(found, "grid"):
                shape = len(found.tokens), math.prod(found.grid)
            else:
                shape = len(found.target_tokens), len(found.source_tokens)
            expect(f"shape for {one!r}", found.weights.shape, shape)
            np.testing.assert_allclose(found.weights.sum(axis=1), 1, atol=1e-5)

    def check_print(self) -> None:
        for text in (str(self.trained), self.trained._repr_html_()):
            expect_in(text, self.recipe.recipe, "2 epochs")

    def check_save_and_load(self) -> None:
        """What is loaded is equal, and can be trained on."""
        task, loaded = self.trained, load(self.saved, recipe=self.recipe)
        litter = [e.name for e in self.saved.parent.iterdir() if e.name[0] == "."]
        expect("other files that save leaves", litter, [])
        expect("type", type(loaded), type(task))
        expect("history", loaded.history, task.history)
        expect("results", loaded.results["test"], self.scores)
        expect("options", portable(loaded.config), portable(task.config))
        same_answers("answers", loaded.predict(self.inputs), self.answers)
        same_weights(loaded, task)
        batch = next(iter(task.train if self.in_memory else loaded.train))
        loaded.model.run_eagerly = True  # compiling takes longer
        for _ in range(2):  # the first step of a warm-up may have the rate 0
            loss = loaded.model.train_on_batch(*batch)
            assert np.isfinite(loss).all(), f"loss: expected it finite, found {loss}"
        refusal(same_weights, loaded, task, kind=AssertionError)

    def check_model_card(self) -> None:
        """It tells sizes and figures, is the same each time, and keeps edits."""
        from huggingface_hub import ModelCard

        task, copy = self.trained, shutil.copytree(self.saved, self.folder / "card")
        file = copy / "README.md"
        card = ModelCard.load(file)
        expect("pipeline_tag", card.data.pipeline_tag, task.pipeline_tag)
        shown = {r.metric_type for r in card.data.eval_results or ()}
        expect_in(shown, *(k for k, v in self.scores.items() if type(v) is float))
        sizes = (f"| `{name}` | {n:,} |" for name, n in task.split_sizes.items())
        expect_in(card.text, *sizes, f"`{task.recipe}`", 'seqkit.load("saved")')
        expect("secrets", str(self.folder) in str(card), False)
        file.write_text(str(card) + "\nMine.\n", "utf-8")
        load(copy, recipe=self.recipe).save(self.folder / "again" / "saved")
        again = (self.folder / "again" / "saved" / "README.md").read_text("utf-8")
        expect("card", again, str(card) + "\nMine.\n")

    def check_load_in_a_fresh_process(self) -> None:
        """A process that has imported seqkit alone gives the same answers."""
        if self.recipe.__module__ == "__main__":
            raise unittest.SkipTest("the recipe is not in a module")
        alone = self.saved.rename(self.folder / "alone")  # no path in it matters
        found = fresh_answers(self.recipe, alone, self.inputs)
        alone.rename(self.saved)
        expect("answers", found, repr(self.answers))

    def check_save_replaces_what_save_wrote_and_nothing_else(self) -> None:
        run, foreign = self.folder / "replaced", self.folder / "foreign"
        self.trained.save(run)
        for folder in (run / "checkpoints", foreign):
            folder.mkdir()
            (folder / "mine.txt").write_text("mine")
        self.trained.save(run)
        expect_in(refusal(self.trained.save, foreign), "expected a new folder")
        expect_in(refusal(self.trained.save, foreign / "mine.txt"), "Nothing was")
        for folder in (run / "checkpoints", foreign):
            expect("files of the user's", contents(folder), {"mine.txt": b"mine"})

    def check_a_crash_while_saving_leaves_what_was_there(self) -> None:
        folder = self.folder / "crash"
        self.trained.save(folder / "run")
        before = contents(folder / "run")
        crash = mock.Mock(side_effect=OSError("out of space"))
        with mock.patch.object(self.trained, "save_assets", crash):
            for name in ("run", "new"):
                refusal(self.trained.save, folder / name, kind=OSError)
        expect("files", [entry.name for entry in folder.iterdir()], ["run"])
        assert contents(folder / "run") == before, "a crash has changed files"

    def check_load_refuses_garbage(self) -> None:
        for number, (file, text) in enumerate(_GARBAGE):
            copy = shutil.copytree(self.saved, self.folder / f"copy{number}")
            (copy / file).unlink()
            if text is not None:
                (copy / file).write_text(text)
            message = refusal(load, copy, recipe=self.recipe)
            expect_in(message, copy.name, ": expected")
        (self.folder / "empty").mkdir()
        expect_in(refusal(load, self.folder / "empty"), "no task.json in it")
        expect_in(refusal(load, self.folder / "nothing"), "no such folder")

    def check_export(self) -> None:
        """The exported model gives the answers of `predict`."""
        self._skip_without_export()
        import tensorflow as tf

        loaded = tf.saved_model.load(str(self.exported))
        expect_in(loaded.signatures, "serving_default")
        expect_in(refusal(self.trained.export, self.exported), "exported")
        if self.serve is None:
            raise unittest.SkipTest("exported; without serve no answers are compared")
        for inputs in (self.inputs, self.inputs[-1:], self.inputs * 3):
            found = self.serve(loaded, inputs)
            same_answers("answers", found, self.trained.predict(inputs))

    def _skip_without_export(self) -> None:
        if self.recipe.signatures is Task.signatures:
            raise unittest.SkipTest("the recipe does not export")
        if keras.backend.backend() != "tensorflow":
            raise unittest.SkipTest("only TensorFlow exports")

    def check_a_server_answers_as_predict_does(self) -> None:
        """In a batch and alone, with a view; and an export as the task itself."""
        try:
            from seqkit.serving import create_app
            from seqkit.serving.inputs import kind_of
            from seqkit.serving.routes import to_json
        except ModuleNotFoundError as error:
            raise unittest.SkipTest(f"{error.name} is not installed") from error
        app, kind = create_app({"task": self.trained}), kind_of(self.trained)
        sent = [as_sent(one, kind) for one in self.inputs]
        answers = json.loads(bytes(to_json(self.answers).body))
        for values in (sent, sent[::-1], *([one] for one in sent)):
            status, found = ask(app, "/predict", {"inputs": values})
            expect(f"status of {found}", status, 200)
            expected = [answers[sent.index(one)] for one in values]
            same_json("answers", [one["answer"] for one in found["results"]], expected)
        status, found = ask(app, "/predict", {"inputs": [*sent, None]})
        expect("answers beside an error", status, 200)
        expect_in(found["results"].pop(), "error")
        same_json("answers", [one["answer"] for one in found["results"]], answers)
        for one, answer in zip(sent, answers, strict=True):
            status, found = ask(app, "/explain", {"inputs": [one]})
            expect(f"status of {found}", status, 200)
            same_json("answer with a view", found["answer"], answer)
            expect_in(found, "view")

    def check_a_server_answers_for_an_export(self) -> None:
        """In the form of TensorFlow Serving, the SavedModel and the task are equal."""
        self._skip_without_export()
        try:
            from seqkit.serving import create_app
            from seqkit.serving.inputs import kind_of
        except ModuleNotFoundError as error:
            raise unittest.SkipTest(f"{error.name} is not installed") from error
        apps = [create_app({"it": one}) for one in (self.trained, self.exported)]
        sent = [as_sent(one, kind_of(self.trained)) for one in self.inputs]
        specs = apps[0].state.models["it"].functions["serving_default"].inputs
        values = {name: some_value(spec, sent) for name, spec in specs.items()}
        # Rows, where no input is a number for all of them.
        forms = [{"inputs": values}, {"instances": sent}][: 3 - len(specs)]
        for form in forms or [{"inputs": values}]:
            one, other = (ask(app, "/v1/models/it:predict", form) for app in apps)
            expect(f"status of {one[1]}", one[0], 200)
            expect("answers of the export", nearly(other), nearly(one))

    def check_command_line_predict(self) -> None:
        lines = [one for one in self.inputs if isinstance(one, str) and "\n" not in one]
        if not lines:
            raise unittest.SkipTest("no input is a line of text")
        code, out, err = command("predict", str(self.saved), lines=lines)
        expect(f"exit code after {err}", code, 0)
        answers = self.trained.predict(lines)
        rows = [one if isinstance(one, str) else json_text(one) for one in answers]
        expected = [" ".join(row.splitlines()) for row in rows]
        found = [" ".join(row.splitlines()) for row in out.split("\n")[:-1]]
        expect("answers", found, expected)

    def check_predict_file(self) -> None:
        """Rows of a file keep their columns and get what `predict` returns."""
        lines = [one for one in self.inputs if isinstance(one, str)]
        if not lines:
            raise unittest.SkipTest("no input is a text")
        source, target = self.folder / "inputs.jsonl", self.folder / "found.jsonl"
        rows = [{"number": n, "input": one} for n, one in enumerate(lines)]
        rows.append({"number": len(lines)})
        source.write_text("".join(json.dumps(row) + "\n" for row in rows))
        words = ["--input", str(source), "--output", str(target), "--column", "input"]
        code, _, err = command("predict", str(self.saved), *words, "--chunk", "2")
        expect(f"exit code after {err}", code, 1)
        *found, bad = map(json.loads, target.read_text("utf-8").splitlines())
        expect_in(bad["predicted_error"], "expected a column 'input'")
        answers = self.trained.predict(lines)
        for row, answer, one in zip(rows, answers, found, strict=False):
            named = {f"predicted_{k}": v for k, v in as_columns(answer).items()}
            expected = row | json.loads(json.dumps(named)) | {"predicted_error": None}
            expect("row", one, expected)
        expect("number of rows", len(found), len(lines))

    def check_command_line_report(self) -> None:
        if self.in_memory:
            raise unittest.SkipTest("the dataset is in memory")
        page = self.folder / "pages" / "report.html"
        page.parent.mkdir(exist_ok=True)
        words = "report", str(self.saved), "--samples", "20", "--examples", "1"
        code, out, err = command(*words, "--out", str(page), "--json")
        expect(f"exit code after {err}", code, 0)
        expect_in(json.loads(out), "figures", "split", "examples")
        expect_in(page.read_text("utf-8"), "<html")
        expect("files beside the page", [*contents(page.parent)], [page.name])
        code, out, err = command(*words, "--split", "nonesuch")
        expect("exit code and output", (code, out), (2, ""))
        code, out, err = command("compare", str(self.saved), str(self.saved))
        expect("exit code and output", (code, out), (2, ""))
        expect_in(err, "two different runs")

    def check_command_line_evaluate(self) -> None:
        if self.in_memory:
            raise unittest.SkipTest("the dataset is in memory")
        code, out, err = command("evaluate", str(self.saved), "--json")
        expect(f"exit code after {err}", code, 0)
        expect("scores", json.loads(out), json.loads(json.dumps(self.scores)))
        code, out, err = command("evaluate", str(self.saved), "--split", "nonesuch")
        expect("exit code and output", (code, out), (2, ""))
        expect_in(err, "found 'nonesuch'")
        assert "Traceback" not in err, err


def check_recipe(
    recipe: str | type[Task],
    dataset: Any = None,
    inputs: Sequence[Any] = (),
    **more: Any,
) -> dict[str, str]:
    """Runs every check of a recipe.

    Args:
        recipe, dataset, inputs, more: As in `RecipeChecks`.

    Returns:
        The name of each check to `"passed"`, or to `"skipped: "` and the reason.

    Raises:
        ExceptionGroup: The errors of all checks that failed, with their names as notes.

    Example, a test of a recipe in a package of its own:

    >>> from seqkit.testing import check_recipe
    >>> def test_languages():
    ...     inputs = ["Good morning!", "Guten Tag!", ""]
    ...     check_recipe("languages", None, inputs, options={"hidden_dim": 8})
    """
    checks = RecipeChecks(recipe, dataset, inputs, **more)
    outcomes, errors = {}, []
    for name in checks.names():
        try:
            checks.run(name)
            outcomes[name] = "passed"
        except unittest.SkipTest as reason:
            outcomes[name] = f"skipped: {reason}"
        except Exception as error:
            error.add_note(f"in the check {name}")
            errors.append(error)
    if errors:
        title = f"{len(errors)} of {len(checks.names())} checks of {checks.recipe}"
        raise ExceptionGroup(f"{title} failed", errors)
    return outcomes
