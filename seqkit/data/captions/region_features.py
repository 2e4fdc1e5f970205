"""Features of image regions from a frozen encoder, computed once."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from seqkit.data.annotations import FilePath
from seqkit.data.captions.image_arrays import ImageArrays, stored_arrays
from seqkit.errors import DataError, SeqkitError


class RegionFeatures(ImageArrays):
    """Features of the regions of images, `[N, S, F]`; `make` computes or maps them.

    `features[rows]` returns those of some images, `[B, S, F]` in memory.

    Args:
        array: Features `[N, S, F]`, in memory or mapped.
        errors: Row to `DataError` for unreadable images, whose features are 0.

    Attributes:
        input_name: "encoder_features".
        readable: Booleans `[N]`.
        num_regions: S.
        feature_dim: F.

    >>> import numpy as np
    >>> from seqkit.data import RegionFeatures
    >>> features = RegionFeatures(np.zeros([10, 4, 3], "float16"))
    >>> features[[2, 0]].shape, features.num_regions, features.feature_dim
    ((2, 4, 3), 4, 3)
    """

    input_name = "encoder_features"

    def __init__(
        self, array: np.ndarray, errors: Mapping[int, DataError] | None = None
    ):
        if array.ndim != 3:
            found = list(array.shape)
            raise SeqkitError(f"features: expected [N, S, F], found {found}")
        super().__init__(array, errors)
        self.num_regions, self.feature_dim = array.shape[1:]

    @classmethod
    def make(
        cls,
        paths: Sequence[FilePath],
        encode: Callable[[np.ndarray], Any],
        *,
        key: str,
        size: tuple[int, int],
        batch_size: int = 32,
        on_error: str = "raise",
        cache_dir: FilePath | None = None,
        progress: bool = True,
    ) -> "RegionFeatures":
        """Computes the features of images, or maps those that are stored.

        Threads read and resize ahead of the encoder. The features are stored in
        float16, S × F × 2 bytes per image. They are used again as long as `key`, `size`
        and the list of images are the same, and each file has its path, size and time
        of change; no image is opened then. An interrupted run continues where it ended.

        Args:
            paths: N paths, such as the column `image` of `load_captions`.
            encode: Callable from images `[B, H, W, 3]`, uint8 of 0 to 255, to features
                `[B, S, F]`. B is always `batch_size`: the last batch is filled up with
                black images.
            key: Identifies `encode`: a hash of its weights and configuration.
            size: (height, width) that every image is resized to.
            batch_size: Images per batch.
            on_error: "raise" stops at an unreadable image and keeps what is done;
                "skip" reports it in `errors`, and `tokenize_captions` leaves it out.
            cache_dir: Folder for the file, by default inside that of `datasets`.
            progress: Whether to draw a progress bar if it takes over a second.

        Returns:
            `RegionFeatures` of all N images.

        Raises:
            DataError: An unreadable image.
            SeqkitError: What `encode` returns has another shape, or float16 cannot
                hold it.
        """
        array, errors = stored_arrays(
            paths,
            partial(_regions, encode),
            dtype=np.float16,
            key=key,
            size=size,
            batch_size=batch_size,
            on_error=on_error,
            cache_dir=cache_dir,
            progress=progress,
            name="features",
        )
        return cls(array, errors)


def _regions(encode: Callable[[np.ndarray], Any], pictures: np.ndarray) -> np.ndarray:
    regions = np.asarray(encode(pictures))
    if regions.ndim != 3:
        found = list(regions.shape)
        raise SeqkitError(f"encode: expected features [B, S, F], found shape {found}")
    return regions
