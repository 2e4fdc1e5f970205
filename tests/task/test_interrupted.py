"""A run is continued only with what it rests on."""

import json
import shutil

import numpy as np
import pytest

from seqkit.errors import SeqkitError
from seqkit.recipes import sentiment
from seqkit.task.interrupted import fingerprint
from tests import tiny

OPTIONS = {**tiny.SENTIMENT, "architecture": "gru", "hidden_dim": 4}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tiny.sentiment_folder(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    """The checkpoints of a run of one epoch."""
    folder = tmp_path_factory.mktemp("run")
    sentiment.build(data, **OPTIONS).fit(1, verbose=0, checkpoint_dir=folder)
    return folder


def refused(task, folder):
    with pytest.raises(SeqkitError) as caught:
        task.fit(2, verbose=0, checkpoint_dir=folder, resume=True)
    return str(caught.value)


def test_the_same_run_goes_on(data, run, tmp_path):
    task = sentiment.build(data, **OPTIONS, cache_dir=str(tmp_path))
    task.fit(2, verbose=0, checkpoint_dir=run, resume=True)
    assert len(task.history["loss"]) == 2


def test_a_run_without_a_whole_epoch_says_that_it_begins_anew(
    data, run, tmp_path, capsys
):
    folder = tmp_path / "run"
    shutil.copytree(run, folder, ignore=shutil.ignore_patterns("checkpoint.npz"))
    task = sentiment.build(data, **OPTIONS)
    task.fit(1, verbose=0, checkpoint_dir=folder, resume=True)
    assert f"{folder}: no whole epoch" in capsys.readouterr().err


def test_a_run_that_ended_before_it_was_recorded_begins_anew(data, tmp_path, capsys):
    (tmp_path / "card.json").write_text("{}")
    task = sentiment.build(data, **OPTIONS)
    task.fit(1, verbose=0, checkpoint_dir=tmp_path, resume=True)
    assert f"{tmp_path}: no whole epoch" in capsys.readouterr().err
    assert (tmp_path / "run.json").is_file()


def test_a_run_in_float16_goes_on(data, tmp_path):
    options = OPTIONS | {"dtype_policy": "mixed_float16"}
    whole = sentiment.build(data, **options)
    whole.fit(2, verbose=0)
    sentiment.build(data, **options).fit(1, verbose=0, checkpoint_dir=tmp_path)
    resumed = sentiment.build(data, **options)
    resumed.fit(2, verbose=0, checkpoint_dir=tmp_path, resume=True)
    assert len(resumed.history["loss"]) == 2
    for one, other in zip(
        resumed.model.get_weights(), whole.model.get_weights(), strict=True
    ):
        np.testing.assert_allclose(one, other, 1e-4, 1e-5)


def test_other_options_are_named(data, run):
    other = OPTIONS | {"learning_rate": 1e-4, "batch_size": 4, "dropout": 0.1}
    message = refused(sentiment.build(data, **other), run)
    for part in (
        "learning_rate: 0.03 then, 0.0001 now",
        "batch_size: 8 then, 4 now",
        "dropout: 0.3 then, 0.1 now",
        "batches per epoch: 15 then, 30 now",
        "delete the folder",
    ):
        assert part in message


def test_data_that_grew_are_refused_and_the_tokenizer_is_kept(data, run, tmp_path):
    for file in data.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "train.tsv").open("a") as file:
        file.write("Something entirely new.\tpositive\n" * 9)
    message = refused(sentiment.build(tmp_path, **OPTIONS), run)
    assert "tokenizer: another one than then" in message
    assert "batches per epoch: 15 then, 17 now" in message
    assert (run / "assets" / "tokenizer").exists()


def test_a_run_of_another_recipe(data, run, tmp_path):
    for file in run.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    document = json.loads((run / "run.json").read_text()) | {"recipe": "tagging"}
    (tmp_path / "run.json").write_text(json.dumps(document))
    message = refused(sentiment.build(data, **OPTIONS), tmp_path)
    assert "expected a run of the recipe 'tagging'" in message


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"options": 3}', "[" * 9999])
def test_a_folder_that_holds_something_else(data, tmp_path, text):
    (tmp_path / "notes.txt").touch()
    if text is not None:
        (tmp_path / "run.json").write_text(text)
    task = sentiment.build(data, **OPTIONS)
    assert "expected" in refused(task, tmp_path)
    assert "no such folder" in refused(task, tmp_path / "absent")


@pytest.mark.parametrize("epoch", [None, 10**30, -1, "1", 1.5, True])
def test_a_checkpoint_with_a_wrong_epoch(data, run, tmp_path, epoch):
    import numpy as np

    for file in run.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    arrays = dict(np.load(run / "checkpoint.npz"))
    document = json.loads(arrays["document"].tobytes()) | {"epoch": epoch}
    arrays["document"] = np.frombuffer(json.dumps(document).encode(), np.uint8)
    np.savez(tmp_path / "checkpoint.npz", **arrays)
    message = refused(sentiment.build(data, **OPTIONS), tmp_path)
    assert "expected a checkpoint" in message


class Few:
    """Batches of tokens, and weights whose last digits are another machine's."""

    def __init__(self, *tokens, weight=1.0):
        self.tokens, self.weight = tokens, weight

    def __len__(self):
        return len(self.tokens)

    def batch(self, epoch, step):
        return {"ids": np.array([self.tokens[step]])}, np.array([self.weight])


def test_processes_compare_what_they_train_on():
    known = fingerprint(Few(1, 2, 3))
    assert fingerprint(Few(1, 2, 3, weight=1.0000001)) == known
    assert known not in map(fingerprint, (Few(1, 3, 2), Few(1, 2), Few(1, 2, 4)))
