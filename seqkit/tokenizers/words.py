"""One token per word, as in the Penn Treebank."""

from collections import Counter
from collections.abc import Iterable, Sequence
from os import PathLike

from seqkit.special_ids import END_ID, PAD_ID, START_ID
from seqkit.tokenizers.piece_tokenizer import PieceTokenizer
from seqkit.tokenizers.texts import checked
from seqkit.tokenizers.vocabulary import PieceIds, check_entries, most_frequent
from seqkit.tokenizers.word_list import UNKNOWN, read_word_list, wrong_word

SPECIAL_TEXTS = ("", UNKNOWN, "", "\n")
"""What `<pad>`, `<unk>`, `<s>` and `</s>` read as."""


class WordTokenizer(PieceTokenizer):
    """Words to token ids and back, in the format of language-modelling corpora.

    ASCII white space separates words; they are taken as they are, with punctuation and
    case. The end of a line, `"\\n"`, is the token `</s>` (Mikolov et al. 2010 wrote
    `<eos>`), so a text of many lines is one sequence. A word outside the vocabulary
    becomes `<unk>`, and so does a `<unk>` in a text. Any other is a word, even `<s>`.
    `decode` returns single spaces between words and none around the ends of lines.

    Args:
        words: The vocabulary, without repetitions and without `<unk>`. The first one
            has the id 4, after `<pad>`, `<unk>`, `<s>` and `</s>`.

    Raises:
        SeqkitError: An entry of the vocabulary is not a word, or is repeated.

    >>> from seqkit.tokenizers import WordTokenizer
    >>> tokenizer = WordTokenizer.train(["the dog saw the cat\\n"])
    >>> tokenizer.words
    ('the', 'cat', 'dog', 'saw')
    >>> tokenizer.encode([" the  cow \\n saw <unk> \\n"])
    [[4, 1, 3, 7, 1, 3]]
    >>> tokenizer.decode([[4, 1, 3, 7, 1, 3]])
    ['the <unk>\\nsaw <unk>\\n']
    """

    kind = "words"

    def __init__(self, words: Sequence[str]):
        self.words = tuple(words)
        check_entries(self.words, "words", "a word", wrong_word)
        super().__init__(self.words)
        # Bytes, since their white space is ASCII's, as inside a graph.
        self._ids = PieceIds(word.encode() for word in self.words)

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        *,
        vocabulary_size: int | None = None,
        min_count: int = 1,
    ) -> "WordTokenizer":
        """Takes the words of texts, the most frequent first, then alphabetically.

        Arguments and errors are those of `CharacterTokenizer.train`.
        """
        counts = Counter()
        for text in checked(texts):
            counts.update(text.encode().split())
        counts.pop(UNKNOWN.encode(), None)
        kept = most_frequent(counts, vocabulary_size, "words", min_count)
        return cls([word.decode() for word in kept])

    @classmethod
    def from_word_list(cls, path: str | PathLike[str]) -> "WordTokenizer":
        """Reads a vocabulary from a file with one new word per line, or a DataError.

        A line `<unk>` is left out, since that is a token anyway; every other line is a
        word, even `<eos>`.
        """
        return cls(read_word_list(path))

    def _encode(self, text):
        first, *others = text.encode().split(b"\n")
        to_id = self._ids.__getitem__
        ids = list(map(to_id, first.split()))
        for line in others:
            ids.append(END_ID)
            ids.extend(map(to_id, line.split()))
        return ids

    def decoding(self) -> "_Decoding":
        return _Decoding((*SPECIAL_TEXTS, *self.words))

    def get_config(self) -> dict:
        return {"words": list(self.words)}


class _Decoding:
    def __init__(self, texts):
        self._texts, self._after_word = texts, False

    def add(self, token_id):
        if token_id in (PAD_ID, START_ID):
            return ""
        is_word = token_id != END_ID
        space = " " if is_word and self._after_word else ""
        self._after_word = is_word
        return space + self._texts[token_id]

    def end(self):
        return ""
