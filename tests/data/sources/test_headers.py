"""A header that nobody named is noticed, and said; `header=` decides."""

import pytest

from seqkit.data import load_labelled, load_pairs
from seqkit.data.sources.headers import looks_like_header

PAIRS = [
    ("The dog runs fast.", "Der Hund rennt schnell."),
    ("A cat is here.", "Eine Katze ist hier."),
    ("No, she is not.", "Nein, sie nicht."),
    ("He reads in English.", "Er liest auf Englisch."),
    ("Who saw the dog?", "Wer sah den Hund?"),
]
LABELLED = [(text, "good" if row % 2 else "bad") for row, (text, _) in enumerate(PAIRS)]


@pytest.mark.parametrize(
    "first, rows, expected",
    [
        (["english", "french"], [], True),
        (["Source", "Target"], PAIRS[:1], True),
        (["eng", "deu"], PAIRS, True),
        (["english text", "german_text"], PAIRS, True),
        (["eng", "deu"], PAIRS[:4], False),  # too few to tell
        (["Go.", "Geh."], PAIRS, False),
        (["Dog", "Tier"], PAIRS, False),  # the word occurs
        (["hi", "hi"], PAIRS, False),
        (["3", "4"], PAIRS, False),
        (["review", "sentiment"], LABELLED, True),
        (["Fine", "good"], LABELLED, False),
        (
            ["house", "Haus"],
            [("dog", "Hund"), ("cat", "Katze")] * 9,
            False,
        ),  # a lexicon
        (["The dog runs home now", "Der Hund rennt nun heim"], PAIRS, False),
    ],
)
def test_what_looks_like_a_header(first, rows, expected):
    assert looks_like_header(first, rows) == expected


def write(path, rows, separator="\t"):
    lines = [
        separator.join(f'"{f}"' if separator == "," else f for f in row) for row in rows
    ]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", ["pairs.tsv", "pairs.txt", "pairs.csv"])
@pytest.mark.parametrize("first", [("english", "french"), ("eng_text", "deu_text")])
def test_pairs(tmp_path, name, first):
    separator = "," if name.endswith("csv") else "\t"
    file = write(tmp_path / name, [first, *PAIRS], separator)
    options = {"source": "en", "target": "de", "validation_fraction": 0}
    splits = load_pairs(file, **options)
    assert list(splits["train"]["source"]) == [source for source, _ in PAIRS]
    (note,) = [note for note in splits.notes if "header" in note]
    assert first[0] in note and "header=False" in note
    assert len(load_pairs(file, header=True, **options)["train"]) == 5
    splits = load_pairs(file, header=False, **options)
    assert splits["train"]["source"][0] == first[0] and len(splits["train"]) == 6
    assert any("no header" in note for note in splits.notes)


def test_a_first_line_that_is_no_header_can_be_named_one(tmp_path):
    file = write(tmp_path / "pairs.tsv", PAIRS)
    options = {"source": "en", "target": "de", "validation_fraction": 0}
    assert len(load_pairs(file, **options)["train"]) == 5
    assert len(load_pairs(file, header=True, **options)["train"]) == 4


def test_names_that_match_are_rows_if_told_so(tmp_path):
    file = write(tmp_path / "pairs.tsv", [("en", "de"), *PAIRS])
    options = {"source": "en", "target": "de", "validation_fraction": 0}
    assert len(load_pairs(file, **options)["train"]) == 5
    assert len(load_pairs(file, header=False, **options)["train"]) == 6


@pytest.mark.parametrize("columns", [{}, {"text": 0, "label": 1}])
def test_labels(tmp_path, columns):
    """No label of that name is made."""
    file = write(tmp_path / "texts.tsv", [("review", "sentiment"), *LABELLED])
    splits = load_labelled(file, validation_fraction=0, **columns)
    assert {name for row in splits["train"]["labels"] for name in row} == {
        "good",
        "bad",
    }
    assert any("review, sentiment" in note.replace("'", "") for note in splits.notes)
    splits = load_labelled(file, validation_fraction=0, header=False, **columns)
    assert splits["train"]["labels"][0] == ["sentiment"]
