"""Outputs that cannot be written are refused before the work."""

import tempfile

import pytest

from seqkit import cli, runs
from seqkit.cli.output import readable
from seqkit.cli.outputs import check_file
from seqkit.errors import SeqkitError


@pytest.fixture(autouse=True)
def room(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").touch()


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("a\0b", "without a NUL"),
        ("a" * 5000, "cannot be written: File name too long"),
        ("folder", "expected a file, found a folder"),
        ("absent/file", "in a folder that exists, found none"),
    ],
)
def test_files_that_cannot_be(file, message):
    with pytest.raises(SeqkitError, match=message):
        check_file(file)


def test_folders_that_the_system_does_not_let_write(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    check_file("new")
    check_file("made/on the way/new", new_folders=True)
    runs.check_folder("new/one")
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(tempfile, "TemporaryDirectory", refuse)
    with pytest.raises(SeqkitError, match="^new: cannot be written: Permission"):
        check_file("new")
    with pytest.raises(SeqkitError, match="cannot be written: Permission"):
        check_file("made/on the way/new", new_folders=True)
    with pytest.raises(SeqkitError, match="no folder can be made here: Permission"):
        runs.check_folder("new/one")
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]


def test_a_file_in_place_of_a_folder_is_said_once(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SeqkitError, match="^file: expected a folder, found a file$"):
        runs.check_folder("file")


@pytest.mark.parametrize("file", ["a\0b.png", "folder/file/a.png"])
@pytest.mark.parametrize(
    "words",
    [
        ["init", "sentiment", "--out"],
        ["report", "absent", "--out"],
        ["plot-history", "absent"],
        ["find-lr", "sentiment", "--plot"],
    ],
)
def test_commands_refuse_them_first(words, file, capfd, monkeypatch):
    monkeypatch.setattr("seqkit.cli.card_options.build_options", None)
    monkeypatch.setattr(runs, "build", None)
    assert cli.main([*words, file]) == 2
    error = capfd.readouterr().err
    assert "NUL" in error or "cannot be written: Not a directory" in error


def test_messages_are_cut():
    assert readable("one " * 9000) == ("one " * 1000) + "…"
    assert len(readable(f"no {'a/' * 9000} here")) < 300
