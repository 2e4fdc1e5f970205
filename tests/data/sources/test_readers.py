"""Readers: what a file holds comes out unharmed, and bad lines are named."""

import csv
import gzip
import json

import pyarrow
import pyarrow.parquet
import pytest

from seqkit.data import Record, load_labelled, load_pairs, load_texts
from seqkit.data.sources.json_files import read_json, read_jsonl
from seqkit.data.sources.readers import (
    read_document,
    read_parallel,
    read_parquet,
    read_text,
    readers,
    readers_for,
)
from seqkit.data.sources.tables import read_csv, read_tsv
from seqkit.data.sources.xlsx import write_xlsx
from seqkit.errors import DataError

COLUMNS = ("en", "de")
STRANGE = [
    "a\u2028b\x85c\x0bd\x0ce\x1cf",  # line ends to str.splitlines, not to us
    "nul \0 <s> </s> 🤖 e\u0301 \u202eשלום",
    " spaces stay ",
    "\ufeffa mark",
]


def pairs(records):
    return [(record.values["en"], record.values["de"]) for record in records]


def write(path, content):
    content = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.fixture
def one(tmp_path):
    return lambda content, name="x.tsv": write(tmp_path / name, content)


@pytest.fixture
def two(tmp_path):
    def make(en, de, ending=""):
        names = (tmp_path / f"train.{column}{ending}" for column in COLUMNS)
        return [write(*each) for each in zip(names, (en, de), strict=True)]

    return make


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_parallel_text_comes_out_as_it_stands(two, ending, line_end, last):
    english = line_end.join(STRANGE) + line_end * last
    german = line_end.join("wxyz") + line_end * last
    found = pairs(read_parallel(two(english, german, ending), COLUMNS))
    assert found == list(zip(STRANGE, "wxyz", strict=True))


def test_byte_order_mark_goes_only_at_the_start(two):
    paths = two("\ufeffa\n\ufeffb\n", "c\nd\n")
    assert pairs(read_parallel(paths, COLUMNS)) == [("a", "c"), ("\ufeffb", "d")]


@pytest.mark.parametrize("swap", [False, True])
def test_unequal_line_counts(two, swap):
    texts = ["a\nb\nc\nd\n", "x\ny\n"]
    records = read_parallel(two(*texts[:: -1 if swap else 1]), COLUMNS)
    with pytest.raises(DataError, match="2 and 4" if swap else "4 and 2"):
        list(records)


def test_broken_utf8_names_file_line_and_byte(two):
    paths = two(b"a\nb\nc\n", b"x\nyz\xff\nw\n")
    first, broken, last = read_parallel(paths, COLUMNS)
    assert isinstance(broken, DataError)
    assert str(broken).startswith(f"{paths[1]}, line 2: ")
    assert "byte 0xff at byte 3" in str(broken)
    assert pairs([first, last]) == [("a", "x"), ("c", "w")]


def test_tsv_by_header_and_without(one):
    named = one("id\tde\ten\n1\tHund\tdog\n2\tKatze\tcat\n")
    assert pairs(read_tsv(named, COLUMNS)) == [("dog", "Hund"), ("cat", "Katze")]
    bare = one('a "dog\tein "Hund"\n" \t"\n')
    assert pairs(read_tsv(bare, COLUMNS)) == [('a "dog', 'ein "Hund"'), ('" ', '"')]


def test_tsv_keeps_strange_text(one):
    path = one("".join(f"{text}\tx\n" for text in STRANGE))
    assert [en for en, _ in pairs(read_tsv(path, COLUMNS))] == STRANGE


def all_of(records):
    for record in records:
        if isinstance(record, DataError):
            raise record


@pytest.mark.parametrize(
    "first", ["en\tger\n", "EN\tDE\n", "a\tb\tc\n", "a\n", "\n", "en\ten\tde\n"]
)
def test_first_line_that_names_no_columns(one, first):
    with pytest.raises(DataError, match="x.tsv, line 1: expected a header") as error:
        all_of(read_tsv(one(first + "a\tb\n"), COLUMNS))
    assert repr(first.strip().split("\t")[0])[1:-1] in str(error.value)


def test_tsv_with_a_wrong_number_of_fields(one):
    path = one("a\tb\n\nc\td\te\nf\tg\n")
    _, empty, three, good = read_tsv(path, COLUMNS)
    assert str(empty) == f"{path}, line 2: expected 2 fields, found an empty line"
    assert str(three).endswith("line 3: expected 2 fields, found ['c', 'd', 'e']")
    assert good.line == 4


