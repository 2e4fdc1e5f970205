"""Images of one size, decoded once."""

from collections.abc import Sequence

import numpy as np

from seqkit.data.annotations import FilePath
from seqkit.data.captions.image_arrays import ImageArrays, stored_arrays


class ResizedImages(ImageArrays):
    """Images of one size as pixels, `[N, H, W, 3]`, for an encoder that is trained.

    `images[rows]` returns some of them, `[B, H, W, 3]` uint8 in memory.

    Args:
        array: uint8 `[N, H, W, 3]`, in memory or mapped.
        errors: Row to `DataError` for unreadable images, which are black.

    Attributes:
        input_name: "images".
        readable: Booleans `[N]`.

    >>> import numpy as np
    >>> from seqkit.data import ResizedImages
    >>> images = ResizedImages(np.zeros([10, 8, 8, 3], "uint8"))
    >>> images[[2, 0]].shape
    (2, 8, 8, 3)
    """

    input_name = "images"

    @classmethod
    def make(
        cls,
        paths: Sequence[FilePath],
        *,
        size: tuple[int, int],
        on_error: str = "raise",
        cache_dir: FilePath | None = None,
        progress: bool = True,
    ) -> "ResizedImages":
        """Decodes and resizes images, or maps those that are stored.

        They take H × W × 3 bytes each on disk, and are used again like the features of
        `RegionFeatures.make`, which describes the arguments.

        Returns:
            `ResizedImages` of all N images.

        Raises:
            DataError: An unreadable image.
        """
        array, errors = stored_arrays(
            paths,
            lambda pictures: pictures,
            dtype=np.uint8,
            key="pixels",
            size=size,
            batch_size=32,
            on_error=on_error,
            cache_dir=cache_dir,
            progress=progress,
            name="images",
        )
        return cls(array, errors)
