"""Workbooks: cells as text, and files that are broken or hostile."""

import datetime
import re
import sys
import zipfile

import pytest

from seqkit.data import load_captions, load_labelled
from seqkit.data.sources.xlsx import read_xlsx, write_xlsx
from seqkit.errors import DataError, SeqkitError

openpyxl = pytest.importorskip("openpyxl")
COLUMNS = ("text", "label")


@pytest.fixture
def book(tmp_path):
    def make(*rows, name="x.xlsx"):
        made = openpyxl.Workbook()
        for row in rows:
            made.active.append(row)
        made.save(tmp_path / name)
        return tmp_path / name

    return make


def fields(path, columns=COLUMNS, **options):
    return [list(one.values.values()) for one in read_xlsx(path, columns, **options)]


def rewritten(path, part, change):
    """The workbook with another text of a part."""
    with zipfile.ZipFile(path) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_cells_are_text_as_excel_shows_them(book):
    day = datetime.datetime(2024, 2, 29, 12, 30)
    rows = [("a\nb", 1.0), (True, 0.5), (day, None), ("=1+1", "x")]
    found = fields(book(COLUMNS, *rows))
    assert found[:3] == [["a\nb", "1"], ["true", "0.5"], ["2024-02-29 12:30:00", ""]]
    assert found[3] == ["", "x"], "a formula that nothing has computed"


def test_header_and_columns_are_found_as_in_a_csv(book):
    path = book(("id", "label", "text", None), (1, "x", "a", None), (2, "y", "b", None))
    assert [one.values["text"] for one in read_xlsx(path, COLUMNS)] == ["a", "b"]
    assert fields(book(("a", "x"), ("b", "y"))) == [["a", "x"], ["b", "y"]]
    with pytest.raises(DataError, match="a header with the columns text, label"):
        fields(book(("id", "body", "kind"), (1, "a", "b")))


def test_empty_rows(book):
    path = book(COLUMNS, ("a", "x"), (None, None), ("b", "y"), *[(None, None)] * 5)
    found = list(read_xlsx(path, COLUMNS))
    assert [one.line for one in found] == [2, 3, 4]
    assert list(found[1].values.values()) == ["", ""]


def test_what_is_written_is_read(tmp_path):
    rows = [{"text": "=1+1", "n": {"a": 0.5, "b": [1, "ü"]}}, {"text": "\x01", "n": {}}]
    write_xlsx(tmp_path / "x.xlsx", lambda: iter(rows))
    found = fields(tmp_path / "x.xlsx", ())
    assert found == [["=1+1", "0.5", '[1, "ü"]'], ["\ufffd", "", ""]]


def test_loaders_read_it(book, tmp_path):
    path = book(COLUMNS, *[(f"text {n}", n % 2) for n in range(8)])
    splits = load_labelled(str(path), validation_fraction=0)
    assert splits["train"]["labels"][:3] == [["0"], ["1"], ["0"]]
    (tmp_path / "a.png").write_bytes(b"png")
    for head in (("file_name", "caption"), ("image", "caption"), None):
        rows = [head] * bool(head) + [("a.png", "a dog")]
        found = load_captions(str(book(*rows)), validation_fraction=0)
        assert found["train"]["captions"][:] == [["a dog"]]


def test_a_missing_package_names_the_extra(book, monkeypatch):
    path = book(COLUMNS, ("a", "x"))
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(SeqkitError, match=re.escape("pip install 'seqkit[xlsx]'")):
        load_labelled(str(path))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04" + b"x" * 99])
def test_no_workbook(tmp_path, content):
    (tmp_path / "x.xlsx").write_bytes(content)
    with pytest.raises(DataError, match="expected a readable .xlsx file"):
        fields(tmp_path / "x.xlsx")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("<c ", '<c t="s" ').replace("<v>", "<v>99"),
        lambda text: text.replace('<row r="1"', '<row r="many"'),
    ],
)
def test_a_damaged_sheet(book, change):
    path = rewritten(book(COLUMNS, (1, 2)), "xl/worksheets/sheet1.xml", change)
    with pytest.raises(DataError, match="expected a readable .xlsx file"):
        fields(path)


def test_a_bomb_is_refused_before_it_is_read(book):
    path = book(COLUMNS, ("a", "x"))
    rewritten(path, "xl/styles.xml", lambda text: text + " " * (1 << 27))
    with pytest.raises(DataError, match="a workbook of a usual size, found one that"):
        fields(path)


def test_entities_are_refused(book):
    def change(text):
        laugh = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
        head = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laugh}]>'
        return head + text.replace("<sheetData>", "<sheetData>&l9;")

    path = rewritten(book(COLUMNS, ("a", "x")), "xl/worksheets/sheet1.xml", change)
    with pytest.raises(DataError, match="expected plain XML, found a document type"):
        fields(path)


def test_dimensions_that_are_not_true(book):
    """A sheet that claims all of the 17 billion cells is read as it is."""

    def change(text):
        return re.sub('<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', text)

    path = rewritten(book(COLUMNS, ("a", "x")), "xl/worksheets/sheet1.xml", change)
    assert fields(path) == [["a", "x"]]