def test_csv_quotes(one):
    path = one('en,de\n"a, b","say ""c"""\r\n"two\nlines",d\ne,f\n', "x.csv")
    records = list(read_csv(path, COLUMNS))
    expected = [("a, b", 'say "c"'), ("two\nlines", "d"), ("e", "f")]
    assert pairs(records) == expected
    assert [record.line for record in records] == [2, 3, 5]


def test_csv_keeps_strange_text(one):
    path = one("".join(f'"{text}",x\n' for text in STRANGE), "x.csv")
    assert [en for en, _ in pairs(read_csv(path, COLUMNS))] == STRANGE


def test_csv_fields_of_any_length(one):
    long = "a" * 200_000
    limit = csv.field_size_limit()
    assert pairs(read_csv(one(f'en,de\n"{long}",x\nc,d\n', "x.csv"), COLUMNS)) == [
        (long, "x"),
        ("c", "d"),
    ]
    assert csv.field_size_limit() == limit


def test_a_separator(one):
    path = one('en; de\n"a; b";c\n', "x.csv")
    found = readers_for("utf-8", separator=";")
    assert pairs(found["csv"](path, COLUMNS)) == [("a; b", "c")]
    assert pairs(found["tsv"](one("a;b\n"), COLUMNS)) == [("a", "b")]
    (found,) = read_csv(path, COLUMNS)  # semicolons are found, and noted
    assert pairs([found]) == [("a; b", "c")]
    assert found.notes == ("columns are separated by semicolons",)
    with pytest.raises(DataError, match="give separator='|'"):
        list(read_csv(one("en|de\na|b\n", "y.csv"), COLUMNS))
    with pytest.raises(DataError, match="of one character for CSV, found '::'"):
        list(read_csv(path, COLUMNS, separator="::"))
    with pytest.raises(DataError, match="separator: expected"):
        readers_for("utf-8", separator="")


@pytest.mark.parametrize(
    ("text", "columns", "found"),
    [
        ("a;b\nc;d\n", COLUMNS, ["a", "c"]),  # no header, two columns
        ("x;en;y;de\n1;a;2;b\n", COLUMNS, ["a"]),
        ('en;de\n"a, b";"c; d"\n', COLUMNS, ["a, b"]),
        ("a, b;c\nd, e;f\n", COLUMNS, ["a", "d"]),  # commas come first
        ("en\na; b\n", ("en",), ["a; b"]),
        ("a; b\nc\n", ("en",), ["a; b", "c"]),  # one column, no header
    ],
)
def test_semicolons_separate_where_the_columns_are_so(one, text, columns, found):
    records = read_csv(one(text, "x.csv"), columns)
    assert [record.values["en"] for record in records] == found


ROWS = [{"en": "a\u2028b", "de": ["x", 1]}, {"en": "c", "more": None}]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2, ensure_ascii=False),
        "\n\n" + json.dumps(ROWS).replace("},", "}\n  ,\n") + "\n\n",
        "\n".join(json.dumps(row) for row in ROWS),  # lines, under another name
    ],
)
def test_json_rows(one, text):
    records = list(read_json(one(text, "x.json"), COLUMNS))
    assert [record.values for record in records] == ROWS
    assert [bool(record.notes) for record in records] == [text[0] == "{"] * 2


def test_json_names_lines(one):
    path = one('[\n{"en": "a"},\n\n3, {"en":\n"b"}\n]', "x.json")
    good, bad, last = read_json(path, COLUMNS)
    assert (good.line, bad.line, last.line) == (2, 4, 4)
    assert str(bad).endswith("line 4: expected a JSON object, found 3 as number 1")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected an array of JSON objects, found an empty file"),
        ('{"data": [\n]}', 'expected an array of JSON objects, found \'{"data"'),
        ('[{"a": 1}\n', "expected a comma or the end of the array, found the end"),
        ('[{"a": 1}\n{"b": 2}]', "line 2: expected a comma or the end"),
        ('[\n{"a": 1}, {"a" 2}]', "line 2: expected a JSON object, found Expecting"),
        ("[] []", "expected nothing after the array, found '[]'"),
        ("[" * 100_000, "expected a JSON object"),
    ],
)
def test_broken_json(one, text, message):
    with pytest.raises(DataError) as caught:
        list(read_json(one(text, "x.json"), COLUMNS))
    assert message in str(caught.value) and ".jsonl" in str(caught.value)


