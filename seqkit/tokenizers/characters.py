"""One token per character."""

from collections import Counter
from collections.abc import Iterable, Sequence

from seqkit.tokenizers.piece_tokenizer import PieceTokenizer
from seqkit.tokenizers.texts import checked
from seqkit.tokenizers.vocabulary import PieceIds, check_entries, most_frequent

SPECIAL_TEXTS = ("", "\ufffd", "", "")
"""What `<pad>`, `<unk>`, `<s>` and `</s>` read as."""


class CharacterTokenizer(PieceTokenizer):
    """Text to token ids and back, one token per Unicode code point.

    Nothing in a text is special: a newline is a character like others, and `<s>` is
    three of them. Characters outside the vocabulary become `<unk>`, which `decode`
    returns as U+FFFD; every other text comes back as it went in. `pieces` shows a space
    as `▁`.

    Args:
        characters: The vocabulary, a string without repetitions. The first one has the
            id 4, after `<pad>`, `<unk>`, `<s>` and `</s>`.

    Raises:
        SeqkitError: An entry of the vocabulary is not a character, or is repeated.

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
        check_entries(characters, "characters", "a character", _wrong)
        self.characters = "".join(characters)
        super().__init__(self.characters.replace(" ", "\u2581"))
        self._ids = PieceIds(self.characters)

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        *,
        vocabulary_size: int | None = None,
        min_count: int = 1,
    ) -> "CharacterTokenizer":
        """Takes the characters of texts, the most frequent first, then by code point.

        Args:
            texts: The training texts, read once.
            vocabulary_size: Largest number of ids, the four special ones included; the
                rarest are left out. `None` keeps all.
            min_count: How often one must occur to be kept.

        Raises:
            SeqkitError: The texts are empty, or the vocabulary has no room.
        """
        counts = Counter()
        for text in checked(texts):
            counts.update(text)
        return cls(most_frequent(counts, vocabulary_size, "characters", min_count))

    def _encode(self, text):
        return list(map(self._ids.__getitem__, text))

    def decoding(self) -> "_Decoding":
        return _Decoding((*SPECIAL_TEXTS, *self.characters))

    def get_config(self) -> dict:
        return {"characters": self.characters}


class _Decoding:
    def __init__(self, texts):
        self.add = texts.__getitem__

    def end(self):
        return ""


def _wrong(one):
    is_character = isinstance(one, str) and len(one) == 1
    return None if is_character and not "\ud800" <= one <= "\udfff" else repr(one)
