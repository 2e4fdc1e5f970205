"""What a frozen encoder sees in each picture, computed once."""

from functools import partial

import numpy as np

from seqkit.data.captions.image_arrays import ImageArrays, stored_arrays
from seqkit.errors import SeqkitError


class RegionFeatures(ImageArrays):
    """Features of the regions of pictures, `[N, S, F]`; `make` computes or maps them.

    `features[rows]` gives those of some pictures, `[B, S, F]` in memory.

    Args:
        array: Features `[N, S, F]`, in memory or mapped.
        errors: Row to `DataError` for the pictures that could not be read, whose
            features are 0.

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

    def __init__(self, array, errors=()):
        if array.ndim != 3:
            found = list(array.shape)
            raise SeqkitError(f"features: expected [N, S, F], found {found}")
        super().__init__(array, errors)
        self.num_regions, self.feature_dim = array.shape[1:]

    @classmethod
    def make(
        cls,
        paths,
        encode,
        *,
        key,
        size,
        batch_size=32,
        on_error="raise",
        cache_dir=None,
        progress=True,
    ):
        """Computes the features of pictures, or maps those that are stored.

        Threads read and resize ahead of the encoder. The features lie on disk in
        float16, S × F × 2 bytes a picture. What is stored is used again while `key`,
        `size` and the list of pictures are the same, and each file has its path, size
        and time of change; no picture is opened then. An interrupted run is taken up
        where it ended.

        Args:
            paths: N paths, such as the column `image` of `load_captions`.
            encode: Callable from pictures `[B, H, W, 3]`, uint8 of 0 to 255, to
                features `[B, S, F]`. B is always `batch_size`: the last batch is
                filled up with black pictures.
            key: Stands for `encode`: a hash of its weights and configuration.
            size: (height, width) that every picture is resized to.
            batch_size: Pictures a batch.
            on_error: What an unreadable picture does. "raise" stops, and keeps what
                is done; "skip" tells it in `errors`, and `tokenize_captions` leaves it
                out.
            cache_dir: Folder for the file, by default inside that of `datasets`.
            progress: Whether to draw a progress bar where it takes over a second.

        Returns:
            `RegionFeatures` of all N pictures.

        Raises:
            DataError: A picture that cannot be read.
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


def _regions(encode, pictures):
    regions = np.asarray(encode(pictures))
    if regions.ndim != 3:
        found = list(regions.shape)
        raise SeqkitError(f"encode: expected features [B, S, F], found shape {found}")
    return regions
