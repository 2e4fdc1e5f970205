"""The command line: quick help, one message for wrong input, lines in and out."""

import io
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import types
from pathlib import Path

import pytest

import seqkit
from seqkit import cli
from seqkit._lines import read_chunks
from seqkit.errors import DataError
from seqkit.recipes import cards

HEAVY = [
    "keras",
    "tensorflow",
    "numpy",
    "datasets",
    "sentencepiece",
    "sacrebleu",
    "jax",
]
AWKWARD = b"a b\n\n   \n\0\nwin\r\nin\rside\n\xff\xfe\n\xe2\x80\xa8\n<s>\t</s>\nlast"


class FakeTask:
    """Answers in capitals, with a line break where it is asked for trouble."""

    def fit(self, epochs: int = 1, *, checkpoint_dir=None, resume: bool = False):
        self.epochs = epochs

    def evaluate(self, split: str = "test", *, num_beams: int = 5) -> dict:
        if split == "broken":
            raise RuntimeError("out of luck")
        return {"bleu": 34.5678, "signature": f"beams:{num_beams}"}

    def predict(self, texts, *, num_beams: int = 5, batch_size: int = 64):
        return [text.upper() + "\r\n!" * num_beams for text in texts]

    def save(self, folder):
        Path(folder).mkdir(parents=True)
        (Path(folder) / "task.json").write_text("{}")

    def export(self, folder, text: bool = True):
        Path(folder).mkdir(parents=True)
        (Path(folder) / f"text-{text}").touch()


def build(dataset=None, *, target: str = "de", dropout: float = 0.1) -> FakeTask:
    if dataset == "absent":
        raise DataError("a folder", "nothing", where=dataset)
    task = FakeTask()
    task.options = {"dataset": dataset, "target": target, "dropout": dropout}
    return task


@pytest.fixture
def built(monkeypatch):
    """The tasks that the fake recipe built."""
    tasks = []

    def build_and_note(*args, **options):
        tasks.append(build(*args, **options))
        return tasks[-1]

    build_and_note.__wrapped__ = build
    module = types.ModuleType("seqkit.recipes.fake")
    module.build = build_and_note
    monkeypatch.setitem(sys.modules, "seqkit.recipes.fake", module)
    monkeypatch.setattr(cards, "recipe_names", lambda: ["fake"])
    return tasks


@pytest.fixture
def run_folder(tmp_path, monkeypatch):
    monkeypatch.setitem(vars(seqkit), "load", lambda folder: FakeTask())
    folder = tmp_path / "run"
    folder.mkdir()
    return str(folder)


def refused(capfd, *words):
    """What a command says that ends in exit code 2."""
    assert cli.main(list(words)) == 2
    captured = capfd.readouterr()
    assert "Traceback" not in captured.err and not captured.out
    assert captured.err.count("seqkit: error: ") == 1
    return captured.err


@pytest.mark.parametrize("words", ["--help", "predict --help", "train --help"])
def test_help_imports_nothing_heavy(run_python, words):
    code = (
        "import sys; from seqkit import cli; start = set(sys.modules);"
        f"assert cli.main({words.split()!r}) == 0;"
        "print('\\nmodules', *sys.modules)"
    )
    text, _, modules = run_python(code).partition("\nmodules")
    assert "Usage: seqkit" in text
    assert not set(HEAVY) & set(modules.split())


def test_help_is_quick():
    def seconds(*words):
        start = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, capture_output=True)
        return time.perf_counter() - start

    # Half a second where Python itself starts in a twentieth.
    help_ = min(seconds("-m", "seqkit.cli", "--help") for _ in range(3))
    bare = min(seconds("-c", "") for _ in range(3))
    assert help_ < max(0.5, 10 * bare)


def test_version_and_bare_command(capfd):
    assert cli.main(["--version"]) == 0
    assert capfd.readouterr().out == seqkit.__version__ + "\n"
    assert cli.main([]) == 2
    assert "Commands:" in capfd.readouterr().out


def test_train_help_lists_the_recipe_s_options(built, capfd):
    assert cli.main(["train", "fake", "--help"]) == 0
    shown = capfd.readouterr().out
    assert "--dropout  a number (default: 0.1)" in shown and "--out" in shown


def test_train_by_options(built, tmp_path, capfd):
    out = tmp_path / "runs" / "a"
    words = f"train fake --dataset d --target no --epochs 3 --out {out}"
    assert cli.main(words.split()) == 0
    assert built[0].options == {"dataset": "d", "target": "no", "dropout": 0.1}
    assert built[0].epochs == 3 and (out / "task.json").exists()
    assert capfd.readouterr().out == ""


def test_train_by_card_with_changes(built, tmp_path, capfd):
    card = tmp_path / "card.yaml"
    card.write_text(
        "recipe: fake\nbuild: {dropout: 0.3, target: fr}\nfit: {epochs: 9}\n"
        "evaluate: {split: test, num_beams: 4}\n"
    )
    words = f"train {card} --epochs 2 --set target=it --set evaluate.num_beams=1"
    assert cli.main(words.split()) == 0
    assert built[0].options == {"dataset": None, "target": "it", "dropout": 0.3}
    assert built[0].epochs == 2
    assert "beams:1" in capfd.readouterr().out


