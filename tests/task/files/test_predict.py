"""Predictions for the rows of a file: nothing lost, nothing half, and gone on with."""

import csv
import fcntl
import json

import pandas as pd
import pytest

from seqkit import cli
from seqkit.errors import SeqkitError
from seqkit.registries import writers

ROWS = [{"id": f"{n:03}", "en": text, "de": "x"} for n, text in enumerate("abcdefgh")]
EXPECTED = [row | {"predicted_text": row["en"].upper()} for row in ROWS]
READ = {
    "csv": lambda path: pd.read_csv(path, dtype=str, keep_default_na=False),
    "tsv": lambda path: pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False),
    "jsonl": lambda path: pd.DataFrame(map(json.loads, lines(path))),
    "parquet": pd.read_parquet,
    "xlsx": lambda path: pd.read_excel(path, dtype=str, keep_default_na=False),
}


def lines(path):
    return path.read_text("utf-8").splitlines()


@pytest.fixture
def task(fake, monkeypatch):
    """A task whose answers are capitals; `task.asked` are the inputs, by chunk."""
    task = fake.build()
    task.asked = []

    def answers(inputs, options):
        task.asked.append(list(inputs))
        if len(task.asked) == getattr(task, "stops_at", None):
            raise KeyboardInterrupt
        return [text.upper() for text in inputs]

    monkeypatch.setattr(task, "answers", answers)
    return task


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in" / "a.csv"
    path.parent.mkdir()
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, ROWS[0])
        writer.writeheader()
        writer.writerows(ROWS)
    return path


def found(path):
    rows = READ[path.suffix[1:]](path).to_dict("records")
    assert all(not row.pop("predicted_error") for row in rows)
    return rows


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("ending", list(writers))
def test_columns_stay_and_results_come(task, source, tmp_path, ending):
    target = tmp_path / "out" / f"b.{ending}"
    report = task.predict_file(source, target, chunk=3)
    assert (report.rows, report.unreadable) == (8, 0)
    assert [len(some) for some in task.asked] == [3, 3, 2]
    assert found(target) == EXPECTED
    assert names(target.parent) == [target.name]


