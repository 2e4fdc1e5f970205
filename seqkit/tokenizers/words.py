"""A token a word, the Penn Treebank way."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from seqkit.errors import SeqkitError
from seqkit.tokenizers.json_tokenizer import JsonTokenizer
from seqkit.tokenizers.special_tokens import (
    END_ID,
    PAD_ID,
    SPECIAL_PIECES,
    START_ID,
)
from seqkit.tokenizers.texts import checked, known_ids
from seqkit.tokenizers.vocabulary import PieceIds, most_frequent
from seqkit.tokenizers.word_list import UNKNOWN, read_word_list, wrong_word


class WordTokenizer(JsonTokenizer):
    """Words to token ids and back, as corpora of language modelling are written.

    Words are what stands between ASCII white space; they are taken as they are, without
    regard to punctuation or case. The end of a line, `"\\n"`, is the token `</s>`
    (Mikolov et al. 2010 wrote `<eos>`), so a text of many lines is one sequence. A word
    outside the vocabulary becomes `<unk>`, and so is read where a text says `<unk>`.
    Any other word is a word, `<s>` as well.

    What comes back from `decode` has single spaces between words and none around the
    ends of lines.

    Args:
        words: The vocabulary, without repetitions and without `<unk>`. The first one
            has the id 4, behind `<pad>`, `<unk>`, `<s>` and `</s>`.

    Attributes:
        words: The vocabulary, a tuple.
        vocabulary_size: Number of ids, the special ones included.

    Raises:
        SeqkitError: Something in the vocabulary is no word, or is there twice.

    Example:

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
        known = set()
        for place, word in enumerate(self.words):
            if wrong := wrong_word(word, known):
                raise SeqkitError(
                    f"words, entry {place}: expected a word, each once, found {wrong}"
                )
            known.add(word)
        self._texts = ("", UNKNOWN, "", "\n", *self.words)
        # Bytes: there white space is ASCII's, as inside a graph.
        self._ids = PieceIds(word.encode() for word in self.words)
        self.vocabulary_size = len(self._texts)

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        *,
        vocabulary_size: int | None = None,
        min_count: int = 1,
    ) -> "WordTokenizer":
        """Takes the words of texts, the most frequent first.

        Those equally frequent are in alphabetical order.

        Args:
            texts: The training texts, read once.
            vocabulary_size: Greatest number of ids, the four special ones included; the
                rarest words are left out. `None` keeps all.
            min_count: How often a word must occur to be kept.

        Raises:
            SeqkitError: The texts are empty, or nothing is left of them.
        """
        counts = Counter()
        for text in checked(texts):
            counts.update(text.encode().split())
        counts.pop(UNKNOWN.encode(), None)
        kept = most_frequent(counts, vocabulary_size, "words", min_count)
        return cls([word.decode() for word in kept])

    @classmethod
    def from_word_list(cls, path: str | Path) -> "WordTokenizer":
        """Reads a vocabulary that is written one word a line.

        A line `<unk>` is left out, since that is a token anyway; every other line is a
        word, `<eos>` as well.

        Raises:
            DataError: There is no such file, or a line is not one new word.
        """
        return cls(read_word_list(path))

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without `<s>`; `</s>` at the end of each line.

        Raises:
            SeqkitError: A text is no text.
        """
        return [self._encode(text) for text in checked(texts)]

    def _encode(self, text):
        first, *others = text.encode().split(b"\n")
        to_id = self._ids.__getitem__
        ids = list(map(to_id, first.split()))
        for line in others:
            ids.append(END_ID)
            ids.extend(map(to_id, line.split()))
        return ids

    def decode(self, token_ids: Sequence[Sequence[int]]) -> list[str]:
        """Text of each sequence of ids; `<pad>` and `<s>` are left out.

        Raises:
            SeqkitError: An id is none of the vocabulary's.
        """
        texts = []
        for ids in token_ids:
            ids = known_ids(ids, self.vocabulary_size)
            words = [self._texts[i] for i in ids if i not in (PAD_ID, START_ID)]
            texts.append(re.sub(" ?\n ?", "\n", " ".join(words)))
        return texts

    def decoding(self) -> "_Decoding":
        """What `IncrementalDecoder` steps through."""
        return _Decoding(self._texts)

    def pieces(self, token_ids: Sequence[int]) -> list[str]:
        """The word of each id: what a plot shows."""
        names = (*SPECIAL_PIECES, *self.words)
        return [names[i] for i in known_ids(token_ids, self.vocabulary_size)]

    def get_config(self) -> dict:
        """The constructor's arguments, as plain data."""
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
