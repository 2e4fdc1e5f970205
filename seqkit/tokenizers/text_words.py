"""Words and punctuation of running text as tokens, with the spaces between them."""

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence

from seqkit.special_ids import END_ID, PAD_ID, START_ID, UNKNOWN_ID
from seqkit.tokenizers.piece_tokenizer import PieceTokenizer
from seqkit.tokenizers.texts import checked
from seqkit.tokenizers.vocabulary import PieceIds, check_entries, most_frequent
from seqkit.tokenizers.word_encoder import normalization_table
from seqkit.tokenizers.word_list import UNKNOWN
from seqkit.tokenizers.word_splitter import WordSplitter

SPACE = "\u2581"
SPECIAL_TEXTS = ("", SPACE + UNKNOWN, "", "")
"""What `<pad>`, `<unk>`, `<s>` and `</s>` read as."""
_OPEN_IDS = 2**31 - 1


class TextWordTokenizer(PieceTokenizer):
    """Words, numbers and punctuation of running text to token ids and back.

    A `WordSplitter` splits; a token that follows a space, or begins the text, has the
    sign `▁` before it, as in SentencePiece. So `decode` puts spaces where they were,
    each white space as one. A token outside the vocabulary becomes `<unk>`, whose text
    a model that copies takes from its source: see `tokens` and `open_encode`.

    Args:
        words: The vocabulary, tokens with their signs, without repetitions. The first
            one has the id 4.
        lowercase: Whether texts are read in lower case, by code point.

    Raises:
        SeqkitError: An entry of the vocabulary is no string, empty or repeated.

    >>> from seqkit.tokenizers import TextWordTokenizer
    >>> tokenizer = TextWordTokenizer.train(["The dog, the cat.", "The dog"])
    >>> tokenizer.tokens(["The cow, too"])
    [['▁The', '▁cow', ',', '▁too']]
    >>> tokenizer.encode(["The dog, the cow."])
    [[4, 5, 6, 9, 1, 7]]
    >>> tokenizer.decode([[4, 5, 6, 9, 1, 7]])
    ['The dog, the <unk>.']
    """

    kind = "text words"

    def __init__(self, words: Sequence[str], lowercase: bool = False):
        self.words, self.lowercase = tuple(words), lowercase
        check_entries(self.words, "words", "a token")
        super().__init__(self.words)
        self._ids, self._splitter = PieceIds(self.words), WordSplitter()
        self.lowering = normalization_table(True, False) if lowercase else {}

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        *,
        vocabulary_size: int | None = None,
        min_count: int = 1,
        lowercase: bool = False,
    ) -> "TextWordTokenizer":
        """Takes the tokens of texts, the most frequent first, then alphabetically.

        Arguments and errors are those of `CharacterTokenizer.train`.
        """
        splitter, counts = cls([], lowercase), Counter()
        for text in checked(texts):
            counts.update(splitter._tokens(text))
        return cls(
            most_frequent(counts, vocabulary_size, "words", min_count), lowercase
        )

    def tokens(self, texts: Sequence[str]) -> list[list[str]]:
        """The tokens of each text, known or not."""
        return [self._tokens(text) for text in checked(texts)]

    def _tokens(self, text):
        found, before = [], -1
        for word, start, end in self._splitter.split(text.translate(self.lowering)):
            found.append(word if start == before else SPACE + word)
            before = end
        return found

    def _encode(self, text):
        return list(map(self._ids.__getitem__, self._tokens(text)))

    def open_encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids in which unknown tokens are numbers from `vocabulary_size` on.

        The same token has the same number in every text, by its hash in 31 bits; two
        tokens share one with a chance of about 1 in 2,000,000,000.
        """
        known, size = self._ids, self.vocabulary_size

        def number(token):
            found = known[token]
            if found != UNKNOWN_ID:
                return found
            return size + zlib.crc32(token.encode()) % (_OPEN_IDS - size)

        return [list(map(number, tokens)) for tokens in self.tokens(texts)]

    def ids_of(self, tokens: Iterable[str]) -> list[int]:
        """The ids of tokens, `<unk>` for unknown ones."""
        return list(map(self._ids.__getitem__, tokens))

    def decode_open(self, token_ids: Sequence[int], words: Sequence[str] = ()) -> str:
        """The text of ids, of which those from `vocabulary_size` on are `words`."""
        names = (*SPECIAL_TEXTS, *self.words)
        known = len(names)
        tokens = [
            names[i] if i < known else words[i - known]
            for i in map(int, token_ids)
            if 0 <= i < known + len(words)
        ]
        return "".join(tokens).replace(SPACE, " ").removeprefix(" ")

    def decode(self, token_ids: Sequence[Sequence[int]]) -> list[str]:
        """Text of each sequence of ids, without special tokens that are not text."""
        return [self.decode_open(ids) for ids in token_ids]

    def decoding(self) -> "_Decoding":
        return _Decoding((*SPECIAL_TEXTS, *self.words))

    def get_config(self) -> dict:
        return {"words": list(self.words), "lowercase": self.lowercase}


class _Decoding:
    def __init__(self, texts):
        self._texts, self._begun = texts, False

    def add(self, token_id):
        if token_id in (PAD_ID, START_ID, END_ID):
            return ""
        text = self._texts[token_id].replace(SPACE, " ")
        begun, self._begun = self._begun, True
        return text if begun else text.removeprefix(" ")

    def end(self):
        return ""
