"""Assets: declared once, saved and loaded by the task."""

import pytest

from seqkit.errors import SeqkitError
from seqkit.task import asset
from seqkit.task.assets import assets_of


class Note:
    """An asset that is a line of text."""

    def __init__(self, text):
        self.text = text

    def save(self, path):
        path.write_text(self.text)

    @classmethod
    def load(cls, path):
        return cls(path.read_text())


class Base:
    first = asset("first.txt", Note.load)
    labels = asset("labels.txt", Note.load, optional=True)

    def save(self, folder):
        for one in assets_of(self):
            one.save(self, folder)

    def load(self, folder):
        for one in assets_of(self):
            one.load(self, folder)


class Pair(Base):
    second = asset("second.txt", Note.load, same_as="first")


def test_an_asset_is_an_attribute_of_each_task():
    one, other = Base(), Base()
    one.first = Note("a")
    assert one.first.text == "a" and other.first is None
    assert isinstance(Base.first, asset) and Base.first.file == "first.txt"


def test_saved_and_loaded(tmp_path):
    task, loaded = Pair(), Pair()
    task.first, task.second, task.labels = Note("a"), Note("b"), Note("c")
    task.save(tmp_path)
    loaded.load(tmp_path)
    texts = [loaded.first.text, loaded.second.text, loaded.labels.text]
    assert texts == ["a", "b", "c"]


def test_one_object_for_two_is_saved_once(tmp_path):
    task, loaded = Pair(), Pair()
    task.first = task.second = Note("a")
    task.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["first.txt"]
    loaded.load(tmp_path)
    assert loaded.second is loaded.first and loaded.labels is None


def test_what_is_needed_and_missing(tmp_path):
    with pytest.raises(SeqkitError, match=r"no first\.txt in it"):
        Pair().load(tmp_path)


def test_what_is_needed_cannot_be_left_out_of_a_saved_task(tmp_path):
    with pytest.raises(SeqkitError, match="expected an asset that `learn` sets"):
        Base().save(tmp_path)


def test_a_subclass_may_declare_an_asset_again(tmp_path):
    class Other(Base):
        first = asset("other.txt", "tests.task.test_assets:Note.load")

    task, loaded = Other(), Other()
    assert [one.file for one in assets_of(task)] == ["other.txt", "labels.txt"]
    task.first = Note("a")
    task.save(tmp_path)
    loaded.load(tmp_path)
    assert loaded.first.text == "a"
