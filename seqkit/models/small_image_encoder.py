"""A small convolutional network for images, to be trained from scratch."""

from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.models.region_encoder import RegionEncoder


@keras.saving.register_keras_serializable(package="seqkit")
class SmallImageEncoder(RegionEncoder):
    """From images `[B, H, W, 3]` to features `[B, S, F]` of regions of 8 by 8 pixels.

        x = relu(conv3x3/2(image) + conv3x3/2(place))
        x = relu(norm(conv3x3/2(x)))                   twice
        x = x + relu(norm(conv3x3(x)))                 `num_blocks` times

    Colours, uint8 or float from 0 to 255, are scaled to -1 to 1. `place` is two more
    channels: how far right and how far down a pixel is, from -1 to 1 (Liu et al. 2018,
    arXiv:1807.03247). `norm` is a group normalisation (Wu and He 2018,
    arXiv:1803.08494), which does not depend on the batch. Region s lies in row
    `s // (W / 8)` and column `s % (W / 8)`.

    Args:
        image_size: Height and width H and W of the images, multiples of 8.
        feature_dim: Width of a region's features, F.
        num_blocks: Convolutions at the resolution of regions; each makes a region see
            16 pixels more in either direction.
        groups: Groups of a normalisation; divides F / 4.

    >>> import numpy as np, seqkit
    >>> encoder = seqkit.models.SmallImageEncoder((32, 48), feature_dim=32)
    >>> tuple(encoder(np.zeros((2, 32, 48, 3), "uint8")).shape), encoder.grid
    ((2, 24, 32), (4, 6))
    """

    def __init__(
        self,
        image_size: Any = (64, 64),
        feature_dim: int = 96,
        num_blocks: int = 1,
        groups: int = 8,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        size = [image_size] * 2 if isinstance(image_size, int) else list(image_size)
        if len(size) != 2 or any(n < 8 or n % 8 for n in size):
            raise SeqkitError(
                "image_size: expected a height and a width that are multiples of 8, "
                f"found {image_size}."
            )
        if feature_dim % (4 * groups):
            raise SeqkitError(
                f"feature_dim: expected a multiple of four times groups={groups}, "
                f"found {feature_dim}."
            )
        self.image_size = tuple(size)
        self.grid = tuple(n // 8 for n in size)
        self.num_regions = self.grid[0] * self.grid[1]
        dtype = self.dtype_policy

        def convolution(filters, strides=1, use_bias=False):  # norms have one
            return keras.layers.Conv2D(
                filters,
                3,
                strides,
                padding="same",
                use_bias=use_bias,
                kernel_initializer="he_normal",
                dtype=dtype,
            )

        widths = feature_dim // 4, feature_dim // 2, feature_dim
        self.image_down = convolution(widths[0], 2, use_bias=True)
        self.place_down = convolution(widths[0], 2)
        self.downs = [convolution(width, 2) for width in widths[1:]]
        self.blocks = [convolution(feature_dim) for _ in range(num_blocks)]
        self.norms = [
            keras.layers.GroupNormalization(groups, dtype=dtype)
            for _ in [*self.downs, *self.blocks]
        ]

    def build(self, input_shape: Any = None) -> None:
        shape = (None, *self.image_size, 3)
        self.image_down.build(shape)
        self.place_down.build((1, *self.image_size, 2))
        shape = self.image_down.compute_output_shape(shape)
        for convolution, norm in zip(
            [*self.downs, *self.blocks], self.norms, strict=True
        ):
            convolution.build(shape)
            shape = convolution.compute_output_shape(shape)
            norm.build(shape)
        height, width = self.image_size
        rows, columns = np.linspace(-1, 1, height), np.linspace(-1, 1, width)
        places = np.stack(np.meshgrid(columns, rows), axis=-1)
        self._places = places[None].astype("float32")
        self.built = True

    def features(self, images: Any, training: bool = False) -> Any:
        x = ops.cast(images, self.compute_dtype) / 127.5 - 1
        places = ops.cast(self._places, self.compute_dtype)
        norms = iter(self.norms)
        x = ops.relu(self.image_down(x) + self.place_down(places))
        for convolution in self.downs:
            x = ops.relu(next(norms)(convolution(x)))
        for convolution in self.blocks:
            x = x + ops.relu(next(norms)(convolution(x)))
        return x
