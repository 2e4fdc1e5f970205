"""The command line: quick help, one message for wrong input, lines in and out."""

import io
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import seqkit
from seqkit import cli
from seqkit._lines import read_chunks
from seqkit.errors import SeqkitError
from seqkit.options import groups
from seqkit.registries import recipes
from tests.fake import FakeTask

HEAVY = {"keras", "tensorflow", "numpy", "datasets", "sentencepiece", "sacrebleu"}
HEAVY |= {"jax", "torch", "pandas", "matplotlib", "PIL"}
AWKWARD = b"a b\n\n   \n\0\nwin\r\nin\rside\n\xff\xfe\n\xe2\x80\xa8\n<s>\t</s>\nlast"


@pytest.fixture
def run_folder(tmp_path, fake):
    """The folder of a saved task."""
    fake.build().save(tmp_path / "run")
    fake.built.clear()
    return str(tmp_path / "run")


def refused(capfd, *words):
    """What a command says that ends in exit code 2."""
    assert cli.main(list(words)) == 2
    captured = capfd.readouterr()
    assert "Traceback" not in captured.err and not captured.out
    assert captured.err.count("seqkit: error: ") == 1
    return captured.err


@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "predict --help",
        "train --help",
        "train translation --help",
        "train recipes/tagging/wnut17-crf.yaml --help",
        "schema captioning",
        "train translation --label-smoothing 1.5",
    ],
)
def test_help_and_checks_import_nothing_heavy(run_python, words):
    code = (
        "import sys; from seqkit import cli;"
        f"code = cli.main({words.split()!r});"
        "print('\\nmodules', *sys.modules, code)"
    )
    modules = run_python(code).rpartition("\nmodules")[2].split()
    assert modules.pop() == ("2" if "1.5" in words else "0")
    assert not HEAVY & set(modules)
    rooms = {".".join(m.split(".")[:2]) for m in modules if m.startswith("seqkit.")}
    light = {"seqkit.cli", "seqkit.errors"}
    if "translation" in words or "captioning" in words or "yaml" in words:
        light |= {
            f"seqkit.{room}"
            for room in ("cards", "distribution", "options", "recipes", "runs", "task")
        }
        light |= {"seqkit.registries", "seqkit.registry", "seqkit.special_ids"}
        light.add("seqkit._public")
    assert rooms <= light


def test_version_and_bare_command(capfd):
    assert cli.main(["--version"]) == 0
    assert capfd.readouterr().out == seqkit.__version__ + "\n"
    assert cli.main([]) == 2
    assert "Commands:" in capfd.readouterr().out


def test_train_help_shows_groups_with_sentences_and_defaults(fake, capfd):
    assert cli.main(["train", "fake", "--help"]) == 0
    shown = " ".join(capfd.readouterr().out.split())
    assert "--out" in shown and "Options of fake: Data --name" in shown
    assert "Fake --source Source language. Text, by default en. --target" in shown
    assert (
        "--dropout Fraction dropped in training. A number from 0 below 1, by default "
        "0.1; for the sample: 0.2." in shown
    )
    assert "--num-layers Layers, if there are any. An integer from 1. --share" in shown
    assert shown.endswith("requires `seqkit[tensorboard]`. Text.")
    for own in ("--dataset", "--epochs"):
        assert shown.count(own) == 1, "among the general options alone"


def test_train_help_of_a_card(fake, tmp_path, capfd):
    (tmp_path / "card.yaml").write_text("recipe: fake")
    assert cli.main(["train", str(tmp_path / "card.yaml"), "--help"]) == 0
    assert "Options of fake:" in capfd.readouterr().out


@pytest.mark.parametrize("name", list(recipes))
def test_true_defaults_are_in_the_help_of_every_recipe(name, capfd):
    assert cli.main(["train", name, "--help"]) == 0
    shown = capfd.readouterr().out
    options = recipes[name].Options
    for title in options.groups():
        assert f"\n{title}" in shown
    for one in options.model_fields:
        assert options.meaning(one), f"{one} has no sentence"
        assert f"--{one.replace('_', '-')} " in shown
        default = options.declared(one).of(False)
        settled = getattr(options.settle({"dataset": "any"}), one)
        if isinstance(default, int | float | str):
            assert settled == default


