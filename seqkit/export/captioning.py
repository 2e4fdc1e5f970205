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

    Images are resized to what the encoder reads. `serving_default` and `pixels` return
    `captions` `[B]` strings and `scores` `[B]` float32; `n_best` returns both as
    `[B, N]`, best first, with the score -inf if fewer were found. Without `write` they
    return `token_ids` `[B, L]` int32, without `</s>` and right-padded with 0, and
    `lengths` `[B]` instead of captions.

    Transparent pixels count with the colour below them, and EXIF's orientation is not
    read: turn such images before they are sent.

    Args:
        decode, decode_n_best: As in `text_signatures`.
        read: Callable from images `[B, H, W, 3]` float32 from 0 to 255, at least one,
            of `image_size`, to a dictionary of tensors, the inputs of the model, such
            as `{"encoder_features": [B, S, F]}`.
        write: As in `text_signatures`; `None` for token ids.
        image_size: Height and width that `read` takes.
        resources: What `read` and `write` hold besides the captioner's own variables,
            such as the variables of a frozen encoder. `tf.Module`s need not be named.
    """
    answers = hypotheses(decode, decode_n_best, read, write, "captions")
    best, n_best = answers["serving_default"], answers["n_best"]

    def load(image):
        def pixels(encoded):
            picture = tf.io.decode_image(encoded, channels=3, expand_animations=False)
            return resized(picture[None], image_size)[0]

        shape = tf.TensorSpec([*image_size, 3], tf.float32)
        return tf.map_fn(pixels, image, fn_output_signature=shape)

    encoded = (tf.TensorSpec([None], tf.string, name="image"),)
    floats = (tf.TensorSpec([None, None, None, 3], tf.float32, name="pixels"),)
    resources = (*resources, *modules(read, write))
    return {
        "serving_default": Signature(lambda x: best(load(x)), encoded, resources),
        "n_best": Signature(lambda x: n_best(load(x)), encoded, resources),
        "pixels": Signature(lambda x: best(resized(x, image_size)), floats, resources),
    }


def resized(pixels: tf.Tensor, size: tuple[int, int]) -> tf.Tensor:
    """Images `[B, H, W, 3]` in another size, by a filter as wide as they shrink."""
    pixels = tf.cast(pixels, tf.float32)
    found = tf.image.resize(pixels, size, method="bilinear", antialias=True)
    # Files hold whole numbers, so what `predict` reads is rounded, too.
    found = tf.clip_by_value(tf.round(found), 0.0, 255.0)
    return tf.ensure_shape(found, [None, *size, 3])
