"""What a served captioner takes and returns."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from seqkit.export.signatures import Decode, Signature, Write, hypotheses, modules


def caption_signatures(
    decode: Decode,
    decode_n_best: Decode,
    read: Callable[[tf.Tensor], dict[str, Any]],
    write: Write | None,
    image_size: tuple[int, int],
    *,
    resources: tuple = (),
) -> dict[str, Signature]:
    """Signatures for `save_model` of a captioner: encoded images in, captions out.

    Letters: B images (any number), N hypotheses for each, of at most L tokens.

    - `serving_default` takes `image` `[B]` strings, the bytes of JPEG, PNG, GIF (its
      first frame) or BMP files, of any sizes side by side;
    - `n_best` takes the same;
    - `pixels` takes `pixels` `[B, H, W, 3]` float32 from 0 to 255, of any size H by W.

    A file that is no image, or damaged, has an empty caption and the score -inf; the
    others are answered. Images are resized to what the encoder reads.

    `serving_default` and `pixels` return `captions` `[B]` strings and `scores` `[B]`
    float32; `n_best` returns both as `[B, N]`, best first, with the score -inf if fewer
    were found. Without `write` they return `token_ids` `[B, L]` int32, without `</s>`
    and right-padded with 0, and `lengths` `[B]` instead of captions.

    Transparent pixels count with the colour below them, and EXIF's orientation is not
    read: turn such images before they are sent.

    Args:
        decode, decode_n_best: As in `text_signatures`.
        read: Callable from images `[B, H, W, 3]` float32 from 0 to 255, at least one,
            of `image_size`, to a dictionary of tensors, the inputs of the model, such
            as `{"encoder_features": [B, S, F]}`.
        write: As in `text_signatures`; `None` for token ids.
        resources: What `read` and `write` hold besides the captioner's own variables,
            such as the variables of a frozen encoder. `tf.Module`s need not be named.
    """
    answers = hypotheses(decode, decode_n_best, read, write, "captions")
    best, n_best = answers["serving_default"], answers["n_best"]

    def from_files(answer):
        """The function of pixels as one of files, some of which may be damaged."""

        def answered(image):
            pixels, readable = decoded(image, image_size)
            return {
                name: _where(readable, values, float("-inf") if name == "scores" else 0)
                for name, values in answer(pixels).items()
            }

        return answered

    encoded = (tf.TensorSpec([None], tf.string, name="image"),)
    floats = (tf.TensorSpec([None, None, None, 3], tf.float32, name="pixels"),)
    resources = (*resources, *modules(read, write))
    return {
        "serving_default": Signature(from_files(best), encoded, resources),
        "n_best": Signature(from_files(n_best), encoded, resources),
        "pixels": Signature(lambda x: best(resized(x, image_size)), floats, resources),
    }


def decoded(files: tf.Tensor, size: tuple[int, int]) -> tuple[tf.Tensor, tf.Tensor]:
    """Images `[B, H, W, 3]` of files `[B]`, black if unreadable, and which are not."""

    def pixels(row, file):
        picture = tf.io.decode_image(file, channels=3, expand_animations=False)
        return row, resized(picture[None], size)[0]

    rows = tf.shape(files)[0]
    # Alone a dataset goes on after an error; its first element is none of the files,
    # so that there is always one.
    found = tf.data.Dataset.from_tensor_slices((tf.range(rows), files))
    found = found.map(pixels, num_parallel_calls=tf.data.AUTOTUNE)
    first = tf.data.Dataset.from_tensors((-1, tf.zeros([*size, 3])))
    found = first.concatenate(found.ignore_errors(log_warning=False))
    found = found.batch(tf.cast(rows, tf.int64) + 1).get_single_element()
    places, pictures = found[0][1:, None], found[1][1:]
    readable = tf.scatter_nd(places, tf.ones_like(places[:, 0]), [rows]) > 0
    pictures = tf.scatter_nd(places, pictures, [rows, *size, 3])
    return tf.ensure_shape(pictures, [None, *size, 3]), readable


def _where(readable, values, otherwise):
    """Values `[B, ...]` of what could be read; strings are empty otherwise."""
    readable = tf.reshape(readable, [-1] + [1] * (values.shape.rank - 1))
    empty = "" if values.dtype == tf.string else tf.cast(otherwise, values.dtype)
    return tf.where(readable, values, empty)


def resized(pixels: tf.Tensor, size: tuple[int, int]) -> tf.Tensor:
    """Images `[B, H, W, 3]` in another size, by a filter as wide as they shrink."""
    pixels = tf.cast(pixels, tf.float32)
    found = tf.image.resize(pixels, size, method="bilinear", antialias=True)
    # Files hold whole numbers, so what `predict` reads is rounded, too.
    found = tf.clip_by_value(tf.round(found), 0.0, 255.0)
    return tf.ensure_shape(found, [None, *size, 3])
