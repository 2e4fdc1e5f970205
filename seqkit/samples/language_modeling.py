"""Short English stories from a small grammar, and what to remember in them.

The measure is that of Linzen et al. 2016 (arXiv:1611.01368) and of Marvin and Linzen
2018 (arXiv:1808.09031): a language model should assign the right form of a word a
higher probability than a wrong one, whether the word that decides is near or far.
"""

import functools
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from seqkit.errors import DataError
from seqkit.samples import stories
from seqkit.samples.chance import is_one_in
from seqkit.samples.drawing import Drawing
from seqkit.samples.stories import AgreementPair as AgreementPair

# A line's text and its words.
Line = tuple[str, list[stories.Token]]

_RESERVED_ONE_IN = 8
_DRAWING = Drawing(
    "language modelling",
    "lines",
    "that earlier splits do not hold",
    "Ask for fewer lines.",
    patience=1_000,
)


def splits(
    seed: int = 0, train: int = 1600, validation: int = 100, test: int = 400
) -> dict[str, list[str]]:
    """Lines of text, each a little story, whose test split has what is new.

    A line has three to six sentences in plain ASCII. Its words agree over distances of
    a few words to a whole line:

    - verbs with their subjects, across phrases and relative clauses with nouns of the
      other number ("The dogs that the old man near the river feeds every morning
      bark"),
    - pronouns with the subject of their clause ("himself", "their") or of the sentence
      before ("They"),
    - the name at the end of a line with the one at its beginning.

    Quotation marks are closed. Every line has one reading, in which each of these
    forms is either right or wrong: see `agreement_pairs` and `is_grammatical`.

    Reserved for the test split are combinations of two words, about one in eight: one
    is the subject of a clause, the other its verb ("the queens dance") or another noun
    in it ("the dogs near the river"). Every line of "test" contains one. No sentence of
    "validation" or "test" occurs in an earlier split. Lines have about 260 characters.
    See `seqkit.samples` for the arguments.

    Returns:
        "train", "validation" and "test" to lists of lines without line ends.

    Raises:
        DataError: So many lines need more sentences than there are.

    >>> from seqkit.samples import language_modeling
    >>> data = language_modeling.splits(train=100, validation=10, test=10)
    >>> print(data["train"][1])
    Tom the painter lives under the bridge behind the old towers. At night he talks
    to himself. The cat that follows the black dog dreams of the boys and hides
    itself. "The old hen that the men dream of flies in the boat," says Tom.
    """
    sizes = {"train": train, "validation": validation, "test": test}
    return {
        name: [text for text, _ in lines] for name, lines in _draw_splits(seed, sizes)
    }


def agreement_pairs(
    split: str = "test",
    seed: int = 0,
    train: int = 1600,
    validation: int = 100,
    test: int = 400,
) -> list[AgreementPair]:
    """What a language model has to remember in the lines of a split.

    A model passes a pair if it assigns `prefix + right` a higher probability than
    `prefix + wrong`. Chance passes one half. So does a model that follows single words,
    since either form is right equally often, among the pairs with attractors as among
    those without; and a model that follows the nearest noun fails if that noun is an
    attractor. So accuracy by `distance`, `attractors` and `kind` shows how far a
    model's memory reaches.

    `right` and `wrong` extend to the end of the next word, for models of characters:
    after "The dogs" the letters of "bark" are likelier than those of "barks", which
    begin the same way, whatever the model knows about dogs.

    Args:
        split: "train", "validation" or "test". Those of "test" have combinations of
            words that training never shows.
        seed, train, validation, test: As in `splits`.

    Returns:
        The pairs in the order of the lines.

    Raises:
        DataError: There is no such split.

    >>> from seqkit.samples import language_modeling
    >>> pairs = language_modeling.agreement_pairs(train=100, validation=10, test=50)
    >>> pair = next(p for p in pairs if p.kind == "object relative" and p.attractors)
    >>> print(pair.prefix)
    Clara the sailor lives on the bridge behind the white house. At night she sees
    herself behind the river. The lamp that the hens watch every morning
    >>> pair.right, pair.wrong, pair.distance, pair.attractors
    ('falls under', 'fall under', 6, 1)
    """
    sizes = {"train": train, "validation": validation, "test": test}
    _DRAWING.check_split(split, sizes)
    lines = next(lines for name, lines in _draw_splits(seed, sizes) if name == split)
    rng = random.Random(f"pairs {split} {seed}")
    return _balance([p for _, tokens in lines for p in stories.find_pairs(tokens, rng)])


