"""The embedded messages: one reading each, a test split with names never seen."""

import os
import re
import subprocess
import sys
from collections import Counter, defaultdict

import pytest

from seqkit.errors import DataError
from seqkit.samples import entities, tagging
from seqkit.samples.entities.names import ENDINGS, NAMES
from seqkit.samples.entities.rules import RULES

LABELS = {"news", "question", "request", "complaint"}
TYPES = {"person", "place", "organisation", "product", "date"}


@pytest.fixture(scope="module")
def data():
    return tagging.splits()


def lower(row):
    return [token.lower() for token in row["tokens"]]


def spans(tags):
    """Entities as (type, start, end); the tags are known to be right BIO."""
    starts = [place for place, tag in enumerate(tags) if tag.startswith("B-")]
    for start in starts:
        end = start + 1
        while end < len(tags) and tags[end].startswith("I-"):
            end += 1
        yield tags[start][2:], start, end


# The splits.


def test_sizes_and_form(data):
    assert {name: len(rows) for name, rows in data.items()} == {
        "train": 5000,
        "validation": 500,
        "test": 1000,
    }
    for row in sum(data.values(), []):
        tokens, tags = row["tokens"], row["tags"]
        assert list(row) == ["tokens", "tags", "label"]
        assert 3 <= len(tokens) == len(tags) <= 40
        assert all(re.fullmatch(r'[A-Za-z]+|\d+|[.,?"]', token) for token in tokens)
        assert tokens.count('"') in (0, 2)
        for before, tag in zip(["O", *tags], tags, strict=False):
            assert tag == "O" or tag[2:] in TYPES
            if tag.startswith("I-"):
                assert before[1:] == tag[1:], row


def test_labels_and_types_are_frequent(data):
    labels = Counter(row["label"] for row in data["train"])
    assert set(labels) == LABELS and min(labels.values()) > 900
    types = Counter(kind for row in data["train"] for kind, _, _ in spans(row["tags"]))
    assert set(types) == TYPES and min(types.values()) > 800


def test_no_sentence_occurs_twice_whatever_its_capitals(data):
    keys = [
        tuple(filter(str.isalnum, lower(row))) for rows in data.values() for row in rows
    ]
    assert len(set(keys)) == len(keys)


