"""What a served classifier of texts takes and gives."""

import tensorflow as tf

from seqkit.export.in_graph import in_graph_tokenizer
from seqkit.export.signatures import Signature
from seqkit.export.token_rows import END_ID


def classification_signatures(
    predict, tokenizer, label_names, multi_label=False, *, threshold=0.5, text=True
):
    """The signature of a text classifier: text in, labels and probabilities out.

    Letters: B texts (any number), of T tokens at most; K labels. Texts may be empty.

    `serving_default` takes `text` `[B]` strings, or with `text=False` `token_ids` `[B,
    T]` int32, each row with its `</s>` and right-padded with 0; a row of zeros counts
    as an empty text. It gives

    - `labels` `[B]` strings, the likeliest label, and `scores` `[B]` float32, its
      probability. With `multi_label` both are `[B, K]`, likeliest first: the labels
      whose probability is `threshold` or more, and behind them `""` and 0;
    - `probabilities` `[B, K]` float32, and `label_names` `[K]`, what they belong to.

    Args:
        predict: Callable from `{"token_ids": [B, T]}` to probabilities `[B, K]`. It is
            given one token in each row at least.
        tokenizer: One of `seqkit.tokenizers`; not used with `text=False`.
        label_names: Names of the labels in the order of their ids.
        multi_label: Whether a text has any number of labels, or one.
        threshold: From which probability on a label of several is given.
        text: Whether texts are taken, or token ids.

    Returns:
        A dictionary of `Signature`s for `save_model`.

    Raises:
        SeqkitError: The tokenizer has no twin, or tensorflow-text is not installed,
            which SentencePiece needs.

    Example:

    >>> import tensorflow as tf
    >>> from seqkit.export import classification_signatures
    >>> from seqkit.tokenizers import ByteTokenizer
    >>> def predict(inputs):  # likes a text with more than three bytes
    ...     length = tf.reduce_sum(tf.cast(inputs["token_ids"] > 0, tf.float32), 1)
    ...     return tf.nn.softmax(tf.stack([4 - length, length - 4], axis=1))
    >>> served = classification_signatures(predict, ByteTokenizer(), ["bad", "good"])
    >>> answer = served["serving_default"].function(tf.constant(["fine", ""]))
    >>> answer["labels"].numpy().tolist()
    [b'good', b'bad']
    """
    names = list(label_names)

    def classify(token_ids):
        probabilities = _predict(predict, token_ids)
        labels = tf.constant(names)
        best = tf.math.top_k(probabilities, len(names) if multi_label else 1)
        scores, found = best.values, tf.gather(labels, best.indices)
        if multi_label:
            is_given = scores >= threshold
            scores = tf.where(is_given, scores, 0.0)
            found = tf.where(is_given, found, "")
        else:
            scores, found = scores[:, 0], found[:, 0]
        return {
            "labels": found,
            "scores": scores,
            "probabilities": probabilities,
            "label_names": labels,
        }

    if not text:
        spec = tf.TensorSpec([None, None], tf.int32, name="token_ids")
        return {"serving_default": Signature(classify, (spec,))}
    tokenizer = in_graph_tokenizer(tokenizer, add_end=True)

    def serving_default(text):
        return classify(tokenizer.encode(text))

    spec = tf.TensorSpec([None], tf.string, name="text")
    return {"serving_default": Signature(serving_default, (spec,), (tokenizer,))}


def _predict(predict, token_ids):
    """Probabilities of any number of rows of any length, none included."""
    rows = tf.shape(token_ids)[0]
    # Models count on a row, and on a token in each row.
    missing = tf.maximum(1 - tf.shape(token_ids), 0)
    token_ids = tf.pad(token_ids, tf.stack([tf.zeros_like(missing), missing], axis=1))
    empty = tf.reduce_all(token_ids == 0, axis=1)
    first = tf.where(empty, END_ID, token_ids[:, 0])
    token_ids = tf.concat([first[:, None], token_ids[:, 1:]], axis=1)
    return tf.cast(predict({"token_ids": token_ids}), tf.float32)[:rows]