def test_schema_is_json(capfd):
    assert cli.main(["schema", "translation"]) == 0
    schema = json.loads(capfd.readouterr().out)
    assert schema["title"] == "seqkit card: translation"
    assert cli.main(["schema", "seqkit.recipes.translation:Translation"]) == 0
    assert json.loads(capfd.readouterr().out) == schema


def test_train_by_options(fake, tmp_path, capfd):
    out = tmp_path / "runs" / "a"
    words = f"train fake --dataset d --target no --epochs 3 --out {out}"
    assert cli.main(words.split()) == 0
    build, fit = fake.built[0].calls
    assert build == ("build", {"dataset": "d", "target": "no"})
    assert fit[:2] == ("fit", 3) and (out / "task.json").exists()
    assert capfd.readouterr().out == ""


def test_train_by_card_with_changes(fake, tmp_path, capfd):
    card = tmp_path / "card.yaml"
    card.write_text(
        "recipe: fake\nbuild: {dropout: 0.3, target: fr}\nfit: {epochs: 9}\n"
        "evaluate: {split: test, num_beams: 4}\n"
    )
    words = f"train {card} --epochs 2 --set target=it --set evaluate.num_beams=1"
    words += " --set evaluate.split=train"
    assert cli.main(words.split()) == 0
    build, _, fit, evaluated = fake.built[0].calls
    assert build == ("build", {"dataset": None, "target": "it", "dropout": 0.3})
    assert fit[:2] == ("fit", 2) and evaluated[:3] == ("evaluate", "train", 1)
    assert "beams:1" in capfd.readouterr().out


