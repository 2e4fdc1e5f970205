"""A tokenizer of a given kind, learnt from texts."""

from collections.abc import Iterable
from typing import Any


def learn_tokenizer(
    kind: str,
    texts: Iterable[str],
    *,
    vocabulary_size: int | None = None,
    min_count: int = 1,
    **sentencepiece: Any,
) -> Any:
    """Learns a tokenizer from texts.

    Args:
        kind: `"word"`, `"character"`, `"byte"` (which learns nothing), or the
            SentencePiece models `"unigram"` and `"bpe"`.
        texts: Strings.
        vocabulary_size: Size of the vocabulary; `None` for all words or characters.
        min_count: How often a word or character must occur to be known.
        sentencepiece: Further arguments of `SentencePieceTokenizer.train`.

    Example:

    >>> from seqkit.tokenizers.learning import learn_tokenizer
    >>> learn_tokenizer("word", ["a dog", "a cat"]).encode(["a dog"])
    [[4, 6]]
    """
    from seqkit import tokenizers

    if kind == "byte":
        return tokenizers.ByteTokenizer()
    if kind in ("word", "character"):
        one: Any = tokenizers.CharacterTokenizer
        if kind == "word":
            one = tokenizers.WordTokenizer
        return one.train(texts, vocabulary_size=vocabulary_size, min_count=min_count)
    return tokenizers.SentencePieceTokenizer.train(
        texts, vocabulary_size=vocabulary_size, model_type=kind, **sentencepiece
    )


def load_words(path: str) -> Any:
    """A word tokenizer from a file that one saved, or from a list, one word a line."""
    from seqkit.tokenizers import WordTokenizer

    try:
        with open(path, "rb") as file:
            saved = file.read(1) == b"{"
    except OSError:
        saved = False  # what is read next says that there is no such file
    return WordTokenizer.load(path) if saved else WordTokenizer.from_word_list(path)
