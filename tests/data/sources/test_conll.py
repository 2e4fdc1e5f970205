"""CoNLL files: columns, comments, ends of sentences, and what is wrong with a line."""

import gzip

import pytest

from seqkit.data.sources.conll import read_conll, read_conllu
from seqkit.data.sources.lines import NoTarget
from seqkit.errors import DataError

WORDS = [(["Ada", "sings", "."], ["B-PER", "O", "O"]), (["Oslo"], ["B-LOC"])]
TEXT = "Ada B-PER\nsings O\n. O\n\nOslo B-LOC\n"


@pytest.fixture
def read(tmp_path):
    def run(text, reader=read_conll, columns=("tokens", "tags"), **options):
        path = tmp_path / "train.conll"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return list(reader(path, columns, **options))

    return run


@pytest.fixture
def sentences(read):
    def run(*arguments, **options):
        found = read(*arguments, **options)
        faults = [str(one) for one in found if isinstance(one, DataError)]
        assert not faults
        return [tuple(record.values.values()) for record in found]

    return run


def test_a_sentence_is_a_record_with_the_line_of_its_first_word(read):
    first, second = read(f"\n\n# a = b\n{TEXT}", columns=("w", "t"))
    assert first.values == dict(zip("wt", WORDS[0], strict=True))
    assert first.where.endswith("train.conll")
    assert (first.line, second.line) == (4, 8)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("\n", "\r\n"),
        TEXT.replace(" ", "\t").replace("\n\n", "\n\t\n \n"),
        TEXT.replace(" ", "  \t ").replace("\n", " \n"),
        "\ufeff" + TEXT.removesuffix("\n"),
        "\n" + TEXT + "\n\n",
        f"-DOCSTART- O\n\n{TEXT}",
        TEXT.replace("\n\n", "\n-DOCSTART- -X- -X- O\n"),
    ],
)
def test_white_space_and_documents(sentences, text):
    assert sentences(text) == WORDS


def test_columns_by_number(sentences):
    text = (
        "1 Ada NNP B-NP B-PER\n2 sings VB B-VP O\n3 . . O O\n\n1 Oslo NNP B-NP B-LOC\n"
    )
    assert sentences(text, tokens=1) == WORDS
    tags = [["NNP", "VB", "."], ["NNP"]]
    wanted = [(tokens, tag) for (tokens, _), tag in zip(WORDS, tags, strict=True)]
    for number in (2, -3):
        assert sentences(text, tokens=-4, tags=number) == wanted


def test_columns_by_name(sentences):
    lines = TEXT.replace(" ", " x ")
    for options in ({"tokens": "word"}, {"tags": "Tag"}, {"tokens": 0, "tags": "TAG"}):
        assert sentences(f"word POS tag\n{lines}", **options) == WORDS
    plus = "# global.columns = WORD UPOS TAG\n" + lines.replace(" ", "\t")
    assert sentences(plus) == sentences(plus, tokens="word", tags="tag") == WORDS


def test_conllu_plus_has_ids_and_tabs(sentences):
    text = (
        "# global.columns = ID FORM NER\n# text = New York's\n"
        "1-2\tNew York's\t_\n1\tNew York\tB-LOC\n2\t's\tO\n2.1\tx\tO\n"
    )
    assert sentences(text) == [(["New York", "'s"], ["B-LOC", "O"])]


def test_separator(sentences):
    text = TEXT.replace("Oslo", "New York").replace(" B-", "\tB-").replace(" O", "\tO")
    wanted = [WORDS[0], (["New York"], ["B-LOC"])]
    assert sentences(text, separator="\t") == wanted
    assert sentences(TEXT.replace(" ", ","), separator=",") == WORDS


def test_only_spaces_and_tabs_separate(sentences):
    words = ["10\u00a0000", "a\u2028b", "\u3000", "🤖", "x\x0by", "\u202eשלום"]
    text = "".join(f"{word}\tO\n" for word in words)
    assert sentences(text) == [(words, ["O"] * len(words))]


def test_gz_and_encoding(tmp_path):
    path = tmp_path / "x.conll.gz"
    path.write_bytes(gzip.compress("Zürich B-LOC\n".encode("latin-1")))
    (record,) = read_conll(path, ("a", "b"), encoding="latin-1")
    assert record.values == {"a": ["Zürich"], "b": ["B-LOC"]}
    with pytest.raises(DataError, match="x.conll.gz, line 1: expected UTF-8"):
        list(read_conll(path, ("a", "b")))


@pytest.mark.parametrize("separator", [" ", "\t"])
@pytest.mark.parametrize("width", [2, 4])
def test_comments_and_words_that_begin_with_a_hash(sentences, separator, width):
    middle = ["x"] * (width - 2)
    rows = [["#", "O"], ["#tag", "B-PER"], ["a", "O"], ["#", "O"], ["#", "NEW"]]
    more = [["b", "B-PER"]]
    lines = [
        "".join(separator.join([w, *middle, t]) + "\n" for w, t in part)
        for part in (rows, more)
    ]
    comments = [
        "# text = O",
        "# sent_id = a-1",
        "#text = one two three",
        "# newpar",
        "# id 1-2\tdomain=O",
        "#",
        "#begin document (a); part 000",
        "# " + " ".join(["free"] * (width - 1)),
    ]
    text = "".join("\n".join([*comments, part, ""]) for part in lines)
    wanted = [tuple(map(list, zip(*part, strict=True))) for part in (rows, more)]
    assert sentences(text) == wanted


