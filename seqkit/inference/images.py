"""Images through an encoder, once, and what a captioner reads of them."""

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
    """What is kept of images: pixels if the encoder is trained, else its features.

    Args:
        paths: N paths of images.
        encoder: A `seqkit.models.ImageEncoder`.
        trained: Whether the encoder is a part of the model that is trained.
        on_error: What an unreadable image does, `"raise"` or `"skip"`.
        cache_dir: Folder for what is kept.

    Returns:
        `seqkit.data.ResizedImages` or `seqkit.data.RegionFeatures`.
    """
    shared = {"on_error": on_error, "cache_dir": cache_dir}
    shared["size"] = tuple(encoder.image_size)
    if trained:
        return ResizedImages.make(paths, **shared)
    see, key = encoder.predict_on_batch, encoder.fingerprint
    return RegionFeatures.make(paths, see, key=key, **shared)


def features_of(
    encoder: Any, pixels: Callable[[list[int]], Any], rows: list[int], batch_size: int
) -> np.ndarray:
    """Features `[N, S, F]` of N images, as they are kept on disk.

    Args:
        encoder: A `seqkit.models.ImageEncoder`.
        pixels: From some rows to their images, `[B, H, W, 3]`.
        rows: N row numbers.
        batch_size: Images per batch.
    """
    starts = range(0, len(rows), batch_size)
    found = [
        encoder.predict_on_batch(pixels(rows[start : start + batch_size]))
        for start in starts
    ]
    empty = np.zeros((0, encoder.num_regions, encoder.feature_dim))
    return np.concatenate([empty, *found]).astype(np.float16)


def decoder_inputs(features: np.ndarray) -> tuple[Iterable[int], Callable]:
    """Lengths and batches of features, as `SequenceDecoder.run` takes them."""

    def batch(rows, length):
        return {"encoder_features": features[rows].astype(np.float32)}

    return [features.shape[1]] * len(features), batch
