"""What a served speech recognizer takes and returns."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from seqkit.export.signatures import Decode, Signature, Write, hypotheses, modules


def speech_signatures(
    decode: Decode,
    decode_n_best: Decode,
    write: Write | None,
    sampling_rate: int,
    *,
    resources: tuple = (),
) -> dict[str, Signature]:
    """Signatures for `save_model` of a speech recognizer: sound in, text out.

    Letters: B sounds (any number) of at most N samples, K texts for each, of at most L
    tokens. The features are computed in the graph.

    - `serving_default` takes `audio` `[B]` strings, the bytes of WAV files with 16 bits
      per sample, of `sampling_rate` and any number of channels;
    - `n_best` takes the same;
    - `samples` takes `samples` `[B, N]` float32 from -1 to 1, of `sampling_rate` and
      right-padded, and `num_samples` `[B]` int32, those of each row.

    A file of another kind, of other bits or another rate, or a damaged one, has an
    empty text and the score -inf; the others are answered. `seqkit.data.read_audio`
    makes samples of any of them.

    `serving_default` and `samples` return `texts` `[B]` strings and `scores` `[B]`
    float32; `n_best` returns both as `[B, K]`, best first, with the score -inf if fewer
    were found. Without `write` they return `token_ids` `[B, L]` int32, right-padded
    with 0, and `lengths` `[B]` instead of texts.

    Args:
        decode, decode_n_best: As in `text_signatures`, from the inputs of a
            `seqkit.models.SpeechRecognizer`.
        write: As in `text_signatures`; `None` for token ids.
        sampling_rate: Samples per second that the model reads.
        resources: What `decode` holds besides the model, such as a language model.
    """

    def stripped(token_ids: tf.Tensor, inputs: Any) -> tf.Tensor:
        assert write is not None
        return tf.strings.strip(write(token_ids, inputs))

    def read(samples: tf.Tensor, num_samples: tf.Tensor) -> dict[str, Any]:
        missing = tf.maximum(1 - tf.shape(samples)[1], 0)
        samples = tf.pad(samples, [[0, 0], [0, missing]])
        counts = tf.clip_by_value(num_samples, 1, tf.shape(samples)[1])
        inside = tf.sequence_mask(counts, tf.shape(samples)[1])
        return {"samples": tf.where(inside, samples, 0.0), "num_samples": counts}

    answers = hypotheses(
        decode, decode_n_best, read, stripped if write else None, "texts"
    )
    best = answers["serving_default"]
    files = (tf.TensorSpec([None], tf.string, name="audio"),)
    floats = (
        tf.TensorSpec([None, None], tf.float32, name="samples"),
        tf.TensorSpec([None], tf.int32, name="num_samples"),
    )
    resources = (*resources, *modules(write))

    def from_files(answer: Callable) -> Callable:
        def answered(audio: tf.Tensor) -> dict[str, tf.Tensor]:
            return _heard(answer, *decoded(audio, sampling_rate))

        return answered

    return {
        "serving_default": Signature(from_files(best), files, resources),
        "n_best": Signature(from_files(answers["n_best"]), files, resources),
        "samples": Signature(lambda s, n: _heard(best, s, n), floats, resources),
    }


def _heard(answer, samples, num_samples):
    """The answers to sounds; a row without samples has none."""
    found = answer(samples, num_samples)

    def where(name, values):
        heard = tf.reshape(num_samples > 0, [-1] + [1] * (values.shape.rank - 1))
        none = float("-inf") if name == "scores" else 0
        none = "" if values.dtype == tf.string else tf.cast(none, values.dtype)
        return tf.where(heard, values, none)

    return {name: where(name, values) for name, values in found.items()}


def decoded(files: tf.Tensor, sampling_rate: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Samples `[B, N]` of WAV files `[B]`, and how many each has; 0 if unreadable."""

    def read(row, file):
        samples, rate = tf.audio.decode_wav(file)
        with tf.control_dependencies([tf.debugging.assert_equal(rate, sampling_rate)]):
            return row, tf.reduce_mean(samples, axis=1)

    rows = tf.shape(files)[0]
    # Alone a dataset goes on after an error; its first element is none of the files,
    # so that there is always one.
    found = tf.data.Dataset.from_tensor_slices((tf.range(rows), files))
    found = found.map(read, num_parallel_calls=tf.data.AUTOTUNE)
    first = tf.data.Dataset.from_tensors((-1, tf.zeros([1])))
    found = first.concatenate(found.ignore_errors(log_warning=False))
    found = found.map(lambda row, samples: (row, samples, tf.shape(samples)[0]))
    size = tf.cast(rows, tf.int64) + 1
    places, samples, counts = found.padded_batch(
        size, padded_shapes=([], [None], [])
    ).get_single_element()
    places, length = places[1:, None], tf.shape(samples)[1]
    samples = tf.scatter_nd(places, samples[1:], tf.stack([rows, length]))
    return samples, tf.scatter_nd(places, counts[1:], tf.reshape(rows, [1]))
