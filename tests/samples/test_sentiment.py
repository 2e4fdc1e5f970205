"""The embedded reviews: mirrored, read by rules of their own, new combinations."""

import os
import re
import subprocess
import sys
from collections import Counter, defaultdict

import pytest

from seqkit.errors import DataError
from seqkit.samples import reviews, sentiment


@pytest.fixture(scope="module")
def data():
    return sentiment.splits()


def words(text):
    return re.findall(r"\w+|[.,]", text.lower())


# The splits.


def test_sizes_and_form(data):
    assert {name: len(rows) for name, rows in data.items()} == {
        "train": 6000,
        "validation": 500,
        "test": 1000,
    }
    for text, label in sum(data.values(), []):
        assert label in ("negative", "positive")
        assert 5 <= len(text.split()) <= 40
        for sentence in re.split(r"(?<=\.) ", text):
            assert re.fullmatch(r"[A-Z][a-z]*(,? [A-Za-z]+)*\.", sentence), text
        assert not re.search(r"\b(\w+) \1\b", text), text
        assert not re.search(r"\ba [aeiou]", text), text


def test_no_review_occurs_twice(data):
    texts = [text for rows in data.values() for text, _ in rows]
    assert len(set(texts)) == len(texts)


def test_the_same_seed_gives_the_same_reviews_in_another_process():
    code = (
        "from seqkit.samples import sentiment as sample;"
        "sizes = dict(train=400, validation=6, test=10);"
        "print(sample.splits(3, **sizes), sample.conditions('test', 3, **sizes))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    sizes = {"train": 400, "validation": 6, "test": 10}
    small = sentiment.splits(3, **sizes)
    assert run.stdout.strip() == f"{small} {sentiment.conditions('test', 3, **sizes)}"
    assert small["train"] != sentiment.splits(4, **sizes)["train"]


def test_a_shorter_training_split_begins_the_longer_one(data):
    assert sentiment.splits(train=51, test=0)["train"] == data["train"][:51]


def test_a_split_that_cannot_be_filled_raises():
    with pytest.raises(DataError, match="split 'test': .* Ask for a larger `train`"):
        sentiment.splits(train=2)


def test_empty_splits_are_empty():
    empty = sentiment.splits(train=0, validation=0, test=0)
    assert empty == {"train": [], "validation": [], "test": []}
    assert not any(sentiment.conditions(train=0, validation=0, test=0).values())


# The order of the words decides, and nothing else.


def test_every_review_stands_beside_its_mirror(data):
    for rows in data.values():
        for one, other in zip(rows[::2], rows[1::2], strict=True):
            assert Counter(words(one[0])) == Counter(words(other[0]))
            assert {one[1], other[1]} == {"negative", "positive"}


def test_every_bag_of_words_has_both_labels_equally_often(data):
    for rows in data.values():
        bags = defaultdict(Counter)
        for text, label in rows:
            bags[tuple(sorted(words(text)))][label] += 1
        for labels in bags.values():
            assert labels["negative"] == labels["positive"]


def test_the_first_label_is_not_always_the_same(data):
    first = Counter(label for _, label in data["train"][::2])
    assert 1300 < first["positive"] < 1700


def test_a_bag_of_words_cannot_tell(data):
    text = pytest.importorskip("sklearn.feature_extraction.text")
    linear_model = pytest.importorskip("sklearn.linear_model")

    def score(order):
        vectorizer = text.CountVectorizer(ngram_range=(1, order), token_pattern=r"\w+")
        (train, labels), (test, test_labels) = (
            zip(*data[name], strict=True) for name in ("train", "test")
        )
        model = linear_model.LogisticRegression(max_iter=200)
        model.fit(vectorizer.fit_transform(train), labels)
        return model.score(vectorizer.transform(test), test_labels)

    assert score(1) == 0.5
    assert score(2) < 0.75


# Another reader, which knows the words' polarity and the rules, not the templates.

GOOD = set(
    "gripping moving witty clever original tasty fresh delicious generous lovely "
    "friendly kind helpful patient polite cosy spotless quiet spacious sturdy reliable "
    "handy precise solid good wonderful excellent impressive success delight pleasure "
    "delights delighted please pleases pleased impress impresses impressed love loved "
    "enjoy enjoyed admire admired praised recommended livelier funnier wiser sharper "
    "better warmer cleaner nicer calmer sturdier safer neater handier".split()
)
BAD = set(
    "tedious silly clumsy confusing dull bland greasy soggy stale awful rude careless "
    "grumpy impatient lazy dirty shabby noisy cramped flimsy faulty useless wobbly "
    "fragile bad terrible dreadful disappointing failure disappointment nuisance annoy "
    "annoys annoyed irritate irritates irritated bother bothers bothered hate hated "
    "dislike disliked detest detested criticised avoided clumsier slower sillier "
    "duller worse dirtier noisier darker ruder flimsier weaker uglier".split()
)
DENIALS = r"\b(not|never|hardly|nobody|no one|few|doubt|far from|anything but)\b"
OVERRULED = (
    r".*, but ",
    r".*\. (still|nevertheless), ",
    r"\b(although|even though|while) [^,]*, ",
    r", (although|even though) [^.]*",
    r"\bi expected [^,]*, and ",
    r"\S+ used to be [^,]*, ",
)


def read(text):
    """The sign of a review: 1 or -1."""
    text = text.lower()
    for pattern in OVERRULED:
        text = re.sub(pattern, "", text)
    signs = set()
    for part in re.split(r"[,.] ?| and ", text):
        if comparison := re.fullmatch(r"(.*) (than|instead of) (.*)", part):
            part, _, other = comparison.groups()
            if set(other.split()) & (GOOD | BAD):  # "less dull than", "dull instead of"
                part = re.sub(r"\bless\b", "not", part)
        polar = [word for word in part.split() if word in GOOD | BAD]
        assert len(polar) <= 1, text
        if polar:
            sign = 1 if polar[0] in GOOD else -1
            sign *= (-1) ** len(re.findall(DENIALS, part))
            if comparison and other.startswith("this"):
                sign = -sign
            signs.add(sign)
    assert len(signs) == 1, text  # what is left agrees
    return signs.pop()


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("The plot is dull.", -1),
        ("The plot is not dull.", 1),
        ("It is not true that the plot is never dull.", -1),
        ("I doubt that the soup was tasty.", -1),
        ("Although the plot is dull, the ending is witty.", 1),
        ("The ending is witty, although the plot is dull.", 1),
        ("The plot is dull, even though no one could call the ending silly.", -1),
        ("The soup was anything but bland, but the cook was rude.", -1),
        ("The soup was bland. Still, the cook was anything but rude.", 1),
        ("It was not our first visit, and the soup was tasty.", 1),
        ("It was our first visit, and the soup was not tasty.", -1),
        ("My old lamp is safer than this one.", -1),
        ("My old lamp is not safer than this one.", 1),
        ("This lamp is hardly safer than my old one.", -1),
        ("The plot is less dull than witty.", 1),
        ("The plot is more dull than witty.", -1),
        ("The soup was tasty instead of bland.", 1),
        ("I expected the cook to be kind, and she was rude.", -1),
        ("The bread used to be stale, now it is fresh.", 1),
        ("Few people praised the show and most people avoided it.", -1),
        ("Far from awful, the bread was tasty. We went there in May.", 1),
    ],
)
def test_the_reader_reads(text, sign):
    assert read(text) == sign


