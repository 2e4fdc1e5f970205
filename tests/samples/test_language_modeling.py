"""The embedded stories: right agreement, a test split held out, pairs that measure."""

import os
import random
import re
import subprocess
import sys
import zlib
from collections import Counter
from math import log

import pytest

from seqkit.errors import DataError
from seqkit.samples import language_modeling, stories
from seqkit.samples.language_modeling import is_grammatical, sentences
from seqkit.samples.stories.lexicon import ADJECTIVES, NAMES, NOUNS, VERBS
from seqkit.samples.stories.rules import RULES

SMALL = {"train": 60, "validation": 6, "test": 30}


@pytest.fixture(scope="module")
def data():
    return language_modeling.splits()


@pytest.fixture(scope="module")
def pairs():
    return language_modeling.agreement_pairs()


def words(text):
    return re.findall(r"\w+|[.,]", text.lower())


# The splits.


def test_sizes_and_form(data):
    assert {name: len(lines) for name, lines in data.items()} == {
        "train": 1600,
        "validation": 100,
        "test": 400,
    }
    assert 300_000 < sum(map(len, data["train"])) < 600_000
    for line in sum(data.values(), []):
        assert line.isascii()
        assert 3 <= len(sentences(line)) <= 6
        for sentence in sentences(line):
            text = re.sub('^"([^"]*),"', r"\1,", sentence)
            assert re.fullmatch(r"[A-Z][a-z]*( [A-Za-z]+,?)*\.", text), sentence


def test_the_words_are_few_and_each_is_frequent(data):
    counts = Counter(words(" ".join(data["train"])))
    assert 150 < len(counts) < 250
    assert min(counts.values()) >= 30
    assert set(counts) >= set(words(" ".join(data["validation"] + data["test"])))


def test_no_sentence_of_the_test_split_stands_in_an_earlier_one(data):
    whole = {
        name: {sentence for line in lines for sentence in sentences(line)}
        for name, lines in data.items()
    }
    assert len(set(data["train"])) == len(data["train"])
    assert not whole["validation"] & whole["train"]
    assert not whole["test"] & (whole["train"] | whole["validation"])


