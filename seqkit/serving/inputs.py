"""Inputs as requests carry them, and as `predict` takes them."""

import base64
import binascii
import io
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from seqkit.options.options import brief
from seqkit.serving.limits import Limits
from seqkit.serving.refusals import Refused

FORMATS = ("PNG", "JPEG", "MPO", "GIF", "BMP", "WEBP", "TIFF", "AVIF")
"""Formats of images that are read; others run programs, or are seldom meant."""


class Kind(NamedTuple):
    """One kind of input.

    Attributes:
        schema: Its JSON Schema.
        read: From the JSON of an input, or bytes, to what `predict` takes.
        size: The characters of what was read.
        blank: Makes a small input, with which a model is warmed up.
        slow: Whether reading takes long enough to hold up other requests.
    """

    schema: Mapping[str, Any]
    read: Callable[[Any, Limits], Any]
    size: Callable[[Any], int]
    blank: Callable[[], Any]
    slow: bool = False


def kind_of(task: Any) -> str:
    """What goes into a task, as its `fields` say: a key of `KINDS`."""
    read = [field.kind for field in task.fields.values() if not field.target]
    return next((kind for kind in read if kind in KINDS), "text")


def read_text(one: Any, limits: Limits) -> str:
    """A text that is not too long, and can be written in UTF-8."""
    if isinstance(one, bytes):
        one = one.decode("utf-8", errors="replace")
    if not isinstance(one, str):
        raise Refused(422, f"expected a text, found {brief(one)}")
    if len(one) > limits.max_text:
        raise Refused(
            413,
            f"expected at most {limits.max_text} characters, found {len(one)}",
        )
    try:
        one.encode()
    except UnicodeEncodeError:
        raise Refused(422, "expected text in UTF-8, found half a character") from None
    return one


def read_words(one: Any, limits: Limits) -> str | list[str]:
    """A text, or a list of its words."""
    if not isinstance(one, list):
        return read_text(one, limits)
    words = [read_text(word, limits) for word in one]
    read_text(" ".join(words), limits)
    return words


def read_rows(one: Any, limits: Limits) -> list:
    """Rows of a table, each a list of numbers or an object; a path is never opened."""
    if isinstance(one, bytes):
        try:
            one = json.loads(one)
        except ValueError:
            raise Refused(422, "expected rows as JSON") from None
    if not isinstance(one, list) or not all(isinstance(r, list | dict) for r in one):
        raise Refused(422, f"expected a list of rows, found {brief(one)}")
    size = _cells(one)
    if size > limits.max_text:
        raise Refused(413, f"expected at most {limits.max_text} values, found {size}")
    return one


def read_points(one: Any, limits: Limits) -> list | str:
    """A list of vectors, or a text of one."""
    if isinstance(one, str | bytes):
        return read_text(one, limits)
    if not isinstance(one, list) or not all(isinstance(p, list) for p in one):
        raise Refused(422, f"expected a list of points, found {brief(one)}")
    size = _cells(one)
    if size > limits.max_text:
        raise Refused(413, f"expected at most {limits.max_text} numbers, found {size}")
    return one


def read_bytes(one: Any, limits: Limits) -> bytes:
    """The bytes of a file, sent as such or in base64; a path is never opened."""
    if isinstance(one, bytes):
        data = one
    else:
        coded = one.get("b64") if isinstance(one, dict) and len(one) == 1 else None
        if not isinstance(coded, str):
            raise Refused(
                422,
                f'expected a file as {{"b64": "…"}}, in base64, found {brief(one)}',
            )
        try:
            data = base64.b64decode(coded, validate=True)
        except (binascii.Error, ValueError):
            raise Refused(422, "b64: expected a file in base64") from None
    if len(data) > limits.max_file * 1e6:
        raise Refused(
            413,
            f"expected at most {limits.max_file:g} megabytes, found "
            f"{len(data) / 1e6:.1f}",
        )
    return data


def read_image(one: Any, limits: Limits) -> bytes:
    """The bytes of an image of an allowed format and size."""
    data = read_bytes(one, limits)
    pixels = pixels_of(data)
    if pixels is None:
        raise Refused(
            422, f"expected an image ({', '.join(FORMATS)}), found something else"
        )
    check_pixels(pixels, limits)
    return data


def read_sound(one: Any, limits: Limits) -> bytes:
    """The bytes of a sound that is not too long."""
    data = read_bytes(one, limits)
    seconds = seconds_of(data)
    if seconds is None:
        raise Refused(422, "expected a sound (WAV, FLAC, …), found something else")
    check_seconds(seconds, limits)
    return data


def seconds_of(data: bytes) -> float | None:
    """The length of a sound, all its channels together; `None` of anything else."""
    import soundfile

    try:
        info = soundfile.info(io.BytesIO(data))
    except (soundfile.SoundFileError, OSError, ValueError):
        return None
    return info.frames * info.channels / info.samplerate


def check_seconds(seconds: float, limits: Limits) -> None:
    """Refuses a sound that would fill the memory once it is decoded."""
    if seconds > limits.max_seconds:
        raise Refused(
            413,
            f"expected a sound of at most {limits.max_seconds:g} seconds, all channels "
            f"together, found {seconds:.1f}",
        )


def check_pixels(pixels: int, limits: Limits) -> None:
    """Refuses an image that would fill the memory once it is decoded."""
    if pixels > limits.max_pixels:
        raise Refused(
            413,
            f"expected an image of at most {limits.max_pixels} pixels, found one of "
            f"{pixels}",
        )


def pixels_of(data: bytes) -> int | None:
    """The pixels of an image, by its header alone; `None` of anything else."""
    from PIL import Image

    Image.init()
    formats = [name for name in FORMATS if name in Image.OPEN]
    try:
        with Image.open(io.BytesIO(data), formats=formats) as image:
            return image.width * image.height
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return 2 * int(Image.MAX_IMAGE_PIXELS or 0) + 1
    except Exception:  # decoders raise anything for broken files
        return None


def _black() -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    return file.getvalue()


def _silence() -> bytes:
    import wave

    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(8000)
        wav.writeframes(bytes(400))
    return file.getvalue()


_TEXT = {"type": "string"}
_FILE = {
    "type": "object",
    "properties": {"b64": {"type": "string", "contentEncoding": "base64"}},
    "required": ["b64"],
    "additionalProperties": False,
}
_ROWS = {
    "type": "array",
    "items": {"anyOf": [{"type": "array"}, {"type": "object"}]},
}
_POINTS = {
    "anyOf": [
        {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
        _TEXT,
    ]
}
_WORDS = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}


def _cells(rows: list) -> int:
    return sum(map(len, rows))


def _length(words: str | list[str]) -> int:
    return sum(map(len, words)) + len(words)


KINDS = {
    "text": Kind(_TEXT, read_text, len, lambda: "a"),
    "words": Kind(_WORDS, read_words, _length, lambda: "a"),
    "numbers": Kind(_ROWS, read_rows, _cells, lambda: [[0.0]]),
    "points": Kind(_POINTS, read_points, len, lambda: [[0.0, 0.0], [1.0, 0.0]]),
    "audio": Kind(_FILE, read_sound, len, _silence, slow=True),
    "image": Kind(_FILE, read_image, lambda data: 1, _black, slow=True),
}
"""What goes in, by the kind of a task's field."""
