"""Images of any kind as arrays of red, green and blue."""

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from seqkit.errors import DataError, SeqkitError

_ORIENTATION = 0x0112  # the EXIF tag
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_WIDE = ("I;16", "I;16L", "I;16B", "I;16N", "I")  # modes of 16 bits


def read_image(
    source: Any, size: tuple[int, int] | None = None, *, where: Any = None
) -> np.ndarray:
    """Reads an image as it is meant to be seen.

    | input | result |
    |---|---|
    | gray, palette, CMYK, YCbCr | converted to RGB |
    | transparent | laid over white |
    | 16 bits per channel | the upper 8 |
    | EXIF orientation | turned upright |
    | several frames | the first one |
    | a JPEG of much more than `size` | decoded at 1/2, 1/4 or 1/8 of its size |

    Args:
        source: Path, bytes of an encoded image, `PIL.Image.Image`, or an array
            `[H, W]`, `[H, W, 1]`, `[H, W, 3]` or `[H, W, 4]` of integers from 0 to 255,
            of uint16 or of booleans.
        size: `(height, width)` to resize to, with an antialiased bilinear filter; the
            aspect ratio is not kept. By default the size stays.
        where: The name of the image in messages; by default its path.

    Returns:
        A uint8 array `[H, W, 3]`.

    Raises:
        DataError: There is no such file, it is truncated or no image, or it has more
            pixels than Pillow takes for sane (`2 * PIL.Image.MAX_IMAGE_PIXELS`).
        SeqkitError: `size` is no pair of positive integers.

    >>> import numpy as np
    >>> from seqkit.data.captions.images import read_image
    >>> read_image(np.zeros([4, 6], "uint8"), size=(2, 3)).shape
    (2, 3, 3)
    """
    size = None if size is None else checked_size(size)
    if where is None:
        where = source if isinstance(source, str | os.PathLike) else "an image"
    if isinstance(source, np.ndarray):
        source = Image.fromarray(_checked_array(source, where))
    try:
        if isinstance(source, Image.Image):
            return _pixels(source, size)
        if isinstance(source, bytes | bytearray | memoryview):
            source = io.BytesIO(source)
        elif not isinstance(source, str | os.PathLike):
            raise DataError(
                "a path, bytes, a PIL image or an array", type(source), where=where
            )
        with Image.open(source) as image:
            if size is not None and image.format in ("JPEG", "MPO"):
                # Decode smaller, but at least twice as large as needed on each side,
                # since the image may still be turned.
                image.draft(None, (2 * max(size), 2 * max(size)))
            return _pixels(image, size)
    except DataError:
        raise
    except Exception as error:  # decoders raise anything for broken files
        raise DataError(
            "a readable image", _fault(source, error), where=where
        ) from error


def checked_size(size: Any) -> tuple[int, int]:
    """Returns (height, width) as integers, or raises `SeqkitError`."""
    try:
        height, width = (int(one) for one in size)
    except (TypeError, ValueError):
        height = width = 0
    if min(height, width) < 1:
        raise SeqkitError(f"size: expected (height, width) in pixels, found {size!r}")
    return height, width


def _checked_array(array: np.ndarray, where: Any) -> np.ndarray:
    """Returns the array as uint8 `[H, W]`, `[H, W, 3]` or `[H, W, 4]`."""
    found = f"{array.dtype} {list(array.shape)}"
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or array.shape[2:] not in ((), (3,), (4,)):
        raise DataError("an array [H, W], [H, W, 3] or [H, W, 4]", found, where=where)
    if not array.size:
        raise DataError("an array with pixels", found, where=where)
    if array.dtype == np.uint16:
        return (array >> 8).astype(np.uint8)
    if array.dtype == bool:
        return array.astype(np.uint8) * 255
    if array.dtype.kind not in "iu" or array.min() < 0 or array.max() > 255:
        if array.dtype.kind in "iu":
            found += f" from {array.min()} to {array.max()}"
        raise DataError("integers from 0 to 255 (or uint16)", found, where=where)
    return np.ascontiguousarray(array, np.uint8)


def _pixels(image: Image.Image, size: tuple[int, int] | None) -> np.ndarray:
    image.load()
    try:
        turn = image.getexif().get(_ORIENTATION)
    except Exception:  # an image with broken EXIF may be good
        turn = None
    image = _rgb(image)
    if turn in _TURNS:
        image = image.transpose(_TURNS[turn])
    if size is not None and image.size != size[::-1]:
        height, width = size
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.array(image)


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode in _WIDE:
        wide = np.asarray(image)
        if wide.min() < 0 or wide.max() > 65535:
            raise ValueError(f"values from {wide.min()} to {wide.max()}")
        image = Image.fromarray((wide >> 8).astype(np.uint8))
    if image.mode == "F":
        raise ValueError("real numbers, whose black and white are unknown")
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _fault(source: Any, error: Exception) -> str:
    """What is wrong, in words."""
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        if not path.is_file():
            return "no such file" if not path.is_dir() else "a folder"
        if not path.stat().st_size:
            return "an empty file"
    if isinstance(error, Image.UnidentifiedImageError):
        return "a file that is no image, or of no known kind"
    return f"{type(error).__name__}: {error}"
