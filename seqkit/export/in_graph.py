"""Any tokenizer inside a TensorFlow graph."""

from seqkit.errors import SeqkitError
from seqkit.export.in_graph_bytes import InGraphBytes
from seqkit.export.in_graph_characters import InGraphCharacters
from seqkit.export.in_graph_words import InGraphWords
from seqkit.export.text import InGraphTokenizer
from seqkit.tokenizers import (
    ByteTokenizer,
    CharacterTokenizer,
    SentencePieceTokenizer,
    WordTokenizer,
)

TWINS = {
    ByteTokenizer: lambda one, **options: InGraphBytes(**options),
    CharacterTokenizer: lambda one, **options: InGraphCharacters(
        one.characters, **options
    ),
    SentencePieceTokenizer: lambda one, **options: InGraphTokenizer(
        one.proto, **options
    ),
    WordTokenizer: lambda one, **options: InGraphWords(one.words, **options),
}


def in_graph_tokenizer(tokenizer, *, add_end=False):
    """The twin of a tokenizer in TensorFlow operations.

    Letters: B texts of at most S tokens, N sequences for each of at most L tokens.

    Args:
        tokenizer: One of `seqkit.tokenizers`.
        add_end: Whether each text ends with `</s>`: a whole text does, the beginning of
            one that a language model goes on with does not.

    Returns:
        A `tf.Module` with `encode(texts [B]) -> [B, S]` int32, right-padded with 0, and
        `decode(token_ids [B, N, L], lengths [B, N]) -> [B, N]` strings. It gives what
        the tokenizer gives, but leaves out ids outside the vocabulary. Where all texts
        are empty, S is 0. In a `Signature` it belongs among the resources.

    Raises:
        SeqkitError: The tokenizer has no twin, or tensorflow-text is not installed,
            which SentencePiece needs.

    Example:

    >>> import tensorflow as tf
    >>> from seqkit.export import in_graph_tokenizer
    >>> from seqkit.tokenizers import CharacterTokenizer
    >>> tokenizer = in_graph_tokenizer(CharacterTokenizer("abc"), add_end=True)
    >>> tokenizer.encode(tf.constant(["cab", "a"])).numpy().tolist()
    [[6, 4, 5, 3], [4, 3, 0, 0]]
    """
    for kind, make in TWINS.items():
        if isinstance(tokenizer, kind):
            return make(tokenizer, add_end=add_end)
    raise SeqkitError(
        f"tokenizer: expected one of {', '.join(kind.__name__ for kind in TWINS)}, "
        f"found {type(tokenizer).__name__}"
    )