def test_a_dataset_by_splits(built, tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = "train fake --dataset train=a.tsv --dataset test_2=b=c.tsv --target no"
    assert cli.main([*words.split(), "--dataset", "dev=d e.tsv"]) == 0
    expected = {"train": "a.tsv", "test_2": "b=c.tsv", "dev": "d e.tsv"}
    assert built[0].options["dataset"] == expected
    assert cli.main("train fake --dataset test=b.tsv".split()) == 0
    assert built[1].options["dataset"] == {"test": "b.tsv"}


@pytest.mark.parametrize("path", ["train=a.tsv", "dir/x=1", "=", "owner/name"])
def test_a_dataset_that_is_a_path(built, tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    Path("train=a.tsv").touch()
    assert cli.main(["train", "fake", "--dataset", path]) == 0
    assert built[0].options["dataset"] == path


def test_splits_of_a_card_and_of_the_command_line(built, tmp_path):
    card = tmp_path / "card.yaml"
    card.write_text("recipe: fake\nbuild: {dataset: {train: a.tsv, test: b.tsv}}\n")
    assert cli.main(["train", str(card)]) == 0
    assert built[0].options["dataset"] == {"train": "a.tsv", "test": "b.tsv"}
    assert cli.main(["train", str(card), "--dataset", "train=c.tsv"]) == 0
    assert built[1].options["dataset"] == {"train": "c.tsv"}


@pytest.mark.parametrize("verb", ["train", "evaluate"])
def test_wrong_datasets(built, run_folder, capfd, verb):
    first = [verb, "fake" if verb == "train" else run_folder]

    def told(*given):
        words = [word for one in given for word in ("--dataset", one)]
        return refused(capfd, *first, *words)

    assert "train is given twice" in told("train=a", "test=b", "train=c")
    assert "found train=a and b" in told("train=a", "b")
    assert "expected one dataset, or SPLIT=FILE once" in told("a", "b")
    assert "expected SPLIT=FILE" in told("train=")
    assert not built


def test_evaluate_takes_splits(run_folder, monkeypatch):
    given = []

    class Dataset(FakeTask):
        def evaluate(self, split="test", *, dataset=None):
            given.append(dataset)
            return {}

    monkeypatch.setitem(vars(seqkit), "load", lambda folder: Dataset())
    words = ["evaluate", run_folder, "--dataset"]
    assert cli.main([*words, "test=a.tsv"]) == cli.main([*words, "a.tsv"]) == 0
    assert cli.main(words[:-1]) == 0
    assert given == [{"test": "a.tsv"}, "a.tsv", None]


def test_wrong_training_commands(built, tmp_path, capfd):
    error = refused(capfd, "train", "fake", "--tarqet", "de", "--dropout", "high")
    assert "--tarqet: unknown option; did you mean --target?" in error
    assert "--dropout: expected a number" in error and "--target, --dropout" in error
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
    assert not built


def test_wrong_commands(run_folder, capfd):
    assert "No such command" in refused(capfd, "trian")
    assert "See seqkit predict --help" in refused(capfd, "predict")
    assert "found nothing there" in refused(capfd, "predict", "absent")
    assert "mean --num-beams?" in refused(
        capfd, "evaluate", run_folder, "--set", "num_beam=1"
    )
    error = refused(capfd, "evaluate", run_folder, "--batch-size", "2")
    assert "--batch-size: evaluate of this task takes only: num_beams" in error
    (Path(run_folder) / "model").touch()
    assert "other files" in refused(capfd, "export", run_folder, run_folder)


def test_evaluate_prints_a_table_or_json(run_folder, capfd):
    assert cli.main(["evaluate", run_folder, "--split", "dev"]) == 0
    assert capfd.readouterr().out == ("dev\n  bleu       34.57\n  signature  beams:5\n")
    assert cli.main(["evaluate", run_folder, "--json", "--num-beams", "1"]) == 0
    metrics = json.loads(capfd.readouterr().out)
    assert metrics == {"bleu": 34.5678, "signature": "beams:1"}


def test_export(run_folder, tmp_path, capfd):
    assert cli.main(["export", run_folder, str(tmp_path / "e" / "1"), "--no-text"]) == 0
    assert (tmp_path / "e" / "1" / "text-False").exists()


def test_the_unexpected_ends_in_a_message_and_code_1(run_folder, capfd, monkeypatch):
    words = ["evaluate", run_folder, "--split", "broken"]
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
import signal, sys, types, seqkit
# What a shell starts in the background ignores Ctrl-C, and so would we.
signal.signal(signal.SIGINT, signal.default_int_handler)
from seqkit import cli
class Task:
    def predict(self, texts):
        if "wait" in texts:
            print("waiting", file=sys.stderr, flush=True)
            import time; time.sleep(60)
        return texts
vars(seqkit)["load"] = lambda folder: Task()
cli._prepare = lambda: None
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


def test_ctrl_c_ends_without_a_trace(echo):
    echo.stdin.write(b"wait\n")
    assert echo.stderr.readline() == b"waiting\n"
    echo.send_signal(signal.SIGINT)
    assert echo.wait(60) == 130
    assert echo.stderr.read() == b""
