"""Hiding parts of a spectrogram while a model learns."""

from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.configured import Layer, no_mask


@keras.saving.register_keras_serializable(package="seqkit")
class SpecAugment(Layer):
    """Sets random bands of frequencies and stretches of time to 0, only in training.

    Each stripe begins anywhere, and is as wide as a number drawn from 0 to its greatest
    width; each row has stripes of its own (Park et al. 2019, arXiv:1904.08779, without
    their warping of time). Spectrograms should be normalized, so that 0 is their mean.

    Args:
        frequency_masks, frequency_width: Bands, and bins of the widest one.
        time_masks, time_width: Stretches, and frames of the longest one.
        time_fraction: The greatest part of a row's own frames that a stretch may take.
        seed: Seed of the draws; by default random itself.

    Call arguments:
        features: `[B, T, M]`.
        mask: Boolean `[B, T]`, `True` = keep: stretches lie among these frames, which
            come first.

    >>> import numpy as np, seqkit
    >>> layer = seqkit.layers.SpecAugment(time_masks=1, time_width=4, seed=1)
    >>> x = np.ones((2, 20, 8), "float32")
    >>> bool((np.array(layer(x)) == 1).all())
    True
    >>> 0 < float(np.array(layer(x, training=True)).mean()) <= 1
    True
    """

    compute_mask = no_mask

    def __init__(
        self,
        frequency_masks: int = 2,
        frequency_width: int = 8,
        time_masks: int = 2,
        time_width: int = 10,
        time_fraction: float = 0.2,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        for name in ("frequency_masks", "frequency_width", "time_masks", "time_width"):
            if getattr(self, name) < 0:
                raise SeqkitError(
                    f"{name}: expected at least 0, found {getattr(self, name)}"
                )
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, features_shape: Any) -> None:
        self.built = True

    def call(self, features: Any, mask: Any = None, training: bool = False) -> Any:
        if not training:
            return features
        rows, frames, bins = ops.shape(features)
        if mask is None:
            lengths = ops.full((rows,), frames, "float32")
        else:
            lengths = ops.sum(ops.cast(mask, "float32"), axis=1)
        most = ops.minimum(self.time_fraction * lengths, float(self.time_width))
        kept = self._kept(frames, lengths, most, self.time_masks)[:, :, None]
        size = ops.full((rows,), bins, "float32")
        most = ops.minimum(size, float(self.frequency_width))
        kept = kept & self._kept(bins, size, most, self.frequency_masks)[:, None]
        return ops.where(kept, features, ops.zeros_like(features))

    def _kept(self, count, lengths, most, stripes):
        """Which of `count` places `[B, count]` no stripe covers."""
        if not stripes:
            return ops.ones((1, count), "bool")
        shape = ops.shape(lengths)[0], stripes
        draws = keras.random.uniform((2, *shape), seed=self.seed_generator)
        width = ops.floor(draws[0] * (most[:, None] + 1))
        begin = ops.floor(draws[1] * (lengths[:, None] - width + 1))
        places = ops.cast(ops.arange(count), "float32")
        covered = (places >= begin[..., None]) & (places < (begin + width)[..., None])
        return ops.logical_not(ops.any(covered, axis=1))

    def compute_output_shape(self, features_shape: Any) -> Any:
        return features_shape
