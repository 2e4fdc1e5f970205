"""The form of every encoder of images."""

import hashlib
import json
from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.configured import Configured


class RegionEncoder(Configured, keras.Model):
    """From images `[B, H, W, 3]`, uint8 or float from 0 to 255, to regions `[B, S, F]`.

    A subclass sets `image_size`, H and W; `grid`, h and w, S = h · w; `num_regions` and
    `feature_dim`, S and F; and defines `features(images, training=False)`, `[B, h, w,
    F]` or `[B, S, F]`. Region s lies in row `s // w` and column `s % w`.
    """

    def call(self, images: Any, training: bool = False) -> Any:
        shape, (height, width) = tuple(images.shape), self.image_size
        if len(shape) != 4 or shape[1:] != (height, width, 3):
            raise SeqkitError(
                f"{self.name}: expected images of shape [B, {height}, {width}, 3], "
                f"found {list(shape)}. Resize them, or give image_size="
            )
        x = self.features(images, training=training)
        return ops.reshape(x, (-1, self.num_regions, self.feature_dim))

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits: the same for encoders with the same features."""
        if not self.built:
            self.build((None, *self.image_size, 3))
        layers = [
            [type(layer).__name__, _nameless(layer.get_config())]
            for layer in self._flatten_layers(include_self=False)
        ]
        own = [getattr(self, "application", None), self.image_size, self.grid]
        text = json.dumps(
            [own, layers], sort_keys=True, default=lambda value: type(value).__name__
        )
        digest = hashlib.sha256(text.encode())
        for weight in self.weights:
            digest.update(np.ascontiguousarray(ops.convert_to_numpy(weight)).data)
        return digest.hexdigest()[:16]


def _nameless(config):
    """A configuration without the names, which Keras numbers as it goes."""
    if isinstance(config, dict):
        return {
            key: _nameless(value)
            for key, value in config.items()
            if key not in ("name", "layers", "input_layers", "output_layers")
        }
    if isinstance(config, list | tuple):
        return [_nameless(value) for value in config]
    return config
