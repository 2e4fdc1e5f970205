"""Spans and tags: every short sequence, against seqeval and against patterns."""

import itertools
import re

import pytest
from seqeval.metrics.sequence_labeling import get_entities

from seqkit.data.tags.schemes import (
    StrayTag,
    convert,
    detect_scheme,
    read_spans,
    repair,
    spans,
)
from seqkit.errors import DataError

BIO_TAGS = ["O", "B-X", "I-X", "B-Y", "I-Y"]
TAGS = {
    "IOB1": BIO_TAGS,
    "BIO": BIO_TAGS,
    "BIOES": [*BIO_TAGS, "E-X", "S-X", "E-Y", "S-Y"],
}
# In IOB1 a span of X starts with B-X right behind another span of X, else with I-X.
PATTERNS = {
    "IOB1": "(O|(I-X)+(B-X(I-X)*)*|(I-Y)+(B-Y(I-Y)*)*)*",
    "BIO": "(O|B-X(I-X)*|B-Y(I-Y)*)*",
    "BIOES": "(O|S-X|S-Y|B-X(I-X)*E-X|B-Y(I-Y)*E-Y)*",
}


def sequences(scheme, longest=4):
    for length in range(longest + 1):
        for tags in itertools.product(TAGS[scheme], repeat=length):
            yield list(tags)


def follows(tags, scheme):
    return bool(re.fullmatch(PATTERNS[scheme], "".join(tags)))


ALL = [tags for tags in sequences("BIOES") if follows(tags, "BIOES")]


@pytest.mark.parametrize("scheme", TAGS)
def test_spans_of_any_tags_are_those_of_seqeval(scheme):
    for tags in sequences(scheme):
        wanted = [(kind, start, end + 1) for kind, start, end in get_entities(tags)]
        assert read_spans(tags) == wanted, tags


@pytest.mark.parametrize("scheme", TAGS)
def test_repair_gives_the_scheme_and_keeps_the_spans(scheme):
    for tags in sequences(scheme):
        mended, changed = repair(tags, scheme)
        assert follows(mended, scheme), (tags, mended)
        assert read_spans(mended) == read_spans(tags)
        assert changed == sum(a != b for a, b in zip(tags, mended, strict=True))
        assert (changed == 0) == follows(tags, scheme)


@pytest.mark.parametrize("target", TAGS)
@pytest.mark.parametrize("source", TAGS)
def test_there_and_back(source, target):
    for tags in sequences(source):
        there = convert(tags, source, target)
        assert follows(there, target), (tags, there)
        assert read_spans(there) == read_spans(tags)
        assert convert(there, target, source) == repair(tags, source)[0]


@pytest.mark.parametrize("scheme", TAGS)
def test_spans_are_strict(scheme):
    for tags in sequences(scheme, longest=3):
        if follows(tags, scheme):
            assert spans(tags, scheme) == read_spans(tags)
        else:
            with pytest.raises(DataError, match=f"tags that follow {scheme}"):
                spans(tags, scheme)


def test_what_repair_changes():
    for scheme, tags, mended in [
        ("BIO", "O I-X I-X I-Y", "O B-X I-X B-Y"),
        ("IOB1", "B-X I-X O B-Y B-Y", "I-X I-X O I-Y B-Y"),
        ("BIOES", "B-X I-X O I-X E-Y", "B-X E-X O S-X S-Y"),
        ("BIOES", "S-X I-X E-X B-X", "S-X B-X E-X S-X"),
    ]:
        assert repair(tags.split(), scheme)[0] == mended.split()


def test_types():
    tags = ["B", "I", "O", "I"]  # of one type without a name
    assert read_spans(tags) == [("", 0, 2), ("", 3, 4)]
    assert convert(tags, "BIO", "BIOES") == ["B", "E", "O", "S"]
    tags = ["B-toloc.city-name", "I-toloc.city-name"]
    assert spans(tags, "BIO") == [("toloc.city-name", 0, 2)]


@pytest.mark.parametrize("scheme", TAGS)
def test_the_scheme_is_found(scheme):
    given = [tags for tags in sequences(scheme) if follows(tags, scheme)]
    assert detect_scheme(given) == scheme
    broken = [tags for tags in sequences("BIO", 2) if not follows(tags, scheme)]
    if scheme != "BIOES":
        assert detect_scheme(given + broken) == scheme


LETTERS = {"BILOU": "BILU", "BIOUL": "BILU", "BMES": "BMES"}


@pytest.mark.parametrize("scheme", LETTERS)
def test_other_letters_are_read_as_bioes(scheme):
    letters = str.maketrans("BIES", LETTERS[scheme])
    given = [[tag[0].translate(letters) + tag[1:] for tag in tags] for tags in ALL]
    for tags, bioes in zip(given, ALL, strict=True):
        assert convert(tags, scheme, "BIOES") == bioes
        assert convert(bioes, "BIOES", scheme) == tags
        assert spans(tags, scheme) == read_spans(bioes)
    assert detect_scheme(given) == scheme.replace("BIOUL", "BILOU")


def test_letters_alone():
    assert detect_scheme([["B", "M", "E"], ["S", "B", "E"]]) == "BMES"
    assert detect_scheme([["B", "L", "O", "U"]]) == "BILOU"
    assert detect_scheme([["M", "O", "U"]]) is None


@pytest.mark.parametrize("stray", ["0", "B_PER", "o", "b-PER", "S-PER", "PER", "B-"])
def test_a_nearly_regular_scheme(stray):
    tags = [["O", "B-PER", "I-PER"]] * 100
    with pytest.raises(
        StrayTag, match=f"scheme BIO: O or .*, found '{stray}'"
    ) as found:
        detect_scheme([*tags, ["O", stray]])
    assert found.value.tag == stray


def test_no_scheme():
    assert detect_scheme([["O", "B-X"], ["NOUN"]]) is None
    assert detect_scheme([["O"], ["O", "O"], []]) is None
    for tag in ("B-", "b-X", "O-X", "", "X-B", "L-X"):
        found = detect_scheme([["B-X", tag]])
        assert found == ("BILOU" if tag == "L-X" else None)
        with pytest.raises(DataError, match="as tag 1. Name the scheme"):
            read_spans(["B-X", tag])
    tags = ["NOUN", "I-X"]
    assert repair(tags, None) == (tags, 0) and convert(tags, None, None) == tags
    assert spans(tags, None) == []


def test_tags_of_another_scheme():
    with pytest.raises(DataError, match="O or one of B-TYPE, I-TYPE, found 'S-X'"):
        repair(["O", "S-X"], "BIO")
    for source, target in [("IOB2", "BIO"), ("BIO", "IOB3"), ("BIO", None)]:
        with pytest.raises(DataError, match="one of IOB1, BIO, BIOES"):
            convert(["O"], source, target)