def test_a_dataset_by_splits(fake, tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = "train fake --dataset train=a.tsv --dataset test_2=b=c.tsv --target no"
    assert cli.main([*words.split(), "--dataset", "dev=d e.tsv"]) == 0
    expected = {"train": "a.tsv", "test_2": "b=c.tsv", "dev": "d e.tsv"}
    assert fake.built[0].options.dataset == expected
    assert cli.main("train fake --dataset test=b.tsv".split()) == 0
    assert fake.built[1].options.dataset == {"test": "b.tsv"}


@pytest.mark.parametrize("path", ["train=a.tsv", "dir/x=1", "=", "owner/name"])
def test_a_dataset_that_is_a_path(fake, tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    Path("train=a.tsv").touch()
    assert cli.main(["train", "fake", "--dataset", path]) == 0
    assert fake.built[0].options.dataset == path


def test_splits_of_a_card_and_of_the_command_line(fake, tmp_path):
    card = tmp_path / "card.yaml"
    card.write_text("recipe: fake\nbuild: {dataset: {train: a.tsv, test: b.tsv}}\n")
    assert cli.main(["train", str(card)]) == 0
    assert fake.built[0].options.dataset == {"train": "a.tsv", "test": "b.tsv"}
    assert cli.main(["train", str(card), "--dataset", "train=c.tsv"]) == 0
    assert fake.built[1].options.dataset == {"train": "c.tsv"}


@pytest.mark.parametrize("verb", ["train", "evaluate"])
def test_wrong_datasets(fake, run_folder, capfd, verb):
    first = [verb, "fake" if verb == "train" else run_folder]

    def told(*given):
        words = [word for one in given for word in ("--dataset", one)]
        return refused(capfd, *first, *words)

    assert "train is given twice" in told("train=a", "test=b", "train=c")
    assert "found train=a and b" in told("train=a", "b")
    assert "expected one dataset, or SPLIT=FILE once" in told("a", "b")
    assert "expected SPLIT=FILE" in told("train=")
    assert not fake.built


def test_evaluate_takes_splits(run_folder, fake):
    words = ["evaluate", run_folder, "--dataset"]
    assert cli.main([*words, "test=a.tsv"]) == cli.main([*words, "a.tsv"]) == 0
    assert cli.main(words[:-1]) == 0
    datasets = [task.calls[-1][-1] for task in fake.built]
    assert datasets == [{"test": "a.tsv"}, "a.tsv", None]


def test_wrong_training_commands(fake, tmp_path, capfd):
    error = refused(capfd, "train", "fake", "--tarqet", "de", "--dropout", "high")
    assert "--tarqet: unknown option; did you mean --target?" in error
    assert "--dropout: expected a number" in error
    assert "--target, --architecture, --dropout" in error
    assert "did you mean fake?" in refused(capfd, "train", "fakes")
    assert "absent.yaml" in refused(capfd, "train", "absent.yaml")
    assert "found nothing" in refused(capfd, "train", "fake", "--dataset", "absent")
    assert "before the options" in refused(capfd, "train", "--target", "de", "fake")
    assert "--resume" in refused(capfd, "train", "fake", "--resume")
    assert "NAME=VALUE" in refused(capfd, "train", "fake", "--set", "target")
    assert "expected an option" in refused(capfd, "train", "fake", "more")
    assert "--epochs" in refused(capfd, "train", "fake", "--epochs", "0")
    (tmp_path / "thesis.tex").touch()
    assert "other files" in refused(capfd, "train", "fake", "--out", str(tmp_path))
    assert not fake.built


def test_wrong_commands(run_folder, capfd):
    assert "No such command" in refused(capfd, "trian")
    assert "See seqkit predict --help" in refused(capfd, "predict")
    assert "found nothing there" in refused(capfd, "predict", "absent")
    assert "mean --num-beams?" in refused(
        capfd, "evaluate", run_folder, "--set", "num_beam=1"
    )
    (Path(run_folder) / "model").touch()
    assert "other files" in refused(capfd, "export", run_folder, run_folder)


def test_an_option_that_a_task_lacks(registered, tmp_path, capfd):
    class Narrow(FakeTask):
        """A task without a search."""

        Evaluate = groups.Evaluate

    registered("narrow", Narrow).build().save(tmp_path / "run")
    error = refused(capfd, "evaluate", str(tmp_path / "run"), "--num-beams", "2")
    assert "--num-beams: evaluate of this task takes only: batch_size" in error


ALL_WRONG = {
    "--label-smoothing 1.5": "--label-smoothing: expected a number from 0 below 1",
    "--dropout -0.1": "--dropout: expected a number from 0 below 1, found '-0.1'",
    "--hidden-dim 250 --num-heads 4 --architecture transformer": "--hidden-dim, "
    "--num-heads: expected a width that is a multiple of the heads, found 250 and 4",
    "--batch-tokens 99 --batch-size 9": "--batch-tokens, --batch-size: expected one",
    "--set evaluate.num_beams=0": "--set evaluate.num_beams: expected an integer",
    "--verbose 7": "--verbose: expected 'auto', 0, 1 or 2, found '7'",
    "--source en --target en": "--source, --target: expected en and de",
    "--archtecture lstm": "--archtecture: unknown option; did you mean --architecture?",
    "--seed": "--seed: expected an integer from 0, found no value",
}


def test_all_that_is_wrong_is_said_at_once_before_any_work(capfd, tmp_path):
    for words, message in ALL_WRONG.items():
        error = refused(capfd, "train", "translation", *words.split())
        assert message in error
    out = tmp_path / "run"
    words = ["train", "translation", "--out", str(out), *" ".join(ALL_WRONG).split()]
    error = refused(capfd, *words)
    for message in ALL_WRONG.values():
        assert message in error
    assert not out.exists()


def test_a_card_and_the_command_line_are_checked_together(fake, tmp_path, capfd):
    card = tmp_path / "card.yaml"
    card.write_text("recipe: fake\nbuild: {source: fr}\n")
    error = refused(capfd, "train", str(card), "--target", "fr", "--dropout", "2")
    assert "--source, --target: expected two languages, found fr twice" in error
    assert "--dropout: expected a number from 0 below 1, found '2'" in error
    assert not fake.built


HUGE = "9" * 20


@pytest.mark.parametrize("verb", ["evaluate", "predict"])
def test_huge_numbers_are_refused_by_name(run_folder, capfd, verb):
    for name in ("--num-beams", "--batch-size"):
        error = refused(capfd, verb, run_folder, name, HUGE)
        assert f"{name}: expected an integer from 1 up to 2147483647" in error


def test_a_search_that_cannot_fit(fake):
    task = fake.build()
    with pytest.raises(SeqkitError, match="num_beams.*GB"):
        task.evaluate(num_beams=2**31 - 1)
    with pytest.raises(SeqkitError, match="num_beams.*GB"):
        task.predict(["a"] * 64, num_beams=2**31 - 1)


WRONG_CARDS = {
    "build: 5": "build: expected a mapping, found 5",
    "build: [1]": "build: expected a mapping, found [1]",
    "build: true": "build: expected a mapping, found True",
    "seed: -1": "build.seed: expected an integer from 0, found -1",
    "model: x": "model: unknown",
    "build: {model: x}": "build.model: unknown",
    f"seed: {HUGE}": "build.seed: expected an integer from 0",
    f"evaluate: {{num_beams: {HUGE}}}": "evaluate.num_beams: expected an integer",
    "build: {dropout: .nan}": "build.dropout: expected a number from 0 below 1",
    "fit: {epochs: .inf}": "fit.epochs: expected an integer from 1 or null, found inf",
    f"fit: {{epochs: 0x{'f' * 5000}}}": "fit.epochs: expected an integer from 1",
}


@pytest.mark.parametrize("text", WRONG_CARDS, ids=lambda text: text[:30])
def test_wrong_cards(fake, tmp_path, capfd, text):
    card = tmp_path / "card.yaml"
    card.write_text(f"recipe: fake\n{text}\n")
    assert WRONG_CARDS[text] in refused(capfd, "train", str(card))


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(36, "File name too long", "x" * 300), "x…: File name too long"),
        (PermissionError(13, "Permission denied", "/a"), "with --cache-dir or"),
        (OSError(30, "Read-only file system", "/a"), "the variable HF_HOME"),
        (IsADirectoryError(21, "Is a directory", "/a"), "/a: Is a directory"),
    ],
    ids=str,
)
def test_what_the_system_refuses(fake, capfd, monkeypatch, error, message):
    def fail(*arguments, **options):
        raise error

    monkeypatch.setattr(fake, "fit", fail)
    assert cli.main(["train", "fake"]) == 2
    shown = capfd.readouterr().err
    assert message in shown and len(shown) < 500