def test_every_loader_reads_json_and_sheets(one, tmp_path):
    rows = [{"text": "a", "label": 1}, {"text": "b", "label": 0}]
    path = str(one(json.dumps(rows), "x.json"))
    splits = load_labelled(path, validation_fraction=0)
    assert splits["train"]["labels"][:] == [["1"], ["0"]]
    assert load_texts(path, validation_fraction=0)["train"]["text"][:] == ["a", "b"]
    write_xlsx(tmp_path / "y.xlsx", lambda: iter([{"en": "a", "de": "b"}]))
    more = {"source": "en", "target": "de", "validation_fraction": 0}
    (pair,) = load_pairs(str(tmp_path / "y.xlsx"), **more)["train"]
    assert pair == {"source": "a", "target": "b"}


def test_csv_goes_on_after_a_bad_line(one):
    path = one(b'a,b\n"c"x,d\ne,\xfff\n"g",h\n', "x.csv")
    good, quote, byte, last = read_csv(path, COLUMNS)
    assert (quote.line, byte.line) == (2, 3)
    assert pairs([good, last]) == [("a", "b"), ("g", "h")]


def test_csv_with_an_open_quote_cannot_go_on(one):
    with pytest.raises(DataError, match="line 2: expected valid CSV"):
        list(read_csv(one('a,b\n"c,d\ne,f\n', "x.csv"), COLUMNS))


def test_jsonl(one):
    content = '{"en": "\\u00e9\\u2028", "de": 1}\n{"en"\n\n[1]\n{}\n'
    good, broken, empty, array, last = read_jsonl(one(content), COLUMNS)
    assert good.values == {"en": "é\u2028", "de": 1}
    assert (broken.line, empty.line, array.line, last.line) == (2, 3, 4, 5)
    assert "expected a JSON object on one line, found [1]" in str(array)


def test_parquet_reads_only_the_wanted_columns(tmp_path):
    path = tmp_path / "x.parquet"
    table = pyarrow.table({"en": STRANGE, "id": [1, 2, 3, 4], "de": list("wxyz")})
    pyarrow.parquet.write_table(table, path)
    records = list(read_parquet(path, COLUMNS))
    assert pairs(records) == list(zip(STRANGE, "wxyz", strict=True))
    assert records[3].row == 3 and list(records[3].values) == ["en", "de"]
    assert list(next(read_parquet(path, ("en", "fr"))).values) == ["en", "id", "de"]


@pytest.mark.parametrize("reader, name", [(read_parquet, "x"), (read_tsv, "x.gz")])
def test_a_file_that_is_something_else(tmp_path, reader, name):
    (tmp_path / name).write_bytes(b"neither gzip nor parquet")
    with pytest.raises(DataError, match="expected a readable"):
        list(reader(tmp_path / name, COLUMNS))


def test_a_gzip_file_that_was_cut(tmp_path):
    path = tmp_path / "x.tsv.gz"
    path.write_bytes(gzip.compress(b"a\tb\n" * 1000)[:-12])
    with pytest.raises(DataError, match="expected a readable file"):
        list(read_tsv(path, COLUMNS))


ENCODINGS = ["cp1252", "utf-16", "utf-16-le", "utf-32-be", "gb18030", "utf-8-sig"]
WESTERN = ["café naïve", "", " x\xa0y ", "“”"]


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_files_in_other_encodings(two, encoding, line_end, ending):
    wide = encoding.startswith(("utf", "gb"))
    # Characters that hold the byte of a line end: U+0A0A, U+010A, U+0D0A.
    lines = WESTERN + ["\u0a0a\u010a\u0d0a", *STRANGE[:3]] * wide
    text = "".join(line + line_end for line in lines).encode(encoding)
    found = pairs(read_parallel(two(text, text, ending), COLUMNS, encoding=encoding))
    assert found == list(zip(lines, lines, strict=True))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_a_mark_before_utf_16_goes_whether_it_is_asked_for_or_not(one, encoding):
    content = "\ufeffa\tb\n\ufeffc\td\n".encode(encoding)
    for given in (encoding, encoding[:6]):
        found = pairs(read_tsv(one(content), COLUMNS, encoding=given))
        assert found == [("a", "b"), ("\ufeffc", "d")]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_every_kind_of_text_file_takes_an_encoding(one, encoding):
    def read(reader, text, columns=COLUMNS):
        records = list(reader(one(text.encode(encoding)), columns, encoding=encoding))
        return [tuple(record.values.values()) for record in records]

    assert read(read_tsv, "é\tö\n") == [("é", "ö")]
    assert read(read_csv, '"é\nè",ö\r\n') == [("é\nè", "ö")]
    assert read(read_jsonl, '{"a": "é"}\n') == [("é",)]
    assert read(read_text, "é\nö", ["text"]) == [("é",), ("ö",)]
    assert read(read_document, "é\nö\n", ["text"]) == [("é\nö",)]


