"""Pictures of one size, decoded once."""

import numpy as np

from seqkit.data.captions.image_arrays import ImageArrays, stored_arrays


class ResizedImages(ImageArrays):
    """Pictures of one size as pixels, `[N, H, W, 3]`, for an encoder that is trained.

    `images[rows]` gives some of them, `[B, H, W, 3]` uint8 in memory.

    Args:
        array: uint8 `[N, H, W, 3]`, in memory or mapped.
        errors: Row to `DataError` for those that could not be read, which are black.

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
    def make(cls, paths, *, size, on_error="raise", cache_dir=None, progress=True):
        """Decodes and resizes pictures, or maps those that are stored.

        They lie on disk as H × W × 3 bytes each, and are used again as the features of
        `RegionFeatures.make` are.

        Args:
            paths: N paths.
            size: (height, width) that every picture is resized to.
            on_error: "raise" stops at a picture that cannot be read, "skip" tells it
                in `errors`.
            cache_dir: Folder for the file, by default inside that of `datasets`.
            progress: Whether to draw a progress bar where it takes over a second.

        Returns:
            `ResizedImages` of all N pictures.

        Raises:
            DataError: A picture that cannot be read.
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