@pytest.mark.parametrize("option", ["--dataset", "--cache-dir", "--source", "--out"])
def test_a_nul_in_a_path(fake, capfd, option):
    error = refused(capfd, "train", "fake", option, "a\0b")
    assert "NUL" in error or "null byte" in error
    if option == "--dataset":
        assert "NUL" in refused(capfd, "train", "fake", option, "train=a\0b")


STRANGE = """
import seqkit
from tests.fake import FakeTask

@seqkit.recipe("strange")
class Strange(FakeTask):
    built = []
"""


def test_a_recipe_of_another_module(tmp_path, monkeypatch, registered, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    package = tmp_path / "stranger"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "module.py").write_text(STRANGE)
    place = "stranger.module:Strange"
    assert cli.main(["train", place, "--target", "fr", "--out", "run"]) == 0
    assert Path("run/task.json").exists()
    # In another process, the name alone is not known.
    del recipes._parts["strange"]
    error = refused(capfd, "evaluate", "run")
    assert "found 'strange'" in error and "--recipe package.module:Class" in error
    assert cli.main(["evaluate", "run", "--recipe", place, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["bleu"] == 34.5678
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a\n")))
    assert cli.main(["predict", "run", "--recipe", place, "--num-beams", "1"]) == 0
    assert capfd.readouterr().out == "A !\n"
    assert cli.main(["export", "run", "served", "--recipe", place]) == 0
    assert Path("served/text-True").exists()
    assert cli.main(["train", place, "--help"]) == 0
    assert "--target" in capfd.readouterr().out
    error = refused(capfd, "train", "stranger.module:Other")
    assert "stranger.module:Other: expected a recipe as package.module:Class" in error
    error = refused(capfd, "predict", "run", "--recipe", "seqkit:Task")
    assert "expected a subclass of seqkit.Task with the decorator" in error


def test_evaluate_prints_a_table_or_json(run_folder, capfd):
    assert cli.main(["evaluate", run_folder, "--split", "train"]) == 0
    assert capfd.readouterr().out == (
        "train, 2 rows\n  bleu       34.57\n  signature  beams:5\n"
    )
    assert cli.main(["evaluate", run_folder, "--json", "--num-beams", "1"]) == 0
    metrics = json.loads(capfd.readouterr().out)
    assert metrics == {"bleu": 34.5678, "signature": "beams:1"}


@pytest.mark.parametrize("verb", ["evaluate", "report", "compare"])
def test_mistakes_are_found_before_the_model_is_read(
    verb, run_folder, capfd, monkeypatch, tmp_path
):
    shutil.copytree(run_folder, tmp_path / "other")
    monkeypatch.setattr(FakeTask, "load_model", None)
    words = [
        verb,
        run_folder,
        *([str(tmp_path / "other")] if verb == "compare" else []),
    ]
    error = refused(capfd, *words, "--split", "nonesuch")
    assert "split: expected one of train, test, found 'nonesuch'" in error
    error = refused(capfd, *words, "--set", "num_beams=0")
    assert "num_beams: expected an integer" in error


def test_evaluate_without_a_test_split(run_folder, capfd, monkeypatch):
    def splits(self):
        from seqkit.data import Splits

        return Splits({"train": ["a"], "validation": ["b"]}, origin="a dictionary")

    monkeypatch.setattr(FakeTask, "load_examples", splits)
    assert cli.main(["evaluate", run_folder]) == 0
    out, error = capfd.readouterr()
    assert out.startswith("validation, 1 row\n") and "no test split" in error


def test_export(run_folder, tmp_path, capfd):
    assert cli.main(["export", run_folder, str(tmp_path / "e" / "1"), "--no-text"]) == 0
    assert (tmp_path / "e" / "1" / "text-False").exists()


def test_the_unexpected_ends_in_a_message_and_code_1(run_folder, capfd, monkeypatch):
    words = ["evaluate", run_folder, "--dataset", "broken=file"]
    monkeypatch.delenv("SEQKIT_DEBUG", raising=False)
    assert cli.main(words) == 1
    error = capfd.readouterr().err
    assert "RuntimeError: out of luck" in error and "SEQKIT_DEBUG=1" in error
    assert "Traceback" not in error
    monkeypatch.setenv("SEQKIT_DEBUG", "1")
    with pytest.raises(RuntimeError, match="out of luck"):
        cli.main(words)


@pytest.mark.parametrize("chunk", ["1", "3", "256"])
def test_predict_writes_a_line_for_each_line(
    run_folder, capfdbinary, monkeypatch, chunk
):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(AWKWARD)))
    words = ["predict", run_folder, "--num-beams", "1", "--chunk", chunk]
    assert cli.main(words) == 0
    captured = capfdbinary.readouterr()
    lines = captured.out.split(b"\n")
    assert lines.pop() == b"" and len(lines) == AWKWARD.count(b"\n") + 1
    assert lines[:6] == [b"A B !", b" !", b"    !", b"\0 !", b"WIN !", b"IN SIDE !"]
    assert lines[-3:] == ["\u2028 !".encode(), b"<S>\t</S> !", b"LAST !"]
    assert b"line 7: expected UTF-8, found byte 0xff" in captured.err