def test_the_same_seed_gives_the_same_lines_in_another_process():
    code = (
        "import zlib; from seqkit.samples import language_modeling as sample;"
        f"lines = sample.splits(3, **{SMALL});"
        f"pairs = sample.agreement_pairs('test', 3, **{SMALL});"
        "print(zlib.crc32(repr((lines, pairs)).encode()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    lines = language_modeling.splits(3, **SMALL)
    pairs = language_modeling.agreement_pairs("test", 3, **SMALL)
    assert int(run.stdout) == zlib.crc32(repr((lines, pairs)).encode())
    other = language_modeling.splits(4, **SMALL)
    assert not set(lines["train"]) & set(other["train"])


def test_a_shorter_training_split_begins_the_longer_one(data):
    assert language_modeling.splits(train=50)["train"] == data["train"][:50]


def test_reserved_combinations_are_in_every_test_line_and_nowhere_else(monkeypatch):
    drawn = {}
    write = stories.Writer.line

    def remember(writer, rng):
        tokens = write(writer, rng)
        drawn[stories.to_text([token.word for token in tokens])] = tokens
        return tokens

    monkeypatch.setattr(stories.Writer, "line", remember)
    for name, lines in language_modeling.splits(**SMALL).items():
        for line in lines:
            combinations = stories.combinations(drawn[line])
            held_out = map(language_modeling.is_reserved, combinations)
            assert any(held_out) == (name == "test")


def test_texts_of_training_hold_no_reserved_subject_with_its_verb(data):
    """The same, found by the reader below."""
    lemmas = {noun.word.lower(): noun.lemma for noun in NOUNS + NAMES}
    verbs = {form: verb.lemma for verb in VERBS for form in verb.forms.values()}
    seen = Counter()
    for name, lines in data.items():
        for line in lines:
            for form, subject in agreements(line):
                if form in verbs:
                    combination = lemmas[subject], verbs[form]
                    seen[name, language_modeling.is_reserved(combination)] += 1
    assert not seen["train", True] and not seen["validation", True]
    assert seen["train", False] > 5000 and seen["test", True] > 100


def test_a_split_that_cannot_be_filled_raises(monkeypatch):
    line = stories.Writer().line(random.Random(0))
    monkeypatch.setattr(stories.Writer, "line", lambda writer, rng: line)
    with pytest.raises(
        DataError, match="split 'train': expected 2 lines, found only 1"
    ):
        language_modeling.splits(train=2)
    with pytest.raises(DataError, match="split 'validation': .* Ask for fewer lines"):
        language_modeling.splits(train=1, validation=1)


def test_empty_splits_are_empty():
    empty = language_modeling.splits(train=0, validation=0, test=0)
    assert empty == {"train": [], "validation": [], "test": []}


# Agreement, by another reader: it only knows the words' classes and looks back for the
# subject, by what stands before a noun phrase.

MEN = set("man boy king brother fisherman tom ben paul max oscar hugo".split())
WOMEN = set("woman girl queen sister grandmother".split())
WOMEN |= set("anna emma clara lucy nora ida".split())
FORMS = {
    "he": ("he", "his", "himself"),
    "she": ("she", "her", "herself"),
    "it": ("it", "its", "itself"),
    "they": ("they", "their", "themselves"),
}
NOUN_WORDS = {noun.word for noun in NOUNS}
VERB_WORDS = {form for verb in VERBS for form in verb.forms.values()} | {"is", "are"}
BEFORE_NOUNS = {adjective.word for adjective in ADJECTIVES}
BEFORE_NOUNS |= set("the this these two many his her its their".split())
BEFORE_SUBJECTS = {"night", "summer", "winter", "sometimes", "that"}


def agreement(noun):
    if noun in MEN:
        return "he"
    if noun in WOMEN:
        return "she"
    return "they" if noun.endswith(("s", "men")) else "it"


def is_right(form, noun):
    if form in VERB_WORDS:
        return form.endswith("s") == (agreement(noun) != "they")
    return form in FORMS[agreement(noun)]


def agreements(line):
    """Every verb and pronoun of a line with the noun, in words, that decides it."""
    first, *others = sentences(line)
    (subject,) = {name.word for name in NAMES} & set(re.findall(r"\w+", first))
    hero = subject
    subject = subject.lower()
    for sentence in others:
        if sentence.startswith('"'):
            sentence, speech = sentence[1:].split(',"')
            assert speech.split()[-1] == hero + "."
        tokens = words(sentence.replace(hero, ""))
        open_subjects = []  # with whether it is that of a relative clause
        doer = None
        for place, word in enumerate(tokens):
            if word in NOUN_WORDS:
                start = place
                while start and tokens[start - 1] in BEFORE_NOUNS:
                    start -= 1
                if start == 0 or tokens[start - 1] in BEFORE_SUBJECTS:
                    is_relative = start > 1 and tokens[start - 2] in NOUN_WORDS
                    open_subjects.append((word, is_relative))
            elif word in FORMS:
                if not open_subjects:
                    open_subjects.append((subject, False))
                yield word, open_subjects[0][0]
            elif word in VERB_WORDS:
                if tokens[place - 1] in ("who", "that"):
                    doer = tokens[place - 2]
                else:
                    doer, is_relative = open_subjects[-1]
                    if is_relative:
                        open_subjects.pop()
                yield word, doer
            elif any(word in forms for forms in FORMS.values()):
                yield word, doer
        subject = open_subjects[0][0]


def test_the_other_reader_finds_wrong_forms():
    for text, wrong in (
        ("The dogs that the old man near the rivers feeds every day bark.", []),
        ("The dogs that the old man near the rivers feed every day bark.", ["feed"]),
        ("The dogs that the old man near the rivers feeds every day barks.", ["barks"]),
        ("The girl who loves the men sees himself.", ["himself"]),
        ("The girl who love the men visits her dog and sing.", ["love", "sing"]),
        ("The girl sees the dogs that find its bird.", ["its"]),
        ("She is happy. Then he sleeps because they are tired.", ["he", "they", "are"]),
    ):
        line = f"Anna is a baker in the mill. {text}"
        found = [form for form, noun in agreements(line) if not is_right(form, noun)]
        assert found == wrong, text


def test_everything_agrees(data):
    count = 0
    for line in sum(data.values(), []):
        for form, noun in agreements(line):
            assert is_right(form, noun), (form, noun, line)
            count += 1
    assert count > 15_000


# The pairs.


def test_pairs_go_on_as_the_lines_do(data, pairs):
    lines = iter(data["test"])
    line = next(lines)
    for pair in pairs:
        while not line.startswith(pair.prefix + pair.right):
            line = next(lines)  # in the order of the lines
        assert pair.prefix.endswith(" ")
        assert pair.right != pair.wrong
        assert abs(len(pair.right) - len(pair.wrong)) <= 6


def test_pairs_are_enough_of_each_kind(pairs):
    counts = Counter((pair.kind, pair.attractors > 0) for pair in pairs)
    near = {"adjacent", "name"}
    far = set(
        "prepositional phrase,subject relative,object relative,coordination,"
        "pronoun,possessive,reflexive".split(",")
    )
    assert {kind for kind, _ in counts} == near | far
    assert min(counts.values()) >= 30
    assert all(pair.attractors == 0 for pair in pairs if pair.kind in near)
    assert sum(pair.attractors > 0 and pair.distance >= 8 for pair in pairs) > 200
    names = [pair.distance for pair in pairs if pair.kind == "name"]
    assert sum(names) / len(names) > 25


def test_distance_attractors_and_the_wrong_form_are_as_an_independent_count(pairs):
    checked = Counter()
    for pair in pairs:
        *_, sentence = sentences(pair.prefix + "x")
        before = words(sentence)[:-1]
        if pair.kind in ("prepositional phrase", "subject relative"):
            nouns = [place for place, word in enumerate(before) if word in NOUN_WORDS]
            subject = before[nouns[0]]
            if before[0] not in BEFORE_NOUNS | BEFORE_SUBJECTS or "that" in before:
                continue  # the subject may be another
            assert pair.distance == len(before) - nouns[0] - 1
            between = [before[place] for place in nouns[1:]]
            form = pair.right.split()[0].strip(".,")
            assert is_right(form, subject)
            assert pair.attractors == sum(not is_right(form, noun) for noun in between)
            checked[pair.kind] += 1
        elif pair.kind == "name":
            gone = words(pair.prefix)
            first = gone.index(pair.right.strip(".").lower())
            assert pair.wrong.strip(".").lower() not in gone
            between = [word for word in gone[first + 1 :] if word.isalpha()]
            assert pair.distance == len(between)
            checked["name"] += 1
    assert min(checked.values()) > 30 and len(checked) == 3


def head(form):
    return form.split()[0].strip(".,").lower()


def test_each_form_is_as_often_right_as_wrong(pairs):
    counts = Counter()
    for pair in pairs:
        group = pair.kind, pair.attractors > 0
        counts[group, head(pair.right), head(pair.wrong)] += 1
    for (group, right, wrong), count in counts.items():
        assert counts[group, wrong, right] == count


def test_words_of_pairs_are_well_known(data, pairs):
    counts = Counter(words(" ".join(data["train"])))
    forms = {head(form) for pair in pairs for form in pair[1:3]}
    assert min(counts[form] for form in forms) >= 25


def accuracy(pairs, score):
    """The share of pairs that a score passes; ties count one half."""
    passed = [
        (score(pair.prefix, pair.right) > score(pair.prefix, pair.wrong))
        + 0.5 * (score(pair.prefix, pair.right) == score(pair.prefix, pair.wrong))
        for pair in pairs
    ]
    return sum(passed) / len(passed)


def test_counting_words_does_not_help(data, pairs):
    text = words(" ".join(data["train"]))
    ones, twos = Counter(text), Counter(zip(text, text[1:], strict=False))

    def unigram(prefix, form):
        return sum(log(ones[word]) for word in words(form))

    def bigram(prefix, form):
        last = words(prefix)[-1]
        score = 0.0
        for word in words(form):
            score += log((twos[last, word] + 0.1) / (ones[last] + 0.1 * len(ones)))
            last = word
        return score

    def nearest_noun(prefix, form):
        noun = [word for word in words(prefix) if word in NOUN_WORDS][-1]
        return is_right(head(form), noun)

    with_attractors = [pair for pair in pairs if pair.attractors]
    names = [pair for pair in pairs if pair.kind == "name"]
    adjacent = [pair for pair in pairs if pair.kind == "adjacent"]
    for group in (pairs, with_attractors, names):
        assert abs(accuracy(group, unigram) - 0.5) < 0.05
    assert accuracy(with_attractors, bigram) < 0.55
    assert abs(accuracy(names, bigram) - 0.5) < 0.1
    assert accuracy(with_attractors, nearest_noun) < 0.5
    assert accuracy(adjacent, bigram) > 0.8  # where counting is enough, it is


def test_pairs_of_every_split():
    for split, other in (("train", "test"), ("validation", "train")):
        lines = language_modeling.splits(**SMALL)
        pairs = language_modeling.agreement_pairs(split, **SMALL)
        assert pairs
        for pair in pairs:
            begins = pair.prefix + pair.right
            assert any(line.startswith(begins) for line in lines[split])
        assert pairs != language_modeling.agreement_pairs(other, **SMALL)


def test_an_unknown_split_raises():
    with pytest.raises(DataError, match="'train', 'validation', 'test', found 'dev'"):
        language_modeling.agreement_pairs("dev")


# The recogniser.


def test_every_line_and_every_sentence_is_grammatical(data):
    for name, lines in data.items():
        for line in lines:
            assert is_grammatical(line), (name, line)
    for line in data["test"][:50]:
        for sentence in sentences(line):
            assert is_grammatical(sentence, "sentence"), sentence


def test_no_line_with_the_wrong_form_of_a_pair_is_grammatical(data, pairs):
    starts = {}
    for pair in pairs:
        begins = pair.prefix + pair.right
        if not starts.get("line", "").startswith(begins):
            starts["line"] = next(x for x in data["test"] if x.startswith(begins))
        wrong = pair.prefix + pair.wrong + starts["line"][len(begins) :]
        assert not is_grammatical(wrong), wrong


@pytest.mark.parametrize(
    "corrupt",
    [
        lambda line: line[:-1],
        lambda line: line + " ",
        lambda line: line + "\n",
        lambda line: line.replace(" ", "  ", 1),
        lambda line: line.lower(),
        lambda line: line.upper(),
        lambda line: line.replace(". ", ".", 1),
        lambda line: line + " " + line,
        lambda line: line.split(". ", 1)[1],
        lambda line: " ".join(reversed(line.split(" "))),
        lambda line: line.replace("The ", "A ").replace(" the ", " a "),
        lambda line: re.sub(r"(\w)(\w) ", r"\2\1 ", line, count=1),
        lambda line: line.replace(" lives ", " live ").replace(" is a ", " are a ", 1),
    ],
)
def test_corrupted_lines_are_not_grammatical(data, corrupt):
    for line in data["test"][:20]:
        assert not is_grammatical(corrupt(line)), corrupt(line)


@pytest.mark.parametrize(
    "text", ["", ".", '"', " ", "The", "Anna.", "The dog barks", "Türe.", "“Hi.”", "\0"]
)
def test_what_is_no_line_is_not_grammatical(text):
    assert not is_grammatical(text)
    assert not is_grammatical(text, "sentence")


def test_sentences_alone():
    for text, expected in {
        "The dogs that the old man near the river feeds every morning bark.": True,
        "The dogs that the old man near the river feeds every morning barks.": False,
        "The dogs that the old man near the river feed every morning bark.": False,
        "They love their garden.": True,
        "They love his garden.": False,
        "Then she sees herself because she is very tired.": False,
        "She sees herself because she is very tired.": True,
        "She sees herself and sleep every day.": False,
        '"The boats are new," says Lucy.': True,
        '"The boats are new, says Lucy.': False,
        "The girl barks.": False,  # only dogs do
        "The books see the girl.": False,
    }.items():
        assert is_grammatical(text, "sentence") == expected, text
        assert not is_grammatical(text)


def test_an_unknown_unit_raises():
    with pytest.raises(DataError, match="'line' or 'sentence'"):
        is_grammatical("They sleep.", "word")


def test_sentences_join_to_the_line(data):
    for line in data["test"]:
        assert " ".join(sentences(line)) == line
    assert sentences("He runs. He sle") == ["He runs.", "He sle"]


def test_every_symbol_with_rules_is_used():
    items = [item for s in RULES.values() for rule in s.rules for item in rule]
    used = {item.symbol for item in items}
    assert set(RULES) - used == {"line", "sentence"}  # which one begins with
