"""Messages and news from a small grammar, with their entities marked."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from seqkit.samples import entities
from seqkit.samples.chance import is_one_in
from seqkit.samples.drawing import Drawing

Row = dict[str, Any]

_MIN_TOKENS, _MAX_TOKENS = 3, 40
_RESERVED_ONE_IN = 4
_DRAWING = Drawing("tagging", "sentences", "whose words all occur in the train split")
# Symbols of the rules that put a name into a clause within a clause.
_NESTED = frozenset(
    "apposition plan quotation relative report whether where which".split()
)


def splits(
    seed: int = 0, train: int = 5000, validation: int = 500, test: int = 1000
) -> dict[str, list[Row]]:
    """Sentences with entities, whose test split has names that training never shows.

    The entities are of the types "person", "place", "organisation", "product" and
    "date". All names are invented.

    - The context of a name decides its type, at times from afar: "Marlow said", "in
      Marlow", "shares of Marlow", "a book about Marlow, who moved to". Only without any
      ("What do you know about Belwick?") the name's ending decides.
    - Names contain names: "the Bank of Marlow" is one organisation, "the baker from
      Marlow" is not. "The" and titles are not part of an entity.
    - Entities of one type are side by side: "Invite Ben Anna Marlow and June".
    - Everyday words are names too: "Baker said", "Will will call", "in May".
    - One sentence in four is written without capitals.

    The label is the purpose of the sentence, whatever is quoted or reported in it:
    "news", "question", "request" or "complaint".

    About a quarter of the names is reserved for the test split. They are made of the
    same syllables as the others. The other words of "test" occur in "train". No
    sentence occurs twice, even with other capitals. Sentences have about 12 tokens. See
    `seqkit.samples` for the arguments.

    Returns:
        "train", "validation" and "test" to lists of dicts of "tokens" and "tags" (BIO),
        of one length, and "label".

    Raises:
        DataError: `train` is too small to show the words that a test split of this
            size needs.

    >>> from seqkit.samples import tagging
    >>> row = tagging.splits(train=1000, validation=10, test=10)["train"][0]
    >>> print(*row["tokens"])
    According to Trenander and Sons the Thistle Town Council hired 100 cooks .
    >>> print(*row["tags"][:6])
    O O B-organisation I-organisation I-organisation O
    >>> row["label"]
    'news'
    """
    return {
        name: [
            {
                "tokens": list(sentence.tokens),
                "tags": list(sentence.tags),
                "label": sentence.label,
            }
            for sentence in sentences
        ]
        for name, sentences in _draw_splits(seed, train, validation, test).items()
    }


def conditions(
    split: str = "test",
    seed: int = 0,
    train: int = 5000,
    validation: int = 500,
    test: int = 1000,
) -> dict[str, list[int]]:
    """What makes the sentences of a split hard for a tagger.

    | Condition | the sentences |
    |---|---|
    | "seen_names" | whose names all occur in "train" |
    | "unseen_names" | with a name that does not |
    | "context_decides" | with a name whose ending is that of another type |
    | "ending_decides" | with a name that might be of any type but for its ending |
    | "nested" | with a relative clause, an apposition, a quotation or a report |
    | "names_in_names" | with a name in a longer one: "the Bank of Marlow" |
    | "adjacent" | with two entities of one type side by side |
    | "lower_case" | without capitals |

    A sentence may meet several of them.

    Args:
        split: "train", "validation" or "test".
        seed, train, validation, test: As in `splits`.

    Returns:
        Numbers of rows, from 0, by condition.

    Raises:
        DataError: There is no such split.

    >>> from seqkit.samples import tagging
    >>> rows = tagging.splits(train=1000, validation=10, test=50)["test"]
    >>> found = tagging.conditions(train=1000, validation=10, test=50)
    >>> print(*rows[found["adjacent"][0]]["tokens"])
    On Sunday , after Tamander Hanna Wenander spoke in Golmouth .
    """
    drawn = _draw_splits(seed, train, validation, test)
    known = _words(drawn["train"])
    tests: dict[str, Callable[[entities.Sentence], bool]] = {
        "seen_names": lambda sentence: _words([sentence]) <= known,
        "unseen_names": lambda sentence: not _words([sentence]) <= known,
        "context_decides": _has_name_of_another_type,
        "ending_decides": lambda sentence: "anything" in sentence.symbols,
        "nested": lambda sentence: bool(_NESTED & sentence.symbols),
        "names_in_names": _has_name_in_a_name,
        "adjacent": _has_adjacent_entities,
        "lower_case": lambda sentence: sentence.is_lower,
    }
    return _DRAWING.rows_where(drawn, split, tests)


def is_reserved(name: str) -> bool:
    """Whether a name is reserved for the test split, with every seed."""
    if name in entities.EVERYDAY_NAMES:  # training shows the word anyway
        return False
    return is_one_in(_RESERVED_ONE_IN, name)


def _draw_splits(seed, train, validation, test):
    shown = entities.Writer(lambda name: not is_reserved(name))
    everything = entities.Writer()
    seen: set[tuple[str, ...]] = set()
    result = {
        "train": _draw(shown, "train", train, seed, seen),
        "validation": _draw(shown, "validation", validation, seed, seen),
    }
    known = _words(result["train"])

    def is_known(sentence: entities.Sentence) -> bool:
        return all(
            word in known or entities.family(word) for word in _words([sentence])
        )

    result["test"] = _draw(everything, "test", test, seed, seen, is_known)
    return result


def _draw(writer, split, count, seed, seen, is_wanted=lambda sentence: True):
    """Draws sentences that are not in `seen` yet, and adds them to it."""

    def draw(rng: random.Random) -> list[entities.Sentence]:
        sentence = writer.sentence(rng)
        key = tuple(token.lower() for token in sentence.tokens if token.isalnum())
        has_length = _MIN_TOKENS <= len(sentence.tokens) <= _MAX_TOKENS
        if key in seen or not has_length or not is_wanted(sentence):
            return []
        seen.add(key)
        return [sentence]

    return _DRAWING.draw(split, count, seed, draw)


def _words(sentences: Sequence[entities.Sentence]) -> set[str]:
    """The words of sentences, in lower case."""
    return {token.lower() for sentence in sentences for token in sentence.tokens}


def _has_name_of_another_type(sentence: entities.Sentence) -> bool:
    return any(
        tag.startswith("B-")
        and following != tag.replace("B-", "I-")  # a name of one word
        and entities.family(token) not in (None, "first", tag.removeprefix("B-"))
        for token, tag, following in zip(
            sentence.tokens, sentence.tags, [*sentence.tags[1:], "O"], strict=True
        )
    )


def _has_name_in_a_name(sentence: entities.Sentence) -> bool:
    return any(
        tag.endswith("-organisation") and entities.family(token) == "place"
        for token, tag in zip(sentence.tokens, sentence.tags, strict=True)
    )


def _has_adjacent_entities(sentence: entities.Sentence) -> bool:
    return any(
        tag.startswith("B-") and before.endswith(tag.removeprefix("B"))
        for before, tag in zip(sentence.tags, sentence.tags[1:], strict=False)
    )
