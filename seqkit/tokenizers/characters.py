"""A token a character."""

from collections import Counter
from collections.abc import Iterable, Sequence

from seqkit.errors import SeqkitError
from seqkit.tokenizers.json_tokenizer import JsonTokenizer
from seqkit.tokenizers.special_tokens import SPECIAL_PIECES
from seqkit.tokenizers.texts import checked, known_ids
from seqkit.tokenizers.vocabulary import PieceIds, most_frequent

REPLACEMENT = "\ufffd"


class CharacterTokenizer(JsonTokenizer):
    """Text to token ids and back, a Unicode code point a token.

    Nothing in a text is special: a newline is a character like others, and `<s>` is
    three of them. Characters outside the vocabulary become `<unk>`, which `decode`
    gives as U+FFFD; every other text comes back as it went in.

    Args:
        characters: The vocabulary, a string without repetitions. The first one has the
            id 4, behind `<pad>`, `<unk>`, `<s>` and `</s>`.

    Attributes:
        characters: The vocabulary, as it was given.
        vocabulary_size: Number of ids, the special ones included.

    Raises:
        SeqkitError: Something in the vocabulary is no character, or is there twice.

    Example:

    >>> from seqkit.tokenizers import CharacterTokenizer
    >>> tokenizer = CharacterTokenizer.train(["to be or not to be\\n"])
    >>> tokenizer.characters
    ' otbe\\nnr'
    >>> tokenizer.encode(["be\\n", "to do"])
    [[7, 8, 9], [6, 5, 4, 1, 5]]
    >>> tokenizer.decode([[7, 8, 9], [6, 5, 4, 1, 5]])
    ['be\\n', 'to �o']
    """

    kind = "characters"

    def __init__(self, characters: str | Sequence[str]):
        self.characters = "".join(_check(characters))
        self._texts = ("", REPLACEMENT, "", "", *self.characters)
        self._ids = PieceIds(self.characters)
        self.vocabulary_size = len(self._texts)

    @classmethod
    def train(
        cls, texts: Iterable[str], *, vocabulary_size: int | None = None
    ) -> "CharacterTokenizer":
        """Takes the characters of texts, the most frequent first.

        Those equally frequent are ordered by code point.

        Args:
            texts: The training texts, read once.
            vocabulary_size: Greatest number of ids, the four special ones included; the
                rarest characters are left out. `None` keeps all.

        Raises:
            SeqkitError: The texts are empty, or the vocabulary has no room.
        """
        counts = Counter()
        for text in checked(texts):
            counts.update(text)
        return cls(most_frequent(counts, vocabulary_size, "characters"))

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without `<s>` and `</s>`.

        Raises:
            SeqkitError: A text is no text.
        """
        return [list(map(self._ids.__getitem__, text)) for text in checked(texts)]

    def decode(self, token_ids: Sequence[Sequence[int]]) -> list[str]:
        """Text of each sequence of ids; `<pad>`, `<s>` and `</s>` are left out.

        Raises:
            SeqkitError: An id is none of the vocabulary's.
        """
        return [
            "".join(map(self._texts.__getitem__, known_ids(ids, self.vocabulary_size)))
            for ids in token_ids
        ]

    def decoding(self) -> "_Decoding":
        """What `IncrementalDecoder` steps through."""
        return _Decoding(self._texts)

    def pieces(self, token_ids: Sequence[int]) -> list[str]:
        """The character of each id, `▁` standing for a space: what a plot shows."""
        names = (*SPECIAL_PIECES, *self.characters.replace(" ", "\u2581"))
        return [names[i] for i in known_ids(token_ids, self.vocabulary_size)]

    def get_config(self) -> dict:
        """The constructor's arguments, as plain data."""
        return {"characters": self.characters}


class _Decoding:
    def __init__(self, texts):
        self.add = texts.__getitem__

    def end(self):
        return ""


def _check(characters):
    known = set()
    for place, one in enumerate(characters):
        if not isinstance(one, str) or len(one) != 1 or "\ud800" <= one <= "\udfff":
            wrong = "no character"
        elif one in known:
            wrong = "there already"
        else:
            known.add(one)
            continue
        raise SeqkitError(
            f"characters, entry {place}: expected a character, each once, found "
            f"{one!r}, which is {wrong}"
        )
    return characters
