"""What a served sequence-to-sequence model takes and gives."""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from seqkit.export.text import END_ID, InGraphTokenizer


class Signature(NamedTuple):
    """One function of a SavedModel.

    Attributes:
        function: Takes one tensor for each of `inputs`, gives a dictionary of tensors.
        inputs: `tf.TensorSpec`s with names, which are those that callers use.
        resources: What the function holds besides the model's variables, such as
            lookup tables and `InGraphTokenizer`s.
    """

    function: Callable
    inputs: tuple
    resources: tuple = ()


def text_signatures(decode, decode_n_best, source, target):
    """Signatures that take and give text.

    Letters: B texts, N hypotheses for each. Each signature takes `text`, `[B]` strings;
    any B, and a text may be empty.

    - `serving_default` gives `translations` `[B]` and `scores` `[B]` float32;
    - `n_best` gives both as `[B, N]`, best first. Where fewer than N hypotheses were
      found, the rest have the score -inf.

    Args:
        decode: Callable from token ids `[B, S]` int32, right-padded with 0, to a
            `seqkit.decoding.Decoded`; the first hypothesis is the one served.
        decode_n_best: The same, with N hypotheses.
        source, target: The two SentencePiece models, as bytes.

    Returns:
        A dictionary of `Signature`s for `save_model`.
    """
    encoder = InGraphTokenizer(source)
    decoder = encoder if target == source else InGraphTokenizer(target)

    def translate(decode, text):
        token_ids = encoder.encode(text)
        decoded = _decode(decode, token_ids)
        texts = decoder.decode(decoded["token_ids"], decoded["lengths"])
        return {"translations": texts, "scores": decoded["scores"]}

    spec = tf.TensorSpec([None], tf.string, name="text")
    return _both(translate, decode, decode_n_best, spec, {encoder, decoder})


def token_signatures(decode, decode_n_best):
    """Signatures that take and give token ids, for callers with a tokenizer.

    Letters: B sequences of S ids, N hypotheses of at most L ids for each. Each
    signature takes `token_ids`, `[B, S]` int32, each row with its `</s>` and
    right-padded with 0; a row of zeros counts as an empty sentence.

    - `serving_default` gives `token_ids` `[B, L]` int32, without `</s>` and
      right-padded with 0, `lengths` `[B]` int32 and `scores` `[B]` float32;
    - `n_best` gives them as `[B, N, L]`, `[B, N]` and `[B, N]`, best first. Where
      fewer than N hypotheses were found, the rest have the score -inf.

    Args:
        decode, decode_n_best: As in `text_signatures`.

    Returns:
        A dictionary of `Signature`s for `save_model`.
    """
    spec = tf.TensorSpec([None, None], tf.int32, name="token_ids")
    return _both(_decode, decode, decode_n_best, spec, ())


def _both(function, decode, decode_n_best, spec, resources):
    def serving_default(tensor):
        return {name: v[:, 0] for name, v in function(decode, tensor).items()}

    def n_best(tensor):
        return function(decode_n_best, tensor)

    resources = tuple(resources)
    return {
        "serving_default": Signature(serving_default, (spec,), resources),
        "n_best": Signature(n_best, (spec,), resources),
    }


def _decode(decode, token_ids):
    """Decodes any number of rows of any length, none included."""
    batch_size = tf.shape(token_ids)[0]
    # Models and decoding count on a row, and on a token in each row.
    missing = tf.maximum(1 - tf.shape(token_ids), 0)
    token_ids = tf.pad(token_ids, tf.stack([tf.zeros_like(missing), missing], axis=1))
    empty = tf.reduce_all(token_ids == 0, axis=1)
    first = tf.where(empty, END_ID, token_ids[:, 0])
    decoded = decode(tf.concat([first[:, None], token_ids[:, 1:]], axis=1))
    return {
        name: getattr(decoded, name)[:batch_size]
        for name in ("token_ids", "lengths", "scores")
    }
