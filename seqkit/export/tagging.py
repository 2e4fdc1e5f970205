"""What a served tagger takes and gives."""

import tensorflow as tf

from seqkit.export.in_graph_entities import InGraphEntities
from seqkit.export.in_graph_splitter import InGraphSplitter, SplitTexts
from seqkit.export.in_graph_word_encoder import InGraphWordEncoder
from seqkit.export.signatures import Signature
from seqkit.export.token_rows import UNKNOWN_ID

INPUTS = ("word_ids", "character_ids", "shape_ids")


def tagging_signatures(
    predict, splitter, encoder, tag_names, scheme=None, label_names=None, *, text=True
):
    """Signatures of a tagger: text in, tags and entities with their places out.

    Letters: B texts (any number), T words and E entities at most, M characters of a
    word at most, L labels. Texts may be empty, and of any lengths side by side.

    - `serving_default` takes `text` `[B]` strings;
    - `words` takes `words` `[B, T]` strings, texts that are split already; empty
      strings are left out. The text of a row is then its words with a space between.

    Both give, as `[B, T]`:

    - `words` strings, and `tags`, the names; `""` behind the last;
    - `starts` and `ends` int32: a word is `text[starts:ends]`, counted in characters
      (code points), not in bytes; -1 behind the last;
    - `scores` float32, 0 behind the last.

    With a scheme they give `entity_types`, `entity_starts`, `entity_ends`,
    `entity_texts` and `entity_scores`, `[B, E]`, too: see `InGraphEntities.read`. With
    labels also `label` `[B]`, the likeliest, and `label_scores` `[B]`, its probability.

    With `text=False` there is `serving_default` alone. It takes `word_ids` `[B, T]`,
    `character_ids` `[B, T, M]` and `shape_ids` `[B, T]`, int32 and right-padded with 0,
    and gives `tag_ids` `[B, T]` int32, `scores`, both 0 at padding, and
    `label_probabilities` `[B, L]` where there are labels.

    Args:
        predict: Callable from a dictionary of these three to one with `tag_ids` `[B,
            T]` int32 and `scores` `[B, T]` float32, and with `label_probabilities`
            `[B, L]` where there are labels. It is given one word in each row at least.
        splitter: A `seqkit.tokenizers.WordSplitter`.
        encoder: A `seqkit.tokenizers.WordEncoder`.
        tag_names: Names of the tags in the order of their ids.
        scheme: `"IOB1"`, `"BIO"`, `"BIOES"`; `None` where tags make no entities.
        label_names: Names of the labels of a whole text, in the order of their ids.
        text: Whether texts are taken, or ids.

    Returns:
        A dictionary of `Signature`s for `save_model`.

    Raises:
        SeqkitError: The scheme is unknown, or a tag is not of the scheme.

    Example:

    >>> import tensorflow as tf
    >>> from seqkit.export import tagging_signatures
    >>> from seqkit.tokenizers import WordEncoder, WordSplitter
    >>> def predict(inputs):  # tags the words that are known
    ...     tag_ids = tf.cast(inputs["word_ids"] > 1, tf.int32)
    ...     return {"tag_ids": tag_ids, "scores": tf.ones(tf.shape(tag_ids))}
    >>> served = tagging_signatures(
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
        is_word = split.starts >= 0
        tags = tf.gather(tf.constant(list(tag_names)), found["tag_ids"])
        answer = {
            **split._asdict(),
            "tags": tf.where(is_word, tags, ""),
            "scores": found["scores"],
        }
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
    inputs = {name: _with_a_word(ids) for name, ids in inputs.items()}
    found = dict(predict(inputs))
    for name, dtype in (("tag_ids", tf.int32), ("scores", tf.float32)):
        kept = tf.cast(found[name], dtype)[:rows, :columns]
        found[name] = tf.where(is_word, kept, tf.zeros([], dtype))
    if "label_probabilities" in found:
        found["label_probabilities"] = found["label_probabilities"][:rows]
    return found


def _with_a_word(ids):
    """Models count on a row, and on a word in each: an unknown one where none is."""
    missing = tf.maximum(1 - tf.shape(ids)[:2], 0)
    missing = tf.concat([missing, tf.zeros([len(ids.shape) - 2], tf.int32)], axis=0)
    padded = tf.pad(ids, tf.stack([tf.zeros_like(missing), missing], axis=1))
    # The first of a word's ids, and none of them is 0 where there is a word.
    first = padded[:, :1] if len(ids.shape) == 2 else padded[:, :1, :1]
    first = tf.where(first == 0, UNKNOWN_ID, first)
    if len(ids.shape) == 3:
        first = tf.concat([first, padded[:, :1, 1:]], axis=2)
    return tf.concat([first, padded[:, 1:]], axis=1)


def _joined(words):
    """Texts of words with a space between them, and the words in them."""
    kept = tf.ragged.boolean_mask(words, words != "")
    dense = kept.to_tensor("")
    # The characters are counted as they are read.
    dense = tf.strings.unicode_transcode(dense, "UTF-8", "UTF-8", errors="replace")
    lengths = tf.strings.length(dense, unit="UTF8_CHAR")
    ends = tf.cumsum(lengths + 1, axis=1) - 1
    is_word = dense != ""
    starts = tf.where(is_word, ends - lengths, -1)
    text = tf.strings.reduce_join(
        tf.ragged.boolean_mask(dense, is_word), axis=-1, separator=" "
    )
    return text, SplitTexts(dense, starts, tf.where(is_word, ends, -1))