def is_grammatical(text: str, unit: str = "line") -> bool:
    """Whether a text could be a line of the sample, to score what a model writes.

    Everything counts: spelling, spaces, agreement, which verbs take which subjects and
    objects, the name at the end. Combinations reserved for the test split are right.

    Args:
        text: A whole line without its line end, or a sentence.
        unit: "line", or "sentence" for one sentence, as `sentences` returns them: a
            pronoun at its beginning, or a name at its end, may then be anybody's.

    Raises:
        DataError: There is no such unit.

    >>> from seqkit.samples.language_modeling import is_grammatical
    >>> is_grammatical("The girl who feeds the ducks loves her dogs.", "sentence")
    True
    >>> is_grammatical("The girl who feeds the ducks love her dogs.", "sentence")
    False
    """
    if unit not in ("line", "sentence"):
        raise DataError("a unit 'line' or 'sentence'", repr(unit))
    words = stories.to_words(text)
    return words is not None and _reader().accepts(words, unit)


def sentences(line: str) -> list[str]:
    """The sentences of a line, with what follows the last full stop."""
    *whole, last = line.split(". ")
    return [sentence + "." for sentence in whole] + [last]


def is_reserved(combination: tuple[str, str]) -> bool:
    """Whether a combination is reserved for the test split, with every seed."""
    return is_one_in(_RESERVED_ONE_IN, *combination)


@functools.cache
def _reader() -> stories.Reader:
    return stories.Reader()


def _draw_splits(seed: int, sizes: dict[str, int]) -> Iterator[tuple[str, list[Line]]]:
    """Draws the splits by name, one after the other."""
    shown = stories.Writer(lambda combination: not is_reserved(combination))
    everything = stories.Writer()
    seen: set[str] = set()

    def is_new(line: Line) -> bool:
        return seen.isdisjoint(sentences(line[0]))

    def is_held_out(line: Line) -> bool:
        return is_new(line) and any(map(is_reserved, stories.combinations(line[1])))

    for name, count in sizes.items():
        if name == "test":
            lines = _draw(everything, name, count, seed, is_held_out)
        else:
            lines = _draw(shown, name, count, seed, is_new)
        seen.update(sentence for text, _ in lines for sentence in sentences(text))
        yield name, lines


def _draw(writer, split, count, seed, is_wanted):
    """Draws lines, each of them once."""
    texts: set[str] = set()

    def draw(rng: random.Random) -> list[Line]:
        tokens = writer.line(rng)
        text = stories.to_text([token.word for token in tokens])
        if text in texts or not is_wanted((text, tokens)):
            return []
        texts.add(text)
        return [(text, tokens)]

    return _DRAWING.draw(split, count, seed, draw)


def _balance(pairs: Sequence[AgreementPair]) -> list[AgreementPair]:
    """As many pairs where one form is right as where the other is, in each group."""
    groups: dict[tuple, list[list[int]]] = defaultdict(lambda: [[], []])
    for index, pair in enumerate(pairs):
        forms = _word(pair.right), _word(pair.wrong)
        group = groups[pair.kind, pair.attractors > 0, *sorted(forms)]
        group[forms[0] < forms[1]].append(index)
    kept: Iterable[int] = (
        index
        for group in groups.values()
        for indices in group
        for index in indices[: min(map(len, group))]
    )
    return [pairs[index] for index in sorted(kept)]


def _word(form: str) -> str:
    """The word that is right or wrong, without what follows it."""
    return form.split()[0].strip(".,").lower()