def test_the_reader_agrees_with_every_label(data):
    for text, label in sum(data.values(), []):
        assert read(text) == {"positive": 1, "negative": -1}[label], text


# What the test split holds out.


def test_combinations_held_out_are_in_the_test_split_only(data, monkeypatch):
    drawn = {}
    draw = reviews.draw_mirrored

    def remember(rng):
        mirrored = draw(rng)
        drawn.update((review.text, mirrored) for review in mirrored)
        return mirrored

    monkeypatch.setattr(reviews, "draw_mirrored", remember)
    sizes = {"train": 600, "validation": 20, "test": 60}
    for name, rows in sentiment.splits(**sizes).items():
        for text, _ in rows:
            combinations = [c for review in drawn[text] for c in review.combinations]
            held_out = map(sentiment.is_reserved, combinations)
            assert any(held_out) == (name == "test")


def test_words_denied_in_training_only_where_that_is_allowed(data):
    """The same, found in the texts."""
    seen = Counter()
    polar = GOOD | BAD
    for name, rows in data.items():
        for text, _ in rows:
            for denial, word in re.findall(
                r"(?:is|was) (never|hardly|far from|anything but) (?:a )?(\w+)", text
            ):
                # "Never dull and always witty" is another construction.
                if word in polar and not re.search("and always|, (it|s?he) ", text):
                    word = next(
                        (noun for noun in NOUNS if noun.endswith(" " + word)), word
                    )
                    combination = "denied", denial, word
                    seen[name, sentiment.is_reserved(combination)] += 1
    assert not seen["train", True] and not seen["validation", True]
    assert seen["train", False] > 500 and seen["test", True] > 30


NOUNS = {f"a {noun}" for noun in "success delight pleasure failure nuisance".split()}
NOUNS.add("a disappointment")


def test_each_word_is_known_and_frequent(data):
    counts = Counter(word for text, _ in data["train"] for word in words(text))
    others = data["validation"] + data["test"]
    assert {word for text, _ in others for word in words(text)} <= set(counts)
    assert 200 < len(counts) < 350
    assert GOOD | BAD <= set(counts)
    assert min(counts[word] for word in GOOD | BAD) >= 5


def test_conditions_of_the_test_split(data):
    rows = data["test"]
    found = {name: set(places) for name, places in sentiment.conditions().items()}
    shares = ("contrast", "opposites", "comparison", "crowd", "stray_denial")
    assert sum(len(found[name]) for name in shares) == len(rows)
    assert set.union(*(found[name] for name in shares)) == set(range(len(rows)))
    assert found["double_negation"] < found["negation"]
    assert all(len(places) >= 10 for places in found.values())
    contrast = r", but|Still|Nevertheless|[Aa]lthough|[Ee]ven though|While"
    for place, (text, _) in enumerate(rows):
        assert (place in found["contrast"]) == bool(re.search(contrast, text)), text
        is_comparison = re.search(r"than (this|my old|the first|the last) one", text)
        assert (place in found["comparison"]) == bool(is_comparison), text
        if place in found["negation"]:
            assert re.search(DENIALS, text.lower()), text
        if place in found["double_negation"]:
            assert len(re.findall(DENIALS, text.lower())) >= 2, text
    held_out = found["unseen_negation"] | found["unseen_construction"]
    assert all(held_out & {place, place + 1} for place in range(0, len(rows), 2))


def test_conditions_of_other_splits():
    found = sentiment.conditions("train")
    assert found["unseen_negation"] == found["unseen_construction"] == []
    assert len(found["contrast"]) > 1500


def test_an_unknown_split_raises():
    with pytest.raises(DataError, match="'train', 'validation', 'test', found 'dev'"):
        sentiment.conditions("dev")
