"""What a served tagger takes and returns."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from seqkit.export.in_graph_entities import InGraphEntities
from seqkit.export.in_graph_splitter import InGraphSplitter, SplitTexts
from seqkit.export.in_graph_word_encoder import InGraphWordEncoder
from seqkit.export.rows import nonempty
from seqkit.export.signatures import Signature
from seqkit.special_ids import UNKNOWN_ID
from seqkit.tokenizers import WordEncoder, WordSplitter

INPUTS = ("word_ids", "character_ids", "shape_ids")


def tagging_signatures(
    predict: Callable[[dict[str, tf.Tensor]], dict[str, Any]],
    splitter: WordSplitter,
    encoder: WordEncoder,
    tag_names: Sequence[str],
    scheme: str | None = None,
    label_names: Sequence[str] | None = None,
    *,
    text: bool = True,
) -> dict[str, Signature]:
    """Signatures for `save_model` of a tagger: text in, tags and entities out.

    Letters: B texts (any number), at most T words and E entities in each, at most M
    characters in a word, L labels. Texts may be empty, and of any lengths side by side.

    - `serving_default` takes `text` `[B]` strings;
    - `words` takes `words` `[B, T]` strings, texts that are split already; empty
      strings are left out. The text of a row is then its words with a space between.

    Both return, as `[B, T]`:

    - `words` strings, and `tags`, the names; `""` after the last;
    - `starts` and `ends` int32: a word is `text[starts:ends]`, counted in characters
      (code points), not in bytes; -1 after the last;
    - `scores` float32, 0 after the last.

    With a scheme they also return `entity_types`, `entity_starts`, `entity_ends`,
    `entity_texts` and `entity_scores`, `[B, E]`: see `InGraphEntities.read`. With
    labels also `label` `[B]`, the likeliest, and `label_scores` `[B]`, its probability.

    With `text=False` there is only `serving_default`. It takes `word_ids` `[B, T]`,
    `character_ids` `[B, T, M]` and `shape_ids` `[B, T]`, int32 and right-padded with 0,
    and returns `tag_ids` `[B, T]` int32, `scores`, both 0 at padding, and
    `label_probabilities` `[B, L]` if there are labels.

    Args:
        predict: Callable from a dictionary of these three to one with `tag_ids` `[B,
            T]` int32 and `scores` `[B, T]` float32, and with `label_probabilities`
            `[B, L]` if there are labels. Each row it gets has at least one word.
        tag_names: Names of the tags in the order of their ids.
        scheme: `"IOB1"`, `"BIO"`, `"BIOES"`; `None` if tags do not form entities.
        label_names: Names of the labels of a whole text, in the order of their ids.

    >>> import tensorflow as tf, seqkit
    >>> from seqkit.tokenizers import WordEncoder, WordSplitter
    >>> def predict(inputs):  # tags the words that are known
    ...     tag_ids = tf.cast(inputs["word_ids"] > 1, tf.int32)
    ...     return {"tag_ids": tag_ids, "scores": tf.ones(tf.shape(tag_ids))}
    >>> served = seqkit.export.tagging_signatures(
    ...     predict, WordSplitter(), WordEncoder(["ada"]), ["O", "B-PER"], "BIO")
    >>> found = served["serving_default"].function(tf.constant(["I saw Ada."]))
    >>> found["entity_texts"].numpy().tolist(), found["entity_starts"].numpy().tolist()
    ([[b'Ada']], [[6]])
    """
    if not text:
        return {"serving_default": _of_ids(predict, encoder.max_characters)}
    splitter, encoder = InGraphSplitter(splitter), InGraphWordEncoder(encoder)
    entities = None if scheme is None else InGraphEntities(tag_names, scheme)

    def tag(text, split):
        found = _predict(predict, encoder.encode(split.words))
        tags = tf.gather(tf.constant(list(tag_names)), found["tag_ids"])
        tags = tf.where(split.starts >= 0, tags, "")
        answer = {**split._asdict(), "tags": tags, "scores": found["scores"]}
        if entities is not None:
            answer |= entities.read(
                text, split.starts, split.ends, found["tag_ids"], found["scores"]
            )
        if label_names is not None:
            probabilities = found["label_probabilities"]
            best = tf.argmax(probabilities, axis=1)
            answer["label"] = tf.gather(tf.constant(list(label_names)), best)
            answer["label_scores"] = tf.reduce_max(probabilities, axis=1)
        return answer

    def serving_default(text):
        return tag(text, splitter.split(text))

    def words(words):
        return tag(*_joined(words))

    texts = tf.TensorSpec([None], tf.string, name="text")
    rows = tf.TensorSpec([None, None], tf.string, name="words")
    return {
        "serving_default": Signature(serving_default, (texts,), (encoder,)),
        "words": Signature(words, (rows,), (encoder,)),
    }


def _of_ids(predict, max_characters):
    def serving_default(*inputs):
        return _predict(predict, dict(zip(INPUTS, inputs, strict=True)))

    specs = (
        tf.TensorSpec([None, None], tf.int32, name="word_ids"),
        tf.TensorSpec([None, None, max_characters], tf.int32, name="character_ids"),
        tf.TensorSpec([None, None], tf.int32, name="shape_ids"),
    )
    return Signature(serving_default, specs)


def _predict(predict, inputs):
    """Tags any number of rows of any length, none included."""
    is_word = inputs["word_ids"] != 0
    rows, columns = tf.unstack(tf.shape(is_word))
    inputs = {name: nonempty(ids, UNKNOWN_ID) for name, ids in inputs.items()}
    found = dict(predict(inputs))
    for name, dtype in (("tag_ids", tf.int32), ("scores", tf.float32)):
        kept = tf.cast(found[name], dtype)[:rows, :columns]
        found[name] = tf.where(is_word, kept, tf.zeros([], dtype))
    if "label_probabilities" in found:
        found["label_probabilities"] = found["label_probabilities"][:rows]
    return found


def _joined(words):
    """Texts of words with a space between them, and the words in them."""
    kept = tf.ragged.boolean_mask(words, words != "")
    dense = kept.to_tensor("")
    # Invalid bytes count as the characters that stand for them.
    dense = tf.strings.unicode_transcode(dense, "UTF-8", "UTF-8", errors="replace")
    lengths = tf.strings.length(dense, unit="UTF8_CHAR")
    ends = tf.cumsum(lengths + 1, axis=1) - 1
    is_word = dense != ""
    starts = tf.where(is_word, ends - lengths, -1)
    text = tf.strings.reduce_join(
        tf.ragged.boolean_mask(dense, is_word), axis=-1, separator=" "
    )
    return text, SplitTexts(dense, starts, tf.where(is_word, ends, -1))
