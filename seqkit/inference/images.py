"""Images through an encoder, once, and what a captioner reads of them."""

import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from seqkit.data import RegionFeatures, ResizedImages


def images_of(
    paths: list[str],
    encoder: Any,
    *,
    trained: bool,
    on_error: str = "raise",
    cache_dir: str | None = None,
) -> Any:
    """What is kept of images: pixels if the encoder is trained, else its features."""
    shared = {"on_error": on_error, "cache_dir": cache_dir}
    shared["size"] = tuple(encoder.image_size)
    if trained:
        return ResizedImages.make(paths, **shared)
    see = functools.partial(_seen, encoder)
    return RegionFeatures.make(paths, see, key=encoder.fingerprint, **shared)


def features_of(
    encoder: Any, pixels: Callable[[list[int]], Any], rows: list[int], batch_size: int
) -> np.ndarray:
    """Features `[N, S, F]` of N images, as they are kept on disk."""
    starts = range(0, len(rows), batch_size)
    found = [
        _seen(encoder, pixels(rows[start : start + batch_size])) for start in starts
    ]
    empty = np.zeros((0, encoder.num_regions, encoder.feature_dim))
    return np.concatenate([empty, *found]).astype(np.float16)


def _seen(encoder: Any, images: np.ndarray) -> np.ndarray:
    """The features of some images."""
    # Each replica of `tf.distribute` returns those of all images.
    return encoder.predict_on_batch(images)[: len(images)]


def decoder_inputs(features: np.ndarray) -> tuple[Iterable[int], Callable]:
    """Lengths and batches of features, as `SequenceDecoder.run` takes them."""

    def batch(rows, length):
        return {"encoder_features": features[rows].astype(np.float32)}

    return [features.shape[1]] * len(features), batch