def test_labels_stand_in_comments(read):
    text = "# intent = sing \nAda O\n\n# label = x\n# intent = be\nOslo O\n\nx O\n"
    first, second, third = read(text, columns=("tokens", "tags", "intent"))
    assert [r.values["intent"] for r in (first, second)] == ["sing", "be"]
    assert 'line 8: expected a comment "# intent = …"' in str(third)


CONLLU = """\
# newdoc id = a
# sent_id = a-1
# text = They don't.
1\tThey\tthey\tPRON\tPRP\tCase=Nom|Number=Plur\t3\tnsubj\t_\t_
2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
2\tdo\tdo\tAUX\tVBP\t_\t0\troot\t_\tNER=B-X|Gloss=a=b
3\tn't\tnot\tPART\tRB\t_\t2\tadvmod\t_\t_
3.1\tgo\tgo\tVERB\tVB\t_\t_\t_\t2:x\t_
4\t#\t#\tSYM\tNFP\t_\t2\tpunct\t_\tNER=I-X

# text = 3 000 _
1\t3 000\t3000\tNUM\tCD\t_\t0\troot\t_\t_
2\t_\t_\tPUNCT\t,\t_\t1\tpunct\t_\t_

"""


def test_conllu(sentences):
    def both(**options):
        found = sentences(CONLLU, reader=read_conllu, **options)
        return [list(side) for side in zip(*found, strict=True)]

    tokens, tags = both()
    assert tokens == [["They", "do", "n't", "#"], ["3 000", "_"]]
    assert tags == [["PRON", "AUX", "PART", "SYM"], ["NUM", "PUNCT"]]
    for tags, wanted in [
        ("XPOS", [["PRP", "VBP", "RB", "NFP"], ["CD", ","]]),
        (4, [["PRP", "VBP", "RB", "NFP"], ["CD", ","]]),
        ("feats.Case", [["Nom", "_", "_", "_"], ["_", "_"]]),
        ("misc.NER", [["O", "B-X", "O", "I-X"], ["O", "O"]]),
        ("misc.Gloss", [["O", "a=b", "O", "O"], ["O", "O"]]),
    ]:
        assert both(tags=tags) == [tokens, wanted]
    assert both(tokens="lemma")[0][0] == ["they", "do", "not", "#"]


BAD = {
    "too few": ("a O\nb\nc O\n", 2, "2 columns, found 1: 'b'"),
    "too many": ("a O\nb\tc O\n", 2, 'found 3: .*Give separator="'),
    "first of two": ("a O\n\nb\nc O O\n\n", 3, "found 1: 'b'"),
    "a comment within": ("a O\n# a b c\n", 2, "found 4"),
    "broken UTF-8": (b"a O\nb\xff O\nc O\n", 2, "byte 0xff"),
}


@pytest.mark.parametrize("text, line, message", BAD.values(), ids=BAD)
def test_a_bad_line_costs_its_sentence_alone(read, text, line, message):
    good = b"x O\ny O\n\n"
    text = text if isinstance(text, bytes) else text.encode()
    first, *rest = read(good + text + b"\n" + good)
    faults = [one for one in rest if isinstance(one, DataError)]
    assert len(faults) == 1 and faults[0].line == 3 + line
    with pytest.raises(DataError, match=message):
        raise faults[0]
    assert first.values["tokens"] == rest[-1].values["tokens"] == ["x", "y"]
    assert len(rest) == (3 if text.startswith(b"a O\n\n") else 2)


def test_a_word_without_a_tag(read):
    for text in ("a\tO\nb\t\n", "a\tO\n\tO\n"):
        (fault,) = read(text, separator="\t")
        assert fault.line == 2 and ("a tag in" in str(fault)) == ("b" in text)
    (fault, _) = read(CONLLU.replace("PART", "_"), read_conllu)
    assert "line 7: expected a tag in column 3" in str(fault)
    (fault, _) = read(CONLLU.replace("4\t#", "x\t#"), read_conllu)
    assert "line 9: expected a word's number in column 0" in str(fault)
    (_, fault) = read(CONLLU.replace("\tNUM", " NUM"), read_conllu)
    assert "line 12: expected 10 columns, found 9" in str(fault)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"tags": 2}, "a column 2, found 2 columns"),
        ({"tokens": -3}, "a column -3, found 2 columns"),
        ({"tags": "ner"}, "a column 'ner', found 2 columns: Ada, B-PER"),
        ({"tokens": 1}, "column 1 of 2 for both"),
    ],
)
def test_a_column_that_is_not_there(read, options, message):
    with pytest.raises(DataError, match=f"train.conll: .*{message}"):
        read(TEXT, **options)


def test_one_column_has_no_tags(read):
    errors = read(TEXT, separator=",")
    assert all(isinstance(error, NoTarget) for error in errors)
    assert len(errors) == len(read(TEXT))
    assert "column 0 of 1 for both" in str(errors[0])


def test_an_unknown_column_of_conllu(read):
    for options in ({"tags": "ner"}, {"tokens": 10}, {"tags": "upos.X"}):
        with pytest.raises(DataError, match="found 10 columns: id, form, lemma"):
            read(CONLLU, read_conllu, **options)


@pytest.mark.parametrize("text", ["", "\n\n", "# a = b\n", "-DOCSTART- O\n"])
def test_a_file_without_a_sentence(read, text):
    assert read(text) == []
