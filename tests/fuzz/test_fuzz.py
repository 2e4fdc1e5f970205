"""Malformed input of every kind has a clear message, or is accepted for a reason.

Each case follows from its kind and seed: `KINDS[kind](random.Random(seed), room)` does
it again. A case fails on an unexpected error, on a message that is empty or endless,
and if it takes longer than a minute.
"""

import json
import random
import shutil
import signal
import traceback

import pytest

import seqkit
from seqkit.errors import SeqkitError
from seqkit.registries import recipes
from seqkit.training import Checkpoint
from tests import tiny
from tests.fuzz.cases import KINDS, REAL

# Cases by kind, of a thousand; a twentieth of them is tried by default.
CASES = {"options": 400, "card": 160, "words": 160, "data": 160}
CASES |= {"run_folder": 80, "checkpoint": 40}
SECONDS = 60


class Hang(BaseException):
    """No error that anything would catch."""


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A folder with a trained task and a checkpoint, made once."""
    room = tmp_path_factory.mktemp("fuzz")
    for name in REAL:
        (room / f"{name}-data").mkdir()
        folder = getattr(tiny, f"{name}_folder")(room / f"{name}-data")
        task = recipes[name].build(folder, **getattr(tiny, name.upper()))
        task.save(room / name)
    task = seqkit.load(room / "sentiment")
    checkpoint = Checkpoint(room / "checkpoint")
    checkpoint.set_model(task.model)
    checkpoint.on_epoch_end(0, {"loss": 1.0})
    return room


@pytest.fixture
def place(room, fake, monkeypatch):
    """The same as the working folder, with a run of the fake recipe."""
    monkeypatch.chdir(room)
    if not (room / "run").exists():
        fake.build().save(room / "run")
    return room


def stop(*_):
    raise Hang


def tried(kind, seeds, room):
    """Does cases of a kind; returns how each ended, and what failed."""
    ends, failures = [], []
    before = signal.signal(signal.SIGALRM, stop)
    try:
        for seed in seeds:
            signal.alarm(SECONDS)
            try:
                ends.append(KINDS[kind](random.Random(seed), room))
            except (Exception, Hang):
                last = "".join(traceback.format_exc().splitlines(True)[-4:])
                failures.append(f"{kind}, seed {seed}: {last[:900]}")
            finally:
                signal.alarm(0)
    finally:
        signal.signal(signal.SIGALRM, before)
    return ends, failures


@pytest.mark.parametrize("kind", list(KINDS))
def test_malformed_input(kind, place):
    ends, failures = tried(kind, range(CASES[kind] // 20), place)
    assert not failures, "\n".join(failures)
    assert set(ends) <= {"refused", "accepted"}


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(KINDS))
def test_a_thousand_malformed_inputs(kind, place):
    ends, failures = tried(kind, range(1000, 1000 + CASES[kind]), place)
    assert not failures, "\n".join(failures)
    # Damage that no check sees would make this test say nothing.
    assert ends.count("refused") > len(ends) / 5


@pytest.mark.parametrize(
    ("recipe", "file", "field"),
    [
        ("sentiment", "labels.json", "num_classes"),
        ("sentiment", "tokenizer", "vocabulary_size"),
        ("tagging", "tags.json", "num_tags"),
    ],
)
def test_assets_of_another_model(room, tmp_path, recipe, file, field):
    """A list of names that is longer than the one the model was made with."""
    run = shutil.copytree(room / recipe, tmp_path / "run")
    document = json.loads((run / file).read_text())
    (names,) = [k for k in ("names", "words", "entries", "labels") if k in document]
    document[names] += ["xqz", "xqzz"]
    (run / file).write_text(json.dumps(document))
    with pytest.raises(SeqkitError, match=f"{file}: .*{field}"):
        seqkit.load(run)
