"""Readers: what a file holds comes out unharmed, and bad lines are named."""

import gzip

import pyarrow
import pyarrow.parquet
import pytest

from seqkit.data.readers import (
    read_csv,
    read_jsonl,
    read_parallel,
    read_parquet,
    read_tsv,
)
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


@pytest.mark.parametrize(
    "first", ["en\tger\n", "EN\tDE\n", "a\tb\tc\n", "a\n", "\n", "en\ten\tde\n"]
)
def test_first_line_that_names_no_columns(one, first):
    with pytest.raises(DataError, match="x.tsv, line 1: expected a header") as error:
        list(read_tsv(one(first + "a\tb\n"), COLUMNS))
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
