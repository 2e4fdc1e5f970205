"""What a served sequence-to-sequence model takes and returns."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import tensorflow as tf

from seqkit.export.rows import nonempty, with_a_row
from seqkit.special_ids import END_ID

Inputs = Mapping[str, Any]
Decode = Callable[[dict[str, Any]], Any]
Write = Callable[[tf.Tensor, Inputs], tf.Tensor]


class Signature(NamedTuple):
    """One function of a SavedModel.

    Attributes:
        function: Takes one tensor for each of `inputs`, returns a dictionary of
            tensors.
        inputs: `tf.TensorSpec`s with names, which are those that callers use.
        resources: What the function holds besides the model's variables, such as
            lookup tables and the `tf.Module`s that hold them.
    """

    function: Callable[..., dict[str, tf.Tensor]]
    inputs: tuple
    resources: tuple = ()


def text_signatures(
    decode: Decode,
    decode_n_best: Decode,
    read: Callable[[tf.Tensor], dict[str, Any]],
    write: Write,
    *,
    output: str = "translations",
    resources: tuple = (),
) -> dict[str, Signature]:
    """Signatures for `save_model` that take and return text.

    Letters: B texts, N hypotheses for each, of at most L tokens. Each signature takes
    `text`, `[B]` strings; any B, and a text may be empty.

    - `serving_default` returns `translations` `[B]` and `scores` `[B]` float32;
    - `n_best` returns both as `[B, N]`, best first. If fewer than N hypotheses were
      found, the rest have the score -inf.

    `write` sees what its texts became in `read`. So a model with a vocabulary of its
    own for each text, such as a pointer-generator, can return copied words: `read`
    returns them along with the model's inputs.

    Args:
        decode: Callable from the dictionary that `read` returned to a
            `seqkit.decoding.Decoded`; the first hypothesis is the one served.
        decode_n_best: The same, with N hypotheses.
        read: Callable from `[B]` strings, at least one, to a dictionary of tensors
            `[B, ...]`, the inputs of the model. `TextReader` is one.
        write: Callable from token ids `[B, N, L]` int32, right-padded with 0, and the
            dictionary that `read` returned to `[B, N]` strings. `TextWriter` is one.
        output: Name of the texts that are returned.
        resources: What `read` and `write` hold, such as lookup tables. If they are
            `tf.Module`s themselves, they need not be named.

    >>> import tensorflow as tf
    >>> from seqkit.decoding import Decoded
    >>> from seqkit.export import TextReader, TextWriter, text_signatures
    >>> from seqkit.tokenizers import WordTokenizer
    >>> tokenizer = WordTokenizer(["the", "dog"])
    >>> def decode(inputs):  # says what it reads
    ...     ids = inputs["encoder_token_ids"][:, None]
    ...     ones = tf.ones(tf.shape(ids)[:2])
    ...     return Decoded(ids, tf.cast(ones, tf.int32), ones, ones, ones > 0)
    >>> served = text_signatures(
    ...     decode, decode, TextReader(tokenizer), TextWriter(tokenizer))
    >>> answer = served["serving_default"].function(tf.constant(["dog the"]))
    >>> answer["translations"].numpy().tolist()
    [b'dog the\\n']
    """
    spec = tf.TensorSpec([None], tf.string, name="text")
    resources = (*resources, *modules(read, write))
    answers = hypotheses(decode, decode_n_best, read, write, output)
    return {
        name: Signature(answer, (spec,), resources) for name, answer in answers.items()
    }


def token_signatures(
    decode: Decode,
    decode_n_best: Decode,
    inputs: Mapping[str, str] = {"token_ids": "encoder_token_ids"},  # noqa: B006
) -> dict[str, Signature]:
    """Signatures for `save_model` that take and return token ids, not text.

    Letters: B sequences of S ids, N hypotheses of at most L ids for each. Each
    signature takes `token_ids`, `[B, S]` int32, each row with its `</s>` and
    right-padded with 0; a row of zeros counts as an empty sentence.

    - `serving_default` returns `token_ids` `[B, L]` int32, without `</s>` and
      right-padded with 0, `lengths` `[B]` int32 and `scores` `[B]` float32;
    - `n_best` returns them as `[B, N, L]`, `[B, N]` and `[B, N]`, best first. If fewer
      than N hypotheses were found, the rest have the score -inf.

    Args:
        decode, decode_n_best: As in `text_signatures`; they get a dictionary of ids.
        inputs: For each tensor that a signature takes, its name to that of the
            model's input. All are `[B, S]`.
    """

    def read(*ids):
        rows = [nonempty(one, END_ID) for one in ids]
        return dict(zip(inputs.values(), rows, strict=True))

    specs = tuple(tf.TensorSpec([None, None], tf.int32, name=name) for name in inputs)
    answers = hypotheses(decode, decode_n_best, read)
    return {name: Signature(answer, specs) for name, answer in answers.items()}


def hypotheses(
    decode: Decode,
    decode_n_best: Decode,
    read: Callable[..., dict[str, Any]],
    write: Write | None = None,
    output: str = "",
) -> dict[str, Callable[..., dict[str, tf.Tensor]]]:
    """The functions of `text_signatures`; without `write` they return token ids."""

    def answer(decode, *tensors):
        rows = tf.shape(tensors[0])[0]
        inputs = read(*map(with_a_row, tensors))
        decoded = decode(inputs)
        found = {"token_ids": decoded.token_ids, "lengths": decoded.lengths}
        if write is not None:
            found = {output: write(decoded.token_ids, inputs)}
        found["scores"] = decoded.scores
        return {name: values[:rows] for name, values in found.items()}

    def serving_default(*tensors):
        return {name: v[:, 0] for name, v in answer(decode, *tensors).items()}

    return {
        "serving_default": serving_default,
        "n_best": lambda *tensors: answer(decode_n_best, *tensors),
    }


def modules(*functions: Any) -> tuple[tf.Module, ...]:
    """The functions that hold resources themselves."""
    return tuple(one for one in functions if isinstance(one, tf.Module))