@pytest.mark.parametrize("chunk", ["1", "2", "256"])
@pytest.mark.parametrize("results", ["text", "json"])
def test_an_input_that_cannot_be_read_has_an_empty_line(
    registered, tmp_path, capfd, monkeypatch, chunk, results
):
    class Picky(FakeTask):
        """Does not read what begins with bad."""

        def read_input(self, one):
            if one.startswith("bad"):
                raise SeqkitError(f"{one}: expected an image, found none")
            return one

        def answers(self, inputs, options):
            return [text if results == "text" else {"is": text} for text in inputs]

    registered("picky", Picky).build().save(tmp_path / "run")
    lines = io.TextIOWrapper(io.BytesIO(b"one\nbad 1\nbad 2\ntwo\n"))
    monkeypatch.setattr(sys, "stdin", lines)
    assert cli.main(["predict", str(tmp_path / "run"), "--chunk", chunk]) == 1
    out, error = capfd.readouterr()
    found = out.split("\n")
    assert found.pop() == "" and len(found) == 4
    if results == "text":
        assert found == ["one", "", "", "two"]
    else:
        first, bad, _, last = map(json.loads, found)
        assert (first, last) == ({"is": "one"}, {"is": "two"})
        assert bad == {"error": "bad 1: expected an image, found none"}
    assert "error: line 2: bad 1: expected an image" in error
    assert "error: 2 of 4 lines could not be read" in error


