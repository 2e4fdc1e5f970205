"""A saved folder is there whole or not at all, and says what is wrong with it."""

import json
import os
import zipfile
from pathlib import Path

import pytest

import seqkit
from seqkit.errors import SeqkitError
from seqkit.registries import recipes
from seqkit.task import asset
from seqkit.task.reading import check_sizes, reading
from seqkit.task.saving import portable
from tests.task.test_assets import Note


@pytest.fixture
def noted(registered, fake):
    """A recipe with an asset that can be left out."""

    class Noted(fake):
        """Fake with a note."""

        built = []
        note = asset("note.txt", Note.load, optional=True)

    return registered("noted", Noted)


def test_what_is_saved_comes_back(noted, tmp_path):
    task = noted.build("data", target="fr", dropout=0.25)
    task.note, task.history = Note("a"), {"loss": [2.0, 1.0]}
    task.evaluate("test")
    task.save(tmp_path / "runs" / "a")
    document = json.loads((tmp_path / "runs" / "a" / "task.json").read_text())
    assert document["recipe"] == "noted" and document["format_version"] == 2
    assert document["files"] == [
        "README.md",
        "model.keras",
        "note.txt",
        "task.json",
    ]
    loaded = seqkit.load(tmp_path / "runs" / "a")
    assert type(loaded) is noted and loaded.options == task.options
    assert loaded.note.text == "a" and loaded.history == task.history
    assert loaded.results == task.results == {"test": task.evaluate("test")}
    assert [path.name for path in tmp_path.joinpath("runs").iterdir()] == ["a"]


def test_loaded_with_another_dataset(fake, tmp_path):
    fake.build().save(tmp_path / "run")
    task = seqkit.load(tmp_path / "run", dataset={"test": ["x"]})
    assert list(task.splits) == ["test"]


def test_options_are_saved_settled(fake, tmp_path):
    """What a default was when the task was saved stays, whatever it is later."""
    fake.build().save(tmp_path / "run")
    config = json.loads((tmp_path / "run" / "task.json").read_text())["config"]
    assert set(config) == set(fake.Options.model_fields)
    assert config["dropout"] == 0.2  # of the sample


def test_a_dataset_in_memory_leaves_its_type(fake, tmp_path):
    fake.build({"train": ["a"], "test": ["b"]}).save(tmp_path / "run")
    loaded = seqkit.load(tmp_path / "run")
    with pytest.raises(SeqkitError, match="built with a dict in memory"):
        loaded.evaluate("test") and loaded.splits
    assert loaded.use_dataset({"test": ["c"]}).split("test") == ["c"]


def test_a_dataset_of_files_is_kept(fake, tmp_path):
    files = {"train": tmp_path / "a.tsv", "test": "b.tsv"}
    fake.build(files).save(tmp_path / "run")
    kept = seqkit.load(tmp_path / "run").options.dataset
    assert kept == {"train": str(tmp_path / "a.tsv"), "test": "b.tsv"}


def test_portable_is_json():
    class Named:
        name = "a model"

    config = {"a": Path("x"), "b": Named(), "c": [1], "dataset": [1, 2]}
    assert json.loads(json.dumps(portable(config))) == {
        "a": "x",
        "b": "a model",
        "c": [1],
        "dataset": {"in_memory": "list"},
    }


def test_saved_over_another_nothing_of_it_is_left(noted, tmp_path):
    task = noted.build()
    task.note = Note("a")
    task.save(tmp_path)
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "checkpoints").mkdir()
    task.note = None
    task.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "README.md",
        "checkpoints",
        "mine.txt",
        "model.keras",
        "task.json",
    ]
    assert seqkit.load(tmp_path).note is None


