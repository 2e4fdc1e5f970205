"""Characters inside a TensorFlow graph."""

from collections.abc import Sequence

import tensorflow as tf

from seqkit.export.graph_tokenizer import TableTokenizer
from seqkit.export.tables import PointTable
from seqkit.special_ids import FIRST_TEXT_ID, UNKNOWN_ID
from seqkit.tokenizers.characters import SPECIAL_TEXTS


class InGraphCharacters(TableTokenizer):
    """Text to token ids and back as TensorFlow operations, one token per code point.

    It returns what `seqkit.tokenizers.CharacterTokenizer` returns, and holds no
    resources.

    Args:
        characters: The vocabulary, as in `CharacterTokenizer.characters`.
        add_end: Whether `encode` puts `</s>` at the end of each text.

    Example:

    >>> import tensorflow as tf
    >>> from seqkit.export import InGraphCharacters
    >>> tokenizer = InGraphCharacters("abc")
    >>> ids = tokenizer.encode(tf.constant(["cab", "d"]))
    >>> ids.numpy().tolist()
    [[6, 4, 5], [1, 0, 0]]
    >>> tokenizer.decode(ids[None], tf.constant([[3, 1]])).numpy().tolist()
    [[b'cab', b'\\xef\\xbf\\xbd']]
    """

    def __init__(self, characters: str | Sequence[str], add_end: bool = False):
        super().__init__([*SPECIAL_TEXTS, *characters], add_end)
        self._points = PointTable(
            {ord(one): i for i, one in enumerate(characters, FIRST_TEXT_ID)}
        )

    def _ids(self, texts):
        points = tf.strings.unicode_decode(texts, "UTF-8", errors="replace")
        return points.with_values(self._points(points.values, UNKNOWN_ID))
