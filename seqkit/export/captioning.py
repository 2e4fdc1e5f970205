"""What a served captioner takes and gives."""

import tensorflow as tf

from seqkit.export.in_graph import in_graph_tokenizer
from seqkit.export.signatures import Signature

_FIELDS = ("token_ids", "lengths", "scores")


def caption_signatures(
    decode, decode_n_best, encode, tokenizer, image_size, *, resources=(), text=True
):
    """Signatures of a captioner: encoded images in, captions out.

    Letters: B images (any number), N hypotheses for each, of at most L tokens.

    - `serving_default` takes `image` `[B]` strings, the bytes of JPEG, PNG, GIF (its
      first frame) or BMP files, of any sizes side by side;
    - `n_best` takes the same;
    - `pixels` takes `pixels` `[B, H, W, 3]` float32 from 0 to 255, of any size H by W.

    Images are resized to what the encoder reads. `serving_default` and `pixels` give
    `captions` `[B]` strings and `scores` `[B]` float32; `n_best` gives both as
    `[B, N]`, best first, with the score -inf where fewer were found. With `text=False`
    they give `token_ids` `[B, L]` int32, without `</s>` and right-padded with 0, and
    `lengths` `[B]` instead of captions.

    What is transparent counts with the colour that lies under it, and EXIF's
    orientation is not read: turn such images before they are sent.

    Args:
        decode: Callable from features `[B, S, F]` to a `seqkit.decoding.Decoded`; the
            first hypothesis is the one served.
        decode_n_best: The same, with N hypotheses.
        encode: Callable from images `[B, H, W, 3]` float32 from 0 to 255 to features.
        tokenizer: One of `seqkit.tokenizers`.
        image_size: Height and width that `encode` reads.
        resources: What `encode` holds besides the captioner's own variables, such as
            the variables of a frozen encoder.
        text: Whether captions are given, or token ids.

    Returns:
        A dictionary of `Signature`s for `save_model`.
    """
    decoder = in_graph_tokenizer(tokenizer) if text else None

    def caption(decode, pixels):
        batch_size = tf.shape(pixels)[0]
        # Models and decoding count on a row.
        missing = tf.maximum(1 - batch_size, 0)
        pixels = tf.pad(pixels, [[0, missing], [0, 0], [0, 0], [0, 0]])
        decoded = decode(encode(pixels))
        found = {name: getattr(decoded, name)[:batch_size] for name in _FIELDS}
        if decoder is None:
            return found
        texts = decoder.decode(found["token_ids"], found["lengths"])
        return {"captions": texts, "scores": found["scores"]}

    def best(pixels):
        return {k: v[:, 0] for k, v in caption(decode, pixels).items()}

    def read(image):
        def pixels(encoded):
            picture = tf.io.decode_image(encoded, channels=3, expand_animations=False)
            return resized(picture[None], image_size)[0]

        shape = tf.TensorSpec([*image_size, 3], tf.float32)
        return tf.map_fn(pixels, image, fn_output_signature=shape)

    encoded = tf.TensorSpec([None], tf.string, name="image")
    floats = tf.TensorSpec([None, None, None, 3], tf.float32, name="pixels")
    resources = (*resources, *(() if decoder is None else (decoder,)))
    return {
        "serving_default": Signature(lambda x: best(read(x)), (encoded,), resources),
        "n_best": Signature(
            lambda x: caption(decode_n_best, read(x)), (encoded,), resources
        ),
        "pixels": Signature(
            lambda x: best(resized(x, image_size)), (floats,), resources
        ),
    }


def resized(pixels, size):
    """Images `[B, H, W, 3]` in another size, by a filter as wide as they shrink."""
    pixels = tf.cast(pixels, tf.float32)
    found = tf.image.resize(pixels, size, method="bilinear", antialias=True)
    # As files hold them: what `predict` reads is rounded, too.
    found = tf.clip_by_value(tf.round(found), 0.0, 255.0)
    return tf.ensure_shape(found, [None, *size, 3])