def test_what_is_not_a_task_is_left_alone(fake, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    for path in (tmp_path, tmp_path / "thesis.txt"):
        with pytest.raises(SeqkitError, match="Nothing was overwritten"):
            fake.build().save(path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_crash_leaves_what_was_there(fake, tmp_path, monkeypatch):
    task = fake.build(target="fr")
    task.save(tmp_path / "run")
    before = (tmp_path / "run" / "task.json").read_text()
    monkeypatch.setattr(task.model, "save", lambda path: 1 / 0)
    for name in ("run", "new"):
        with pytest.raises(ZeroDivisionError):
            task.save(tmp_path / name)
    assert (tmp_path / "run" / "task.json").read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def change(folder, **changes):
    file = folder / "task.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_a_recipe_that_is_not_registered(fake, tmp_path):
    fake.build(target="fr").save(tmp_path / "run")
    del recipes._parts["fake"]
    with pytest.raises(SeqkitError, match="found 'fake'.*recipe="):
        seqkit.load(tmp_path / "run")
    assert seqkit.load(tmp_path / "run", recipe=fake).options.target == "fr"


def test_another_recipe_than_that_of_the_folder(fake, noted, tmp_path):
    fake.build().save(tmp_path)
    with pytest.raises(SeqkitError, match="of the recipe noted, found one of 'fake'"):
        seqkit.load(tmp_path, recipe=noted)


def test_wrong_options_in_a_saved_task_are_reported_together(fake, tmp_path):
    fake.build().save(tmp_path / "run")
    change(tmp_path / "run", config={"dropout": 2, "nothing": 1})
    with pytest.raises(SeqkitError) as caught:
        seqkit.load(tmp_path / "run")
    first, second = caught.value.problems
    assert first.startswith(str(tmp_path / "run" / "task.json") + ": config.dropout: ")
    assert "config.nothing: unknown" in second


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format_version": 3}, "expected format_version 2 or older, found 3"),
        ({"format_version": "1"}, "format_version: expected an integer from 1"),
        ({"format_version": True}, "format_version: expected an integer from 1"),
        ({"recipe": ["fake"]}, "recipe: expected text, found"),
        ({"recipe": "nonesuch"}, "found 'nonesuch'"),
        ({"recipe": "tagging"}, "config.share: unknown"),
        ({"config": []}, "config: expected a mapping, found"),
        ({"config": 7}, "config: expected a mapping, found 7"),
        ({"config": None}, "config: expected a mapping, found None"),
        ({"files": {"a": 1}}, "files: expected a list, each of which is text"),
        ({"files": [1]}, "files: expected a list, each of which is text"),
        ({"history": [1.0]}, "history: expected a mapping, found"),
        ({"history": {"loss": "low"}}, "history: expected a mapping, found"),
        ({"results": {"test": 1}}, "results: expected a mapping, found"),
        ({"splits": {"test": "many"}}, "splits: expected a mapping, found"),
    ],
    ids=str,
)
def test_a_document_that_is_wrong(fake, tmp_path, changes, message):
    fake.build().save(tmp_path)
    change(tmp_path, **changes)
    with pytest.raises(SeqkitError, match=rf"task\.json: .*{message}"):
        seqkit.load(tmp_path)


@pytest.mark.parametrize(
    "config", ["[" * 10_000 + "]" * 10_000, '{"a":' * 900 + "1" + "}" * 900], ids=len
)
@pytest.mark.parametrize("field", ["config", "history", "files"])
def test_a_document_that_is_nested_deeply(fake, tmp_path, field, config):
    fake.build().save(tmp_path)
    text = '{"format_version": 1, "recipe": "fake", "config": {}, "%s": %s}'
    (tmp_path / "task.json").write_text(text % (field, config))
    with pytest.raises(SeqkitError, match=r"task\.json: "):
        seqkit.load(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 100_000, "\ud800"], ids=len)
def test_a_document_that_is_none(fake, tmp_path, text):
    fake.build().save(tmp_path)
    (tmp_path / "task.json").write_bytes(text.encode(errors="surrogatepass"))
    with pytest.raises(SeqkitError, match=r"task\.json: .*expected"):
        seqkit.load(tmp_path)


def test_a_folder_that_is_not_whole(fake, tmp_path):
    fake.build().save(tmp_path / "run")
    (tmp_path / "run" / "model.keras").unlink()
    with pytest.raises(SeqkitError, match=r"model\.keras: .*damaged"):
        seqkit.load(tmp_path / "run")
    with pytest.raises(SeqkitError, match="no task.json in it"):
        seqkit.load(tmp_path)
    with pytest.raises(SeqkitError, match="no such folder"):
        seqkit.load(tmp_path / "nothing")


def test_a_file_that_may_not_be_read_is_not_called_damaged(tmp_path):
    with pytest.raises(SeqkitError, match="a.json: Permission denied"):
        with reading(tmp_path / "a.json"):
            raise PermissionError(13, "Permission denied", "a.json")


@pytest.mark.parametrize("name", ["model.keras", "note.txt", "task.json"])
def test_a_pipe_or_a_folder_in_place_of_a_file(noted, tmp_path, name):
    task = noted.build()
    task.note = Note("a")
    task.save(tmp_path)
    (tmp_path / name).unlink()
    os.mkfifo(tmp_path / name)
    with pytest.raises(SeqkitError, match=rf"{name}"):
        seqkit.load(tmp_path)
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    with pytest.raises(SeqkitError, match=rf"{name}"):
        seqkit.load(tmp_path)


@pytest.mark.parametrize("error", [AttributeError("x"), RecursionError(), KeyError(1)])
def test_whatever_a_reader_raises_names_the_file(tmp_path, error):
    with pytest.raises(SeqkitError, match="a file: expected a file that save wrote"):
        with reading(tmp_path / "a file"):
            raise error


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"hidden_dim": 10**12}, "expected hidden_dim up to 1000000, found 10{12}"),
        ({"inner": [{"config": {"num_layers": 10**9}}]}, "expected num_layers up to"),
        ({"shape": [None, -(10**30)]}, "expected shape up to"),
        ({"hidden_dim": 512, "seed": 10**9, "num_layers": 12}, None),
    ],
    ids=str,
)
def test_sizes_beyond_all_bounds_are_refused_unbuilt(tmp_path, config, message):
    file = tmp_path / "model.keras"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", json.dumps({"config": config}))
    if message is None:
        check_sizes(file)
    else:
        with pytest.raises(SeqkitError, match=rf"model\.keras: {message}"):
            check_sizes(file)