def test_a_likely_encoding_is_named(one):
    fine = "a fine crème brûlée, très bonne\tno\n" * 5
    for encoding in ("cp1252", "utf-16"):
        records = read_text(one(fine.encode(encoding)), ["text"])
        expected = f'It looks like {encoding}: give encoding="{encoding}"'
        assert expected in str(next(records))
    cyrillic = "Фильм очень понравился, но конец плохой\tнет\n" * 9
    records = read_text(one(cyrillic.encode("cp1251")), ["text"])
    assert 'give encoding="cp1251"' in str(next(records))
    records = read_text(one(fine.encode()), ["text"], encoding="ascii")
    assert "ascii text, found byte 0xc3 at character 10" in str(next(records))
    records = read_text(one(fine.encode()), ["text"], encoding="ascii")
    assert "It looks like utf-8" in str(next(records))


def test_a_damaged_line_of_utf8_is_not_called_another_encoding(one):
    path = one("crème brûlée\n".encode() * 9 + b"cr\xe8me\n")
    *_, bad = read_text(path, ["text"])
    assert "looks like" not in str(bad) and "Convert the file" in str(bad)


def test_broken_bytes_of_other_encodings_cost_their_line_alone(one):
    path = one(b"a,b\nc,\x81\ne,f\n", "x.csv")
    first, bad, last = read_csv(path, COLUMNS, encoding="cp1252")
    assert str(bad).startswith(
        f"{path}, line 2: expected cp1252 text, found byte 0x81 at character 3 of"
    )
    assert pairs([first, last]) == [("a", "b"), ("e", "f")]
    high = "\ud800".encode("utf-16-le", errors="surrogatepass")
    content = "a\tb\nc\t".encode("utf-16-le") + high + "\ne\tf\n".encode("utf-16-le")
    first, bad, last = read_tsv(one(content), COLUMNS, encoding="utf-16-le")
    assert isinstance(bad, DataError) and bad.line == 2
    assert pairs([first, last]) == [("a", "b"), ("e", "f")]
    cut = one("a\tb\nc\td\n".encode("utf-16")[:-1])
    first, bad = read_tsv(cut, COLUMNS, encoding="utf-16")
    assert "byte 0x0a at character 4" in str(bad)


@pytest.mark.parametrize("encoding", ["utf8000", "rot13", "locale", "a\0b", None, 8])
def test_no_such_encoding(one, encoding):
    with pytest.raises(DataError, match="encoding: expected an encoding that Python"):
        list(read_tsv(one("a\tb\n"), COLUMNS, encoding=encoding))
    with pytest.raises(DataError, match="encoding: expected"):
        readers_for(encoding)


def test_readers_in_an_encoding(tmp_path, one):
    found = readers_for("latin-1", {"txt": read_text})
    assert pairs(found["tsv"](one(b"\xe9\tb\n"), COLUMNS)) == [("é", "b")]
    assert list(found) == [*readers, "txt"]
    assert found["parquet"] is read_parquet  # its text is always Unicode


def test_a_registered_reader_is_used_by_every_loader(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "_parts", dict(readers))

    @readers.register("arrows")
    def read_arrows(path, columns, encoding="utf-8"):
        for number, line in enumerate(path.read_text(encoding).split("\n"), start=1):
            if line.count(" -> ") != 1:
                yield DataError("left -> right", line, where=path, line=number)
            else:
                values = dict(zip(columns, line.split(" -> "), strict=True))
                yield Record(str(path), number, None, values)

    path = tmp_path / "train.arrows"
    path.write_text("dög -> Hund\ncat -> Katze\nfish", "latin-1")
    options = {"encoding": "latin-1", "cache_dir": tmp_path, "on_error": "skip"}
    options["validation_fraction"] = 0
    found = load_pairs(tmp_path, source="en", target="de", **options)
    assert found["train"][:] == {"source": ["dög", "cat"], "target": ["Hund", "Katze"]}
    assert found.skipped == {"train": 1} and "line 3" in found.messages["train"][0]
    assert found.notes == ["train: read as arrows, by the file ending .arrows"]
    found = load_labelled(path, **options)
    assert found["train"]["labels"][:] == [["Hund"], ["Katze"]]
    other = path.rename(tmp_path / "train.x")
    found = load_labelled(other, format="arrows", **options)
    assert found["train"]["text"][:] == ["dög", "cat"]


def test_a_reader_that_yields_something_else(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "_parts", dict(readers))
    readers.register("rows", lambda path, columns: iter([{"text": "a"}]))
    path = tmp_path / "train.rows"
    path.write_text("a")
    with pytest.raises(TypeError, match="train.rows: expected a reader that yields"):
        load_labelled(path, cache_dir=tmp_path)
