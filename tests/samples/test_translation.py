"""The embedded English-German sample: correct German, and a test split held out."""

import os
import re
import subprocess
import sys

import pytest

from seqkit.errors import DataError
from seqkit.samples import english_german as grammar
from seqkit.samples import translation
from seqkit.samples.english_german.clauses import ClauseSampler
from seqkit.samples.english_german.lexicon import (
    ADJECTIVES,
    ADVERBS,
    NOUNS,
    PREPOSITIONS,
    VERBS,
)
from seqkit.samples.english_german.meaning import (
    Clause,
    NounPhrase,
    Place,
    Relative,
    Sentence,
)
from seqkit.samples.english_german.phrases import PRONOUNS

GIVING = ("give", "bring")
FIRST, HE, SHE, WE, THEY = PRONOUNS


@pytest.fixture(scope="module")
def data():
    return translation.splits()


def words(text):
    return re.findall(r"\w+", text)


# The splits.


def test_sizes_and_form(data):
    assert {name: len(pairs) for name, pairs in data.items()} == {
        "train": 8000,
        "validation": 400,
        "test": 400,
    }
    for pair in sum(data.values(), []):
        for text in pair:
            assert 3 <= len(text.split()) <= 14
            assert re.fullmatch(r"[A-ZÄÖÜ][\w, ]*\w[.?]", text), text
            assert "  " not in text and " ," not in text and ",," not in text


def test_no_sentence_occurs_twice(data):
    pairs = sum(data.values(), [])
    for side in zip(*pairs, strict=True):
        assert len(set(side)) == len(pairs)