def test_the_same_seed_gives_the_same_sentences_in_another_process():
    code = (
        "from seqkit.samples import tagging as sample;"
        "sizes = dict(train=400, validation=5, test=5);"
        "print(sample.splits(3, **sizes), sample.conditions('test', 3, **sizes))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    sizes = {"train": 400, "validation": 5, "test": 5}
    small = tagging.splits(3, **sizes)
    assert run.stdout.strip() == f"{small} {tagging.conditions('test', 3, **sizes)}"
    assert small["train"] != tagging.splits(4, **sizes)["train"]


def test_a_shorter_training_split_begins_the_longer_one(data):
    assert tagging.splits(train=50, test=0)["train"] == data["train"][:50]


def test_a_split_that_cannot_be_filled_raises():
    with pytest.raises(DataError, match="split 'test': .* Ask for a larger `train`"):
        tagging.splits(train=1)


def test_empty_splits_are_empty():
    empty = tagging.splits(train=0, validation=0, test=0)
    assert empty == {"train": [], "validation": [], "test": []}
    assert not any(tagging.conditions(train=0, validation=0, test=0).values())


# Names.


def test_names_kept_for_the_test_split_occur_nowhere_else(data):
    words = {
        name: {word for row in rows for word in lower(row)}
        for name, rows in data.items()
    }
    names = {name.lower() for names in NAMES.values() for name in names}
    kept = {
        name.lower()
        for names in NAMES.values()
        for name in names
        if tagging.is_reserved(name)
    }
    assert not kept & (words["train"] | words["validation"])
    assert len(kept & words["test"]) > 120
    assert words["test"] - words["train"] <= names
    assert words["train"] & names == names - kept


def test_names_kept_are_made_of_what_training_shows(data):
    """Each half of such a name occurs in names of training, with its type."""
    starts, endings = set(), defaultdict(set)
    for row in data["train"]:
        for word in lower(row):
            kind = entities.family(word)
            if kind and kind != "first":
                ending = next(e for e in ENDINGS[kind] if word.endswith(e))
                starts.add(word.removesuffix(ending))
                endings[kind].add(ending)
    for kind, expected in ENDINGS.items():
        assert endings[kind] == set(expected)
        for name in NAMES[f"{kind}-name"]:
            assert any(name.lower() == start + e for start in starts for e in expected)


def test_names_are_distinct():
    names = [name.lower() for names in NAMES.values() for name in names]
    assert len(set(names)) == len(names)


def test_the_type_is_not_in_the_word(data):
    """A tagger that knows each word's most frequent tag finds few entities right."""
    counts = defaultdict(Counter)
    types = defaultdict(Counter)
    for row in data["train"]:
        for word, tag in zip(lower(row), row["tags"], strict=True):
            counts[word][tag] += 1
            if tag != "O" and entities.family(word) not in (None, "first"):
                types[word][tag[2:]] += 1
    best = {word: tags.most_common(1)[0][0] for word, tags in counts.items()}
    several = [word for word, found in types.items() if len(found) >= 2]
    assert len(several) > 0.9 * len(types)
    right = predicted = gold = 0
    for row in data["test"]:
        tags = [best.get(word, "B-person") for word in lower(row)]
        wanted, found = set(spans(row["tags"])), set(spans(tags))
        right += len(wanted & found)
        predicted += len(found)
        gold += len(wanted)
    assert 2 * right / (predicted + gold) < 0.6


def test_everyday_words_are_names_too(data):
    seen = defaultdict(set)
    for row in data["train"]:
        for word, tag in zip(lower(row), row["tags"], strict=True):
            seen[word].add(tag[2:])
    for word, kind in (
        ("baker", "person"),
        ("rose", "person"),
        ("bill", "person"),
        ("will", "person"),
        ("mark", "person"),
        ("hope", "person"),
        ("teapot", "organisation"),
        ("walnut", "organisation"),
        ("orchard", "place"),
        ("40", "product"),
    ):
        assert {"", kind} <= seen[word], word
    assert {"person", "date"} <= seen["june"]


# What stands around a name.


def test_contexts_decide(data):
    """Found by what stands before, in the text alone."""
    before = {
        "person": (r"\b(mr|mrs|doctor|captain)", ""),
        "place": (r"\b(mayor of|village of|marched through)", ""),
        "organisation": (r"\b(shares of|director of|nobody at|according to)", "the"),
    }
    checked = Counter()
    for row in sum(data.values(), []):
        tokens, tags = lower(row), row["tags"]
        for place, tag in enumerate(tags):
            said = " ".join(tokens[:place])
            for kind, (pattern, article) in before.items():
                said_here = said.removesuffix(" " + article) if article else said
                if re.search(pattern + "$", said_here) and tokens[place] != "the":
                    if (kind, tokens[place - 1]) == ("place", "of") and tag == "O":
                        continue
                    assert tag == f"B-{kind}", (" ".join(tokens), tokens[place])
                    checked[kind] += 1
    assert set(checked) == set(before) and min(checked.values()) > 100


# The grammar, read again by an exhaustive parser.


def readings(tokens):
    """Everything that the rules can make of tokens: pairs (label, tags)."""
    words = [token.lower() for token in tokens]
    names = {symbol: {n.lower() for n in names} for symbol, names in NAMES.items()}
    known = {}

    def parse(symbol, start):
        """The ends and the tags of a symbol that begins at a token."""
        if symbol in names:
            found = start < len(words) and words[start] in names[symbol]
            return {(start + 1, ("O",))} if found else set()
        if (symbol, start) not in known:
            known[symbol, start] = {
                (end, tags)
                for rule in RULES[symbol].rules
                for end, tags, _ in follow(rule, start)
            }
        return known[symbol, start]

    def follow(rule, start):
        states = {(start, (), None)}
        for kind, value in rule:
            following = set()
            for place, tags, entity in states:
                if kind == "word":
                    if words[place : place + 1] == [value.lower()]:
                        following.add((place + 1, (*tags, "O"), entity))
                elif kind == "begin":
                    following.add((place, tags, (value, len(tags))))
                elif kind == "end":
                    name, first = entity
                    inside = (f"I-{name}",) * (len(tags) - first - 1)
                    tags = (*tags[:first], f"B-{name}", *inside)
                    following.add((place, tags, None))
                else:
                    for end, more in parse(value, place):
                        following.add((end, tags + more, entity))
            states = following
        return states

    return {
        (label, tags)
        for label in LABELS
        for end, tags in parse(label, 0)
        if end == len(words)
    }


def all_readings(tokens):
    """The readings of tokens whose last mark may have been left out."""
    if tokens[-1] in (".", "?"):
        return readings(tokens)
    found = readings([*tokens, "."]) | readings([*tokens, "?"])
    return {(label, tags[:-1]) for label, tags in found}


def test_every_sentence_has_one_reading(data):
    for row in data["test"][:300] + data["train"][:200]:
        expected = {(row["label"], tuple(row["tags"]))}
        assert all_readings(row["tokens"]) == expected, " ".join(row["tokens"])


@pytest.mark.parametrize(
    ("text", "label", "found"),
    [
        ("Kelbury said that shares of Torsen fell .", "news", "person organisation"),
        ("who is the mayor of kelbury", "question", "place"),
        (
            "According to Kelbury Torsen and Sons hired 12 bakers .",
            "news",
            "organisation organisation(3)",
        ),
        ("For Anna Kelbury was a hero .", "news", "person person"),
        ("For Anna Kelbury Torsen was a hero .", "news", "person(2) person"),
        ("In Kelbury Torsen Lane was closed .", "news", "place place(2)"),
        (
            "Invite Ben Anna Torsen and Will to Kelbury , please .",
            "request",
            "person person(2) person place",
        ),
        (
            "Will Will Torsen visit the Kelbury Valley in May ?",
            "question",
            "person(2) place(2) date",
        ),
        ("Did May meet June in Kelbury ?", "question", "person person place"),
        (
            '" The Bank of Kelbury has lost my letter again , " said Baker .',
            "news",
            "organisation(3) person",
        ),
        ("What do you know about Kelbury ?", "question", "place"),
        ("What do you know about Torsen ?", "question", "person"),
        (
            "What do you know about Torsen , which makes kettles ?",
            "question",
            "organisation",
        ),
        ("What do you know about Torsen , who retired ?", "question", "person"),
    ],
)
def test_sentences_read_as_expected(text, label, found):
    tokens = text.split()
    ((read_label, tags),) = all_readings(tokens)
    assert read_label == label
    sizes = [
        kind if end == start + 1 else f"{kind}({end - start})"
        for kind, start, end in spans(tags)
    ]
    assert " ".join(sizes) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Kelbury",
        "According to Kelbury Baker moved to Torsen .",  # people are not companies
        "Invite Ben Anna Torsen and Will to Kelbury",  # nobody asks
        "The mayor of shares of Torsen fell .",
        "What do you know about Marlow ?",  # a name of another grammar
    ],
)
def test_other_sentences_have_no_reading(text):
    assert readings([*text.split(), "."]) == set() == readings(text.split())