@pytest.mark.parametrize("ending", list(READ))
def test_all_formats_are_read(task, source, tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    writers[ending](path, lambda: iter(ROWS))
    task.predict_file(path, tmp_path / "b.csv")
    assert found(tmp_path / "b.csv") == EXPECTED


def test_lines_of_text(task, tmp_path):
    (tmp_path / "a.txt").write_text("a\n\nb\n")
    task.predict_file(tmp_path / "a.txt", tmp_path / "b.tsv")
    head, *found = lines(tmp_path / "b.tsv")
    assert head == "text\tpredicted_text\tpredicted_error"
    assert found == ["a\tA\t", "\t\t", "b\tB\t"]


def test_a_file_without_a_header(task, tmp_path):
    (tmp_path / "a.csv").write_text("1;a\n2;b\n")
    more = {"column": 1, "header": False, "format": "jsonl"}
    task.predict_file(tmp_path / "a.csv", tmp_path / "b", **more)
    first = json.loads((tmp_path / "b").read_text().splitlines()[0])
    assert first == {"0": "1", "1": "a", "predicted_text": "A", "predicted_error": None}
    with pytest.raises(SeqkitError, match="column: expected the number"):
        task.predict_file(tmp_path / "a.csv", tmp_path / "c.csv", header=False)


def test_what_is_nested_becomes_columns_of_a_table(task, source, tmp_path, monkeypatch):
    answer = {"chances": {"x": 0.25, "y": 0.75}, "tags": ["O", "ü"], "sure": True}
    monkeypatch.setattr(task, "answers", lambda inputs, _: [answer] * len(inputs))
    task.predict_file(source, tmp_path / "b.csv")
    (first, *_) = csv.DictReader(lines(tmp_path / "b.csv"))
    assert first["predicted_chances.y"] == "0.75" and first["predicted_sure"] == "true"
    assert json.loads(first["predicted_tags"]) == ["O", "ü"]
    task.predict_file(source, tmp_path / "b.parquet")
    row = pd.read_parquet(tmp_path / "b.parquet").to_dict("records")[0]
    assert row["predicted_chances"] == {"x": 0.25, "y": 0.75}


def test_unreadable_rows_have_an_error(task, source, tmp_path):
    with open(source, "ab") as file:
        file.write(b"1,2\n009,\xff,y\n010,i,y\n")
    report = task.predict_file(source, tmp_path / "b.jsonl", chunk=3)
    assert (report.rows, report.unreadable) == (11, 2)
    *_, short, broken, last = map(json.loads, lines(tmp_path / "b.jsonl"))
    assert "line 10: expected 3 fields" in short["predicted_error"]
    assert "line 11: expected UTF-8 text" in broken["predicted_error"]
    assert last["predicted_text"] == "I" and last["predicted_error"] is None


@pytest.mark.parametrize("tail", [b"", b'{"predicted_te'])
def test_an_interrupted_call_is_continued(task, source, tmp_path, capfd, tail):
    target, task.stops_at = tmp_path / "b.csv", 3
    with pytest.raises(KeyboardInterrupt):
        task.predict_file(source, target, chunk=2)
    assert names(tmp_path) == ["b.csv.partial", "in"]
    with open(tmp_path / "b.csv.partial", "ab") as file:
        file.write(tail)
    task.asked, task.stops_at = [], None
    task.predict_file(source, target, chunk=2, batch_size=7)
    assert task.asked == [["e", "f"], ["g", "h"]]
    assert "b.csv.partial: continuing after 4 of 8" in capfd.readouterr().err
    assert found(target) == EXPECTED and names(tmp_path) == ["b.csv", "in"]


@pytest.mark.parametrize("change", ["input", "options", "task", "reading"])
def test_with_anything_else_it_begins_again(task, source, tmp_path, capfd, change):
    target, task.stops_at = tmp_path / "b.csv", 3
    with pytest.raises(KeyboardInterrupt):
        task.predict_file(source, target, chunk=2)
    task.asked, task.stops_at, more = [], None, {"chunk": 2}
    if change == "input":
        source.write_text(source.read_text().replace("a", "z"))
    elif change == "task":
        task.settle({"seed": 5})
    else:
        more |= {"options": {"num_beams": 2}, "reading": {"encoding": "cp1252"}}[change]
    task.predict_file(source, target, **more)
    assert len(task.asked) == 4
    said = f"of a run with another {change}; starting again"
    assert said in capfd.readouterr().err
    assert names(tmp_path) == ["b.csv", "in"]


def test_names_do_not_collide(task, source, tmp_path):
    task.predict_file(source, tmp_path / "b.csv")
    with pytest.raises(SeqkitError) as caught:
        task.predict_file(tmp_path / "b.csv", tmp_path / "c.csv")
    assert "predicted_text, predicted_error" in str(caught.value)
    assert "--prefix" in str(caught.value) and names(tmp_path) == ["b.csv", "in"]
    task.predict_file(tmp_path / "b.csv", tmp_path / "c.csv", prefix="again_")
    assert "again_text" in (tmp_path / "c.csv").read_text().splitlines()[0]
    source.write_text("en,en\na,b\n")
    with pytest.raises(SeqkitError, match="expected columns with different names"):
        task.predict_file(source, tmp_path / "d.csv")


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("old.csv", "expected a new file, found one"),
        ("in/a.csv", "expected another file than the input"),
        ("in", "expected an output ending in .csv, .tsv"),
        ("b.docx", "expected an output ending in .csv, .tsv"),
        ("b\0.csv", "output: expected a path without a NUL"),
        ("b" * 5000 + ".csv", "File name too long"),
        ("old.csv/b.csv", "File exists|Not a directory"),
    ],
)
def test_wrong_outputs_are_refused_before_the_work(
    task, source, tmp_path, output, message
):
    (tmp_path / "old.csv").write_text("old")
    with pytest.raises(SeqkitError, match=message):
        task.predict_file(source, tmp_path / output)
    assert not task.asked and (tmp_path / "old.csv").read_text() == "old"
    task.predict_file(source, tmp_path / "old.csv", overwrite=True)
    assert found(tmp_path / "old.csv") == EXPECTED


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("absent.csv", None, "expected a file, found nothing there"),
        ("a.docx", "x", "expected a file ending in .tsv, .csv"),
        ("a.csv", "x,y\n1,2\n", "expected a column 'en'.*found 'x', 'y'.*--column"),
        ("a.csv", 'en\n"a\nb\nc\n', "expected valid CSV"),
    ],
)
def test_wrong_inputs(task, tmp_path, name, text, message):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(SeqkitError, match=message):
        task.predict_file(tmp_path / name, tmp_path / "b.csv")
    assert not (tmp_path / "b.csv").exists() and not task.asked


def test_a_failure_while_writing_keeps_the_results(task, source, tmp_path):
    def write(path, rows):
        path.write_text("half")
        raise OSError(28, "No space left on device", str(path))

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(writers._parts, "csv", write)
        with pytest.raises(SeqkitError, match="No space left"):
            task.predict_file(source, tmp_path / "b.csv")
    assert names(tmp_path) == ["b.csv.partial", "in"]
    task.asked = []
    task.predict_file(source, tmp_path / "b.csv")
    assert not task.asked and found(tmp_path / "b.csv") == EXPECTED


def test_two_at_a_time_are_refused(task, source, tmp_path):
    with open(tmp_path / "b.csv.partial", "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(SeqkitError, match="another process is writing this file"):
            task.predict_file(source, tmp_path / "b.csv")


def test_rows_can_be_read_one_by_one(task, source):
    rows = task.predict_rows(source, chunk=2)
    assert next(rows) == EXPECTED[0] | {"predicted_error": None}
    assert len(task.asked) == 1


@pytest.fixture
def run_folder(tmp_path, fake):
    fake.build().save(tmp_path / "run")
    return str(tmp_path / "run")


def test_the_command(run_folder, source, tmp_path, capfd):
    words = ["predict", run_folder, "--input", str(source), "--num-beams", "1"]
    assert cli.main([*words, "--output", str(tmp_path / "b.csv")]) == 0
    captured = capfd.readouterr()
    assert not captured.out and "b.csv: 8 rows" in captured.err
    assert cli.main([*words, "--json"]) == 0
    first, *_ = map(json.loads, capfd.readouterr().out.splitlines())
    assert first == ROWS[0] | {"predicted_text": "A\r\n!", "predicted_error": None}
    with open(source, "a") as file:
        file.write("short\n")
    assert cli.main([*words, "--output", str(tmp_path / "c.out"), "--json"]) == 1
    assert "1 of 9 rows" in capfd.readouterr().err
    for wrong in (words, ["predict", run_folder, "--output", "x.csv"]):
        assert cli.main(wrong) == 2
        assert "expected an --" in capfd.readouterr().err