def test_the_same_seed_gives_the_same_sentences_in_another_process(data):
    code = (
        "from seqkit.samples import translation;"
        "print(translation.splits(seed=3, train=50, validation=5, test=5))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    small = translation.splits(seed=3, train=50, validation=5, test=5)
    assert run.stdout.strip() == str(small)
    assert translation.splits() == data
    assert not set(small["train"]) & set(translation.splits(4, 50, 5, 5)["train"])


def test_a_shorter_training_split_begins_the_longer_one(data):
    assert translation.splits(train=100, validation=0)["train"] == data["train"][:100]


def test_one_english_sentence_has_one_german_one():
    german = {}
    english = {}
    for seed in range(3):
        for pairs in translation.splits(seed, 3000).values():
            for pair in pairs:
                assert german.setdefault(pair[0], pair[1]) == pair[1]
                assert english.setdefault(pair[1], pair[0]) == pair[0]


def test_every_word_form_of_the_test_split_is_seen_in_training(data):
    for side in (0, 1):
        known = {word for pair in data["train"] for word in words(pair[side])}
        for pair in data["test"]:
            assert known.issuperset(words(pair[side]))


def test_a_training_split_too_small_to_show_every_word_raises():
    with pytest.raises(DataError, match="Ask for a larger `train`"):
        translation.splits(train=1, validation=0, test=30)


def test_no_training_at_all_raises():
    with pytest.raises(DataError, match="split 'test'"):
        translation.splits(train=0, validation=0, test=1)


def test_small_splits_work():
    small = translation.splits(train=64, validation=8, test=8)
    assert [len(pairs) for pairs in small.values()] == [64, 8, 8]


# What is held out.


def test_reserved_combinations_are_in_every_test_sentence_and_nowhere_else(monkeypatch):
    meanings = {}

    def remember(sentence):
        english = to_english(sentence)
        meanings[english] = sentence
        return english

    to_english = grammar.to_english
    monkeypatch.setattr(grammar, "to_english", remember)
    for name, pairs in translation.splits(train=3000).items():
        for english, _ in pairs:
            held = map(translation.is_reserved, grammar.combinations(meanings[english]))
            assert any(held) == (name == "test")


def test_training_texts_hold_no_reserved_neighbours(data):
    """The same without looking at the meanings: "black horse", "dog is sleeping"."""
    adjectives = {adjective.english for adjective in ADJECTIVES}
    nouns = {form: n.english for n in NOUNS for form in (n.english, n.english_plural)}
    # Verbs that their "-ing" tells from all others, and that have one object.
    doing = {
        v.ing: v.prefix + v.german
        for v in VERBS
        if v.ing and v.english not in ("eat", "run", "fall", "get") + GIVING
    }
    determiner = "(?:a|an|the|this|these|my|our|two|three|many)"
    subject = rf"^{determiner} (?:\w+ )??(\w+) (?:is|are) (\w+ing)\b"
    direct = rf"(\w+ing)(?: for| up)? {determiner} (?:\w+ )??(\w+)\b"
    found = set()
    for english, _ in data["train"] + data["validation"]:
        text = english.lower()
        tokens = words(text)
        for adjective, noun in zip(tokens, tokens[1:], strict=False):
            if adjective in adjectives and noun in nouns:
                found.add(("adjective", adjective, nouns[noun]))
        for noun, verb in re.findall(subject, text):
            if noun in nouns and verb in doing:
                found.add(("subject", nouns[noun], doing[verb]))
        for verb, noun in re.findall(direct, text):
            if noun in nouns and verb in doing:
                found.add(("object", doing[verb], nouns[noun]))
    assert not set(filter(translation.is_reserved, found))
    assert {len([f for f in found if f[0] == role]) > 90 for role, *_ in found} == {
        True
    }


def test_about_one_combination_in_eight_is_reserved():
    combinations = [
        ("adjective", adjective.english, noun.english)
        for adjective, nouns in ADJECTIVES.items()
        for noun in nouns
    ]
    reserved = sum(map(translation.is_reserved, combinations))
    assert 0.08 < reserved / len(combinations) < 0.17


def test_every_word_keeps_combinations_that_training_may_show():
    clauses = ClauseSampler(lambda pair: not translation.is_reserved(pair))
    assert all(clauses.phrases.adjectives.values())
    for use in clauses.uses + clauses.reporting:
        assert len(use.subjects) >= 2
        assert len(use.objects) >= 2 or not use.verb.objects


def test_nobody_does_something_to_himself(data):
    for english, _ in sum(data.values(), []):
        assert not re.search(r"\b(?:I|we) (?:(?:am|are) )?\w+ (?:me|us)\b", english)


# Golden sentences, written by hand.


def np(determiner, noun, adjective=None, plural=False, relative=None):
    (found,) = [n for n in NOUNS if n.english == noun]
    adjectives = {a.english: a for a in ADJECTIVES}
    chosen = adjectives[adjective] if adjective else None
    return NounPhrase(determiner, chosen, found, plural, relative)


def verb(german, frame=None):
    found = [v for v in VERBS if v.prefix + v.german == german]
    return found[0] if frame is None else [v for v in found if v.frame == frame][0]


def time(english):
    return {adverb.english: adverb for adverb in ADVERBS}[english]


def place(name, phrase):
    return Place(PREPOSITIONS[name], phrase)


def adjective(english):
    return {a.english: a for a in ADJECTIVES}[english]


MAN = np("the", "man")
GOLDEN = [
    (
        Sentence(
            Clause(
                np("the", "man", "old"),
                verb("sehen"),
                direct=np("the", "dog", "small"),
                time=time("today"),
                front="time",
            )
        ),
        "Today the old man sees the small dog.",
        "Heute sieht der alte Mann den kleinen Hund.",
    ),
    (
        Sentence(
            Clause(MAN, verb("lachen")),
            "because",
            Clause(np("the", "dog"), verb("suchen"), direct=np("the", "ball")),
        ),
        "The man is laughing because the dog is looking for the ball.",
        "Der Mann lacht, weil der Hund den Ball sucht.",
    ),
    (
        Sentence(
            Clause(np("the", "woman"), verb("singen")),
            "if",
            Clause(np("the", "child"), verb("aufstehen")),
            subordinate_first=True,
        ),
        "If the child is getting up, the woman is singing.",
        "Wenn das Kind aufsteht, singt die Frau.",
    ),
    (
        Sentence(
            Clause(np("the", "boy"), verb("sagen")),
            "that",
            Clause(SHE, verb("weglaufen"), "perfect"),
        ),
        "The boy says that she has run away.",
        "Der Junge sagt, dass sie weggelaufen ist.",
    ),
    (
        Sentence(
            Clause(FIRST, verb("anrufen"), direct=np("the", "boy"), time=time("now"))
        ),
        "I am calling the boy now.",
        "Ich rufe jetzt den Jungen an.",
    ),
    (
        Sentence(Clause(WE, verb("abholen"), "want", direct=HE)),
        "We want to pick him up.",
        "Wir wollen ihn abholen.",
    ),
    (
        Sentence(
            Clause(
                SHE,
                verb("geben"),
                "past",
                direct=np("two", "apple", "red", plural=True),
                recipient=np("the", "child", plural=True),
                time=time("yesterday"),
            )
        ),
        "She gave the children two red apples yesterday.",
        "Sie hat den Kindern gestern zwei rote Äpfel gegeben.",
    ),
    (
        Sentence(Clause(MAN, verb("kaufen"), negated=True, direct=np("a", "coat"))),
        "The man is not buying a coat.",
        "Der Mann kauft keinen Mantel.",
    ),
    (
        Sentence(
            Clause(
                MAN, verb("kaufen"), negated=True, direct=np("", "book", "new", True)
            )
        ),
        "The man is not buying any new books.",
        "Der Mann kauft keine neuen Bücher.",
    ),
    (
        Sentence(
            Clause(MAN, verb("aufmachen"), negated=True, direct=np("the", "window"))
        ),
        "The man is not opening the window.",
        "Der Mann macht das Fenster nicht auf.",
    ),
    (
        Sentence(
            Clause(
                np("the", "horse"),
                verb("laufen"),
                place=place("into", np("the", "forest", "dark")),
            )
        ),
        "The horse is running into the dark forest.",
        "Das Pferd läuft in den dunklen Wald.",
    ),
    (
        Sentence(
            Clause(
                np("the", "horse"),
                verb("laufen"),
                place=place("in", np("the", "forest", "dark")),
                front="place",
            )
        ),
        "In the dark forest the horse is running.",
        "Im dunklen Wald läuft das Pferd.",
    ),
    (
        Sentence(
            Clause(
                np("my", "sister"),
                verb("legen"),
                "perfect",
                direct=np("a", "newspaper", "old"),
                place=place("onto", np("our", "table", "expensive")),
            )
        ),
        "My sister has put an old newspaper on our expensive table.",
        "Meine Schwester hat eine alte Zeitung auf unseren teuren Tisch gelegt.",
    ),
    (
        Sentence(
            Clause(
                np("a", "newspaper"),
                verb("liegen"),
                place=place("on", np("our", "table")),
            )
        ),
        "A newspaper is lying on our table.",
        "Eine Zeitung liegt auf unserem Tisch.",
    ),
    (
        Sentence(
            Clause(
                np(
                    "the",
                    "man",
                    relative=Clause(
                        Relative(MAN.noun, False),
                        verb("helfen"),
                        direct=np("a", "boy", "hungry"),
                    ),
                ),
                None,
                predicate=adjective("friendly"),
            )
        ),
        "The man who is helping a hungry boy is friendly.",
        "Der Mann, der einem hungrigen Jungen hilft, ist freundlich.",
    ),
    (
        Sentence(
            Clause(
                np(
                    "the",
                    "coat",
                    relative=Clause(
                        np("the", "woman"),
                        verb("suchen"),
                        direct=Relative(np("the", "coat").noun, False),
                    ),
                ),
                None,
                predicate=adjective("new"),
            )
        ),
        "The coat that the woman is looking for is new.",
        "Der Mantel, den die Frau sucht, ist neu.",
    ),
    (
        Sentence(
            Clause(
                FIRST,
                verb("sehen"),
                "perfect",
                direct=np("the", "dog", plural=True),
                trailing=Clause(
                    Relative(np("the", "dog").noun, True),
                    verb("spielen", "mit+dative"),
                    direct=np("this", "ball"),
                ),
            )
        ),
        "I have seen the dogs that are playing with this ball.",
        "Ich habe die Hunde gesehen, die mit diesem Ball spielen.",
    ),
    (
        Sentence(
            Clause(
                THEY,
                verb("warten"),
                "like",
                direct=np("the", "doctor", "friendly"),
                place=place("in", np("the", "house", "big")),
                front="why",
            ),
            is_question=True,
        ),
        "Why would they like to wait for the friendly doctor in the big house?",
        "Warum möchten sie im großen Haus auf den freundlichen Arzt warten?",
    ),
    (
        Sentence(Clause(HE, verb("kennen"), direct=SHE), is_question=True),
        "Does he know her?",
        "Kennt er sie?",
    ),
    (
        Sentence(
            Clause(
                np("three", "cow", "white", plural=True),
                verb("fressen"),
                "can",
                negated=True,
                direct=np("the", "apple", plural=True),
            )
        ),
        "Three white cows cannot eat the apples.",
        "Drei weiße Kühe können die Äpfel nicht fressen.",
    ),
    (
        Sentence(
            Clause(
                np("our", "sister"),
                verb("helfen"),
                "habit",
                direct=np("many", "doctor", "clever", plural=True),
                time=time("every day"),
            )
        ),
        "Our sister helps many clever doctors every day.",
        "Unsere Schwester hilft jeden Tag vielen klugen Ärzten.",
    ),
]


@pytest.mark.parametrize("meaning, english, german", GOLDEN)
def test_golden_sentences(meaning, english, german):
    assert grammar.to_english(meaning) == english
    assert grammar.to_german(meaning) == german


# An independent checker of German agreement and word order.

GENDERS = {
    "m": "Mann Junge Jungen Freund Lehrer Arzt Hund Vogel Apfel Kuchen Kaffee Brief "
    "Ball Mantel Tisch Garten Wald Baum",
    "f": "Frau Schwester Katze Kuh Wurst Milch Zeitung Tasche Blume Tür Küche Stadt",
    "n": "Mädchen Kind Pferd Ei Wasser Buch Bild Auto Fahrrad Fenster Bett Zimmer Haus",
    # Plurals, and the ones of the dative.
    "p": "Männer Frauen Jungen Mädchen Kinder Freunde Lehrer Ärzte Schwestern Hunde "
    "Katzen Pferde Vögel Kühe Äpfel Eier Kuchen Würste Bücher Briefe Zeitungen Bälle "
    "Taschen Mäntel Blumen Bilder Autos Fahrräder Türen Fenster Tische Betten Gärten "
    "Häuser Bäume",
    "d": "Männern Frauen Jungen Mädchen Kindern Freunden Lehrern Ärzten Schwestern "
    "Hunden Katzen Pferden Vögeln Kühen Bällen Autos",
}
GENDERS = {gender: set(nouns.split()) for gender, nouns in GENDERS.items()}
ALL_NOUNS = set.union(*GENDERS.values())

# Determiner -> what it may stand before, as gender + ending of the adjective:
# m, f, n singular, p plural (nominative, accusative), d dative plural.
DETERMINERS = {
    "der": "m-e f-en",
    "die": "f-e p-en",
    "das": "n-e",
    "den": "m-en d-en",
    "dem": "m-en n-en",
    "im": "m-en n-en",
    "ins": "n-e",
    "dieser": "m-e f-en",
    "diese": "f-e p-en",
    "dieses": "n-e",
    "diesen": "m-en d-en",
    "diesem": "m-en n-en",
    "zwei": "p-e d-en",
    "drei": "p-e d-en",
    "viele": "p-e",
    "vielen": "d-en",
}
for stem in ("ein", "mein", "kein", "unser"):
    DETERMINERS[stem] = "m-er n-es"
    DETERMINERS[stem + "e"] = "f-e" if stem == "ein" else "f-e p-en"
    DETERMINERS[stem + "en"] = "m-en" if stem == "ein" else "m-en d-en"
    DETERMINERS[stem + "em"] = "m-en n-en"
    DETERMINERS[stem + "er"] = "f-en"
STEMS = (
    "alt jung klein groß schön klug freundlich müd hungrig schwarz weiß rot "
    "frisch kalt neu teur dunkl ruhig"
).split()


def is_licensed(determiner, ending, noun):
    """Whether some gender, number and case licenses the phrase; ending None: bare."""
    for reading in DETERMINERS[determiner].split():
        gender, _, required = reading.partition("-")
        if noun in GENDERS[gender] and ending in (None, required):
            # "der Jungen", "ein Jungen" and "den Junge" are wrong.
            is_nominative = determiner in ("der", "dieser", "ein", "mein", "unser")
            if gender == "m" and is_nominative and noun == "Jungen":
                continue
            if gender == "m" and not is_nominative and noun == "Junge":
                continue
            return True
    return False


def is_agreeing(german):
    tokens = re.findall(r"\w+|,", german[0].lower() + german[1:]) + ["."]
    for before, *phrase in zip(
        [""] + tokens, tokens, tokens[1:], tokens[2:] + [""], strict=False
    ):
        determiner, following, noun = phrase
        is_relative = before == "," and determiner in (
            "der",
            "die",
            "das",
            "den",
            "dem",
        )
        if determiner not in DETERMINERS or is_relative:
            continue
        inflected = re.fullmatch(f"({'|'.join(STEMS)})(e[nrs]?)", following)
        if following in ALL_NOUNS:
            if not is_licensed(determiner, None, following):
                return False
        elif inflected and noun in ALL_NOUNS:
            if not is_licensed(determiner, inflected[2], noun):
                return False
        elif determiner != "ein" or following not in ",.":  # "lädt den Mann ein."
            return False
    return True


def test_the_checker_finds_wrong_german():
    for wrong in (
        "Der alten Mann schläft.",
        "Ich sehe der Mann.",
        "Ein altes Mann schläft.",
        "Ich sehe den alte Mann.",
        "Das Frau schläft.",
        "Ich helfe den Männer.",
        "Er geht ins große Garten.",
        "Ein alter Jungen schläft.",
        "Ich sehe den Junge.",
        "Zwei alten Männer schlafen.",
        "Ich sehe einen Frau.",
    ):
        # "Ich sehe der Mann" has the right form of another case.
        assert is_agreeing(wrong) == (wrong == "Ich sehe der Mann."), wrong


def test_determiner_adjective_and_noun_agree(data):
    for _, german in sum(data.values(), []):
        assert is_agreeing(german), german


def test_cases_follow_the_role(data):
    """The case of masculine nouns, by the verb or the preposition beside them."""
    accusative = {"den", "diesen", "einen", "meinen", "unseren", "keinen"}
    dative = {"dem", "diesem", "einem", "meinem", "unserem", "keinem"}
    pronoun = "^(?:Er|Sie|Ich|Wir)"
    determiner = "((?:d|dies|ein|mein|unser|kein)e[mnr])"
    adjective = "(?:[a-zäöüß]+ )?"
    living = f"{adjective}(Mann|Arzt|Freund|Hund|Vogel)"
    patterns = {
        rf"{pronoun} (?:hilft|folgt|helfen?|folgen?) {determiner} {living}\b": dative,
        rf"{pronoun} (?:sieht|sucht|liebt|sehen?) {determiner} {living}\b": accusative,
        rf"\bmit {determiner} {living}\b": dative,
        rf"\bauf {determiner} {living} (?:ge)?wart": accusative,
        rf"\bliegt auf {determiner} {adjective}(Tisch)\b": dative,
        rf"\bauf {determiner} {adjective}(Tisch) (?:legt|legen|gelegt)\b": accusative,
        rf"\b(?:unter|hinter) {determiner} {adjective}(Tisch|Baum)\b": dative,
        rf"\bgeht in {determiner} {adjective}(Garten|Wald)\b": accusative,
        rf"\bin {determiner} {adjective}(Garten|Wald) (?:ge)?(?:schla|arbeit)": dative,
    }
    for pattern, expected in patterns.items():
        found = [
            match
            for _, german in data["train"]
            for match in re.findall(pattern, german)
        ]
        assert found, pattern
        assert {determiner for determiner, _ in found} <= expected, pattern


AUXILIARIES = set(
    "habe hat haben bin ist sind werde wird werden kann können muss müssen will wollen "
    "möchte möchten".split()
)


def finite_forms(with_prefix):
    forms = set()
    for v in VERBS:
        prefix = v.prefix if with_prefix else ""
        forms |= {prefix + f for f in (v.german_first, v.german_third, v.german)}
    return forms


def test_subordinate_clauses_end_with_the_finite_verb(data):
    finite = finite_forms(with_prefix=True) | AUXILIARIES
    infinitives = {v.prefix + v.german for v in VERBS}
    participles = {v.german_participle for v in VERBS}
    adjectives = {a.german for a in ADJECTIVES}
    seen = 0
    for _, german in data["train"]:
        for clause in re.findall(
            r"\b(?:[Ww]eil|[Oo]bwohl|[Ww]enn|dass) ([^,.]+)", german
        ):
            *_, before, last = words(clause)
            assert last in finite, german
            if last in ("habe", "hat", "haben"):
                assert before in participles, german
            elif last in ("bin", "ist", "sind"):
                assert before in participles | adjectives, german
            elif last in AUXILIARIES:
                assert before in infinitives, german
            # Nothing else finite stands before it.
            assert not set(words(clause)[:-2]) & AUXILIARIES, german
            seen += 1
    assert seen > 1500


def test_main_clauses_have_the_finite_verb_second(data):
    finite = finite_forms(with_prefix=False) | AUXILIARIES
    fronted = r"(?:Heute|Gestern|Morgen|Jetzt|Manchmal|Jeden Tag|Letzte Woche) (\w+)"
    seen = 0
    for _, german in data["train"]:
        if match := re.match(fronted, german):
            assert match[1] in finite, german
            seen += 1
        if match := re.match(r"(?:Weil|Obwohl|Wenn) [^,]+, (\w+)", german):
            assert match[1] in finite, german
            seen += 1
    assert seen > 1000


def test_separable_verbs_come_apart_in_main_clauses_only(data):
    texts = [german for _, german in data["train"]]
    assert any(re.search(r"\bruft .* an\.", text) for text in texts)
    assert any(re.search(r"\bdass .* anruft\.", text) for text in texts)
    assert any(re.search(r"\bwill .* anrufen\b", text) for text in texts)
    assert any(re.search(r"\bhat .* angerufen\b", text) for text in texts)
    assert not any(re.search(r"\bdass [^,]* ruft\b", text) for text in texts)
