"""Tokenizers: one of your own, or what one learns from train."""

from typing import ClassVar, Literal

from seqkit.options.defaults import by
from seqkit.options.option import Count, Positive, option
from seqkit.options.options import Mistakes, Options


class Tokenizer(Options):
    """One tokenizer."""

    title: ClassVar[str] = "Tokenizer"

    tokenizer: str | None = option(
        None, "An existing tokenizer: a file that one of `seqkit.tokenizers` saved."
    )
    tokenizer_type: Literal["word", "character", "byte", "unigram", "bpe"] = option(
        "unigram",
        "What a token is: a word between white space, a character, a byte, or a piece "
        "of the SentencePiece models unigram and bpe.",
    )
    vocabulary_size: Count | None = option(
        by("tokenizer_type", unigram=8000, bpe=8000, otherwise=None),
        "Size of the vocabulary; without a value, all words or characters of train.",
    )
    min_count: Count = option(
        1, "How often a word or character must occur in train to be known."
    )


class Resampling(Options):
    """Subword regularization."""

    title: ClassVar[str] = "Tokenizer"

    sampling_alpha: Positive | None = option(
        None, "Subword regularization in training, with this parameter."
    )

    def mistakes(self) -> Mistakes:
        yield from super().mistakes()
        kind = getattr(self, "tokenizer_type", None)
        if self.sampling_alpha is not None and kind in ("word", "character", "byte"):
            yield (
                "sampling_alpha, tokenizer_type",
                f"expected unigram or bpe with sampling_alpha, found {kind!r}",
            )


class PairTokenizers(Resampling):
    """Tokenizers for two sides, with one vocabulary or two."""

    tokenizer: str | None = option(
        None, "An existing one for both: a SentencePiece model, or a saved tokenizer."
    )
    source_tokenizer: str | None = option(None, "One for the source alone.")
    target_tokenizer: str | None = option(None, "One for the target alone.")
    tokenizer_type: Literal["unigram", "bpe", "char", "word"] = option(
        "unigram",
        "What a token is: a piece of the SentencePiece models unigram and bpe, a "
        "character, or a word, number or mark of running text.",
    )
    vocabulary_size: Count = option(8000, "Size of the vocabulary, or of each of two.")
    joint_vocabulary: bool = option(True, "Whether both sides share one vocabulary.")
    byte_fallback: bool = option(
        True, "Whether characters that are not in the vocabulary are written as bytes."
    )
    lowercase: bool = option(
        False, "Whether words are read and written in lower case; only with words."
    )

    def mistakes(self) -> Mistakes:
        yield from super().mistakes()
        if self.lowercase and self.tokenizer_type != "word":
            yield (
                "lowercase, tokenizer_type",
                f"expected word with lowercase, found {self.tokenizer_type!r}",
            )
        one, other = self.source_tokenizer, self.target_tokenizer
        if (one is None) != (other is None) or (self.tokenizer and one):
            yield (
                "tokenizer, source_tokenizer, target_tokenizer",
                "expected either tokenizer for both sides, or both of the others",
            )
