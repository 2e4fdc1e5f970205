"""What a served classifier of texts takes and returns."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from seqkit.export.in_graph import in_graph_tokenizer
from seqkit.export.rows import nonempty
from seqkit.export.signatures import Signature
from seqkit.special_ids import END_ID


def classification_signatures(
    predict: Callable[[dict[str, tf.Tensor]], Any],
    tokenizer: Any,
    label_names: Sequence[str],
    multi_label: bool = False,
    *,
    threshold: float = 0.5,
    text: bool = True,
) -> dict[str, Signature]:
    """The signature for `save_model` of a text classifier: text in, labels out.

    Letters: B texts (any number), of at most T tokens; K labels. Texts may be empty.

    `serving_default` takes `text` `[B]` strings, or with `text=False` `token_ids` `[B,
    T]` int32, each row with its `</s>` and right-padded with 0; a row of zeros counts
    as an empty text. It returns

    - `labels` `[B]` strings, the likeliest label, and `scores` `[B]` float32, its
      probability. With `multi_label` both are `[B, K]`, likeliest first: the labels
      whose probability is `threshold` or more, then `""` and 0;
    - `probabilities` `[B, K]` float32, and `label_names` `[B, K]`, their labels: the
      same in each row, as rows are what TensorFlow Serving answers.

    Args:
        predict: Callable from `{"token_ids": [B, T]}` to probabilities `[B, K]`. It
            gets at least one row, and one token in each.
        tokenizer: One that `in_graph_tokenizer` takes; not used with `text=False`.
        label_names: Names of the labels in the order of their ids.

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
        inputs = {"token_ids": nonempty(token_ids, END_ID)}
        rows = tf.shape(token_ids)[0]
        probabilities = tf.cast(predict(inputs), tf.float32)[:rows]
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
            "label_names": tf.tile(labels[None], [rows, 1]),
        }

    if not text:
        spec = tf.TensorSpec([None, None], tf.int32, name="token_ids")
        return {"serving_default": Signature(classify, (spec,))}
    tokenizer = in_graph_tokenizer(tokenizer, add_end=True)

    def serving_default(text):
        return classify(tokenizer.encode(text))

    spec = tf.TensorSpec([None], tf.string, name="text")
    return {"serving_default": Signature(serving_default, (spec,), (tokenizer,))}
