"""A tokenizer of a given kind, learned from texts."""

from collections.abc import Iterable
from typing import Any

from seqkit.tokenizers.bytes import ByteTokenizer
from seqkit.tokenizers.characters import CharacterTokenizer
from seqkit.tokenizers.sentencepiece import SentencePieceTokenizer
from seqkit.tokenizers.text_words import TextWordTokenizer
from seqkit.tokenizers.tokenizer import Tokenizer
from seqkit.tokenizers.words import WordTokenizer


def learn_tokenizer(
    kind: str,
    texts: Iterable[str],
    *,
    vocabulary_size: int | None = None,
    min_count: int = 1,
    **more: Any,
) -> Tokenizer:
    """A tokenizer learned from texts, of one of these kinds.

    `byte`, `character`, `word` (between white space), `text_words` (of running text,
    with `lowercase` as a further argument), or a SentencePiece model.
    """
    if kind == "byte":
        return ByteTokenizer()
    if kind in ("word", "character"):
        one = WordTokenizer if kind == "word" else CharacterTokenizer
        return one.train(texts, vocabulary_size=vocabulary_size, min_count=min_count)
    if kind == "text_words":
        sizes = {"vocabulary_size": vocabulary_size, "min_count": min_count}
        return TextWordTokenizer.train(texts, **sizes, **more)
    options = {"vocabulary_size": vocabulary_size, "model_type": kind, **more}
    return SentencePieceTokenizer.train(texts, **options)


def load_words(path: str) -> WordTokenizer:
    """A word tokenizer from its saved file, or from a list with one word per line."""
    try:
        with open(path, "rb") as file:
            saved = file.read(1) == b"{"
    except OSError:
        saved = False  # from_word_list reports the missing file
    return WordTokenizer.load(path) if saved else WordTokenizer.from_word_list(path)