def test_predict_answers_nothing_to_nothing(run_folder, capfd, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert cli.main(["predict", run_folder]) == 0
    assert capfd.readouterr().out == ""


def test_chunks_of_a_slow_source_come_at_once():
    reader, writer = os.pipe()
    with open(reader, "rb") as stream, open(writer, "wb", buffering=0) as source:
        chunks = read_chunks(stream, 256, print)
        source.write(b"one\ntwo\nth")
        assert next(chunks) == ["one", "two"]
        source.write(b"ree\n")
        assert next(chunks) == ["three"]
        source.write(b"no line end")
        source.close()
        assert list(chunks) == [["no line end"]]


def test_chunks_of_a_fast_source_are_full(tmp_path):
    lines = [f"line {number}" * 20 for number in range(5000)]
    (tmp_path / "in.txt").write_text("\n".join(lines))
    with open(tmp_path / "in.txt", "rb") as stream:
        chunks = list(read_chunks(stream, 64, print))
    assert [line for chunk in chunks for line in chunk] == lines
    assert {len(chunk) for chunk in chunks[:-1]} == {64}


ECHO = """
import signal, sys, seqkit
# What a shell starts in the background ignores Ctrl-C, and so would we.
signal.signal(signal.SIGINT, signal.default_int_handler)
from seqkit import cli
@seqkit.recipe("echo")
class Echo(seqkit.Task):
    def answers(self, inputs, options):
        if "wait" in inputs:
            print("waiting", file=sys.stderr, flush=True)
            import time; time.sleep(60)
        return inputs
vars(seqkit)["load"] = lambda folder, recipe: Echo(Echo.Options.settle({}))
sys.exit(cli.main(["predict", "."]))
"""


@pytest.fixture
def echo():
    """`seqkit predict` of a task that repeats its input, as a process."""
    process = subprocess.Popen(
        [sys.executable, "-c", ECHO],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    yield process
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        stream.close()


def test_predict_answers_while_the_input_is_open(echo):
    for line in (b"one\n", b"two\n"):
        echo.stdin.write(line)
        assert select.select([echo.stdout], [], [], 60)[0], "no answer"
        assert echo.stdout.read(100) == line
    echo.stdin.close()
    assert echo.wait(60) == 0


def test_a_reader_that_leaves_is_no_error(echo):
    echo.stdout.close()
    writer = threading.Thread(target=_fill, args=(echo.stdin,))
    writer.start()
    assert echo.wait(60) == 128 + signal.SIGPIPE
    writer.join()
    assert echo.stderr.read() == b""


def _fill(stream):
    try:
        for _ in range(100):
            stream.write(b"text\n" * 1000)
    except BrokenPipeError:
        pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_end_without_a_trace(echo, number):
    echo.stdin.write(b"wait\n")
    assert echo.stderr.readline() == b"waiting\n"
    echo.send_signal(number)
    assert echo.wait(60) == 128 + number
    assert echo.stderr.read() == b""


def test_resume_takes_options_without_a_recipe(fake, tmp_path, capfd):
    out = tmp_path / "run"
    (tmp_path / "run.training").mkdir()
    card = {"recipe": "fake", "build": {"target": "fr"}, "fit": {"epochs": 3}}
    (tmp_path / "run.training" / "card.json").write_text(json.dumps(card))
    words = ["train", "--out", str(out), "--resume", "--dropout", "0.4"]
    assert cli.main(words) == 0
    build = fake.built[0].calls[0][1]
    assert (build["target"], build["dropout"]) == ("fr", 0.4)