# Conditions.


def test_conditions_of_the_test_split(data):
    rows = data["test"]
    found = {name: set(places) for name, places in tagging.conditions().items()}
    train = {word for row in data["train"] for word in lower(row)}
    everything = set(range(len(rows)))
    assert found["seen_names"] | found["unseen_names"] == everything
    assert not found["seen_names"] & found["unseen_names"]
    assert all(len(places) >= 60 for places in found.values())
    assert all(len(places) <= 700 for places in found.values())
    for place, row in enumerate(rows):
        tokens, tags = row["tokens"], row["tags"]
        text = " ".join(lower(row))
        entity_list = list(spans(tags))
        assert (place in found["seen_names"]) == (set(lower(row)) <= train)
        is_adjacent = any(
            (one[0], one[2]) == other[:2]
            for one in entity_list
            for other in entity_list
        )
        assert (place in found["adjacent"]) == is_adjacent
        if place in found["lower_case"]:
            assert text == " ".join(tokens)
        else:
            assert tokens[tokens[0] == '"'][0].isupper()
        if place in found["nested"]:
            clues = r'"|that|whether|, (a|who|which|where|the (mayor|director)) '
            assert re.search(clues, text)
        else:
            assert '"' not in tokens and not re.search(r"\b(whether|, who) ", text)
        if place in found["ending_decides"]:
            assert re.search(r"\b(about|of) \w+", text)
        is_other = any(
            end == start + 1
            and entities.family(tokens[start]) not in (None, "first", kind)
            for kind, start, end in entity_list
        )
        assert (place in found["context_decides"]) == is_other


def test_conditions_of_other_splits(data):
    found = tagging.conditions("train")
    assert found["unseen_names"] == []
    assert len(found["seen_names"]) == len(data["train"])
    assert tagging.conditions("validation")["unseen_names"] == []


def test_an_unknown_split_raises():
    with pytest.raises(DataError, match="'train', 'validation', 'test', found 'dev'"):
        tagging.conditions("dev")
