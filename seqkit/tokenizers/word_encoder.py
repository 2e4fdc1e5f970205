"""What a tagger reads of a word: the word itself, its characters and its shape."""

import functools
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.special_ids import FIRST_TEXT_ID, UNKNOWN_ID
from seqkit.tokenizers.json_tokenizer import JsonTokenizer
from seqkit.tokenizers.vocabulary import PieceIds, check_entries, most_frequent
from seqkit.tokenizers.word_shapes import NUM_SHAPES, shape_ids

# No letter with two cases and no decimal digit has a code point above.
_LAST_POINT = 0x20000


class WordEncoder(JsonTokenizer):
    """Words to the ids of the word, of its characters and of its shape.

    Words are looked up in lower case and with every digit as `0`, by default.
    Characters are those of the word as it is written, which shows case and digits, and
    unknown words. The shape is one of `seqkit.tokenizers.word_shapes.SHAPES`. In all
    three 0 is padding, which no word gets, and 1 is the unknown. Lower case is by code
    point: `İ` becomes `i`, and every `Σ` becomes `σ`.

    Args:
        words: The vocabulary, as the words are looked up. The first one has the id 4,
            after `<pad>`, `<unk>`, `<s>` and `</s>`; words of these names are words
            like others.
        counts: How often each occurs in the training sentences; ones by default.
        characters: The characters, the first one with the id 4, too.
        lower, normalize_digits: Whether words are looked up so.
        max_characters: A longer word is cut after so many characters.

    Attributes:
        counts: `[vocabulary_size]` int64, by word id, 0 for the special ones.
        vocabulary_size, num_characters, num_shapes: Number of ids of each kind, the
            special ones included.

    Raises:
        SeqkitError: An entry of the vocabularies is not a word or a character, is
            repeated, or is not in the form in which words are looked up.

    >>> from seqkit.tokenizers import WordEncoder
    >>> encoder = WordEncoder.train([["The", "dog"], ["the", "cat"]], max_characters=4)
    >>> encoder.words, encoder.counts.tolist()
    (('the', 'cat', 'dog'), [0, 0, 0, 0, 2, 1, 1])
    >>> encoder.characters
    'ehtTacdgo'
    >>> for name, ids in encoder.encode(["The", "cow"]).items():
    ...     print(name, ids.tolist())
    word_ids [4, 1]
    character_ids [[7, 5, 4, 0], [9, 12, 1, 0]]
    shape_ids [7, 6]
    """

    kind = "word encoder"

    def __init__(
        self,
        words: Sequence[str],
        counts: Sequence[int] | None = None,
        characters: str | Sequence[str] = "",
        *,
        lower: bool = True,
        normalize_digits: bool = True,
        max_characters: int = 32,
    ):
        if max_characters < 1:
            raise SeqkitError(
                f"max_characters: expected 1 or more, found {max_characters}"
            )
        self.lower, self.normalize_digits = lower, normalize_digits
        self.max_characters = max_characters
        self.words, self.characters = tuple(words), "".join(characters)
        check_entries(self.words, "words", "a word")
        check_entries(self.characters, "characters", "a character")
        for place, word in enumerate(self.words):
            if self.normalize(word) != word:
                raise SeqkitError(
                    f"words, entry {place}: expected words as they are looked up, "
                    f"such as {self.normalize(word)!r}, found {word!r}"
                )
        counts = [1] * len(self.words) if counts is None else counts
        if len(counts) != len(self.words) or not all(
            isinstance(one, int | np.integer) for one in counts
        ):
            raise SeqkitError(
                f"counts: expected a number for each of the {len(self.words)} words, "
                f"found {len(counts)}: {list(counts[:3])}"
            )
        self.counts = np.array([0] * FIRST_TEXT_ID + list(counts), np.int64)
        self._ids = PieceIds(self.words)
        points = _points(self.characters)
        order = np.argsort(points)
        self._points, self._places = points[order], order + FIRST_TEXT_ID
        self.vocabulary_size = FIRST_TEXT_ID + len(self.words)
        self.num_characters = FIRST_TEXT_ID + len(self.characters)
        self.num_shapes = NUM_SHAPES

    @classmethod
    def train(
        cls,
        sentences: Iterable[Sequence[str]],
        *,
        vocabulary_size: int | None = None,
        min_count: int = 1,
        lower: bool = True,
        normalize_digits: bool = True,
        max_characters: int = 32,
    ) -> "WordEncoder":
        """Takes the words and the characters of sentences, the most frequent first.

        Those equally frequent are in alphabetical order. `vocabulary_size` counts word
        ids, the four special ones included, `min_count` words and characters. Other
        arguments are those of the constructor. No word at all is a SeqkitError.
        """
        written = Counter()
        for row, sentence in enumerate(sentences):
            try:
                if isinstance(sentence, str):
                    raise TypeError(f"a string: {sentence[:40]!r}")
                written.update(sentence)
            except TypeError as error:
                raise SeqkitError(
                    f"sentences, row {row}: expected a list of words, found {error}"
                ) from error
        check_entries(written, "sentences", "a word", once=False)
        table = normalization_table(lower, normalize_digits)
        words, characters = Counter(), Counter()
        for word, count in written.items():
            words[word.translate(table)] += count
            for one in word[:max_characters]:
                characters[one] += count
        kept = most_frequent(words, vocabulary_size, "words", min_count)
        return cls(
            kept,
            [words[word] for word in kept],
            most_frequent(characters, None, "characters", min_count),
            lower=lower,
            normalize_digits=normalize_digits,
            max_characters=max_characters,
        )

    @property
    def normalization(self) -> dict[int, int]:
        """The code points that are replaced when a word is looked up."""
        return normalization_table(self.lower, self.normalize_digits)

    def normalize(self, word: str) -> str:
        """A word as it is looked up in the vocabulary."""
        return word.translate(self.normalization)

    def encode(self, words: Sequence[str]) -> dict[str, np.ndarray]:
        """The ids of N words, none empty, and of their first M characters, as int32.

        `"word_ids"` and `"shape_ids"` are `[N]`, `"character_ids"` `[N, M]`,
        right-padded with 0.
        """
        check_entries(words, "words", "a word", once=False)
        table, to_id = self.normalization, self._ids.__getitem__
        seen = [word[: self.max_characters] for word in words]
        lengths = np.array([len(word) for word in seen], np.int64)
        character_ids = np.zeros([len(seen), self.max_characters], np.int32)
        filled = np.arange(self.max_characters) < lengths[:, None]
        character_ids[filled] = self._character_ids(_points("".join(seen)))
        word_ids = [to_id(word.translate(table)) for word in words]
        return {
            "word_ids": np.array(word_ids, np.int32),
            "character_ids": character_ids,
            "shape_ids": np.array(shape_ids(words), np.int32),
        }

    def _character_ids(self, points):
        if not len(self._points):
            return np.full(len(points), UNKNOWN_ID, np.int32)
        places = np.searchsorted(self._points, points)
        places = np.minimum(places, len(self._points) - 1)
        found = self._points[places] == points
        return np.where(found, self._places[places], UNKNOWN_ID)

    def get_config(self) -> dict:
        names = "characters", "lower", "normalize_digits", "max_characters"
        return {
            "words": list(self.words),
            "counts": self.counts[FIRST_TEXT_ID:].tolist(),
            **{name: getattr(self, name) for name in names},
        }


@functools.cache
def normalization_table(lower: bool, normalize_digits: bool) -> dict[int, int]:
    """The code points that are replaced by another in lower case, or as digits."""
    table = {}
    for point, one in enumerate(map(chr, range(_LAST_POINT))):
        if normalize_digits and one.isdecimal():
            table[point] = ord("0")
        elif lower and one != one.lower():
            table[point] = ord(one.lower()[0])
    return table


def _points(text):
    return np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.int32)
