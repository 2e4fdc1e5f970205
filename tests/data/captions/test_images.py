"""Pictures of every kind become red, green and blue, or are named."""

import io
import struct
import warnings

import numpy as np
import pytest
from PIL import Image, ImageOps

from seqkit.data import read_image
from seqkit.errors import DataError, SeqkitError

RNG = np.random.default_rng(0)
SMOOTH = np.asarray(
    Image.fromarray(RNG.integers(0, 256, (4, 6, 3), np.uint8)).resize((60, 40))
)


def encoded(image, format="PNG", **options):
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def close(one, other, most):
    assert one.shape == other.shape
    return np.abs(one.astype(int) - other.astype(int)).mean() < most


def test_paths_bytes_images_and_arrays_are_the_same(tmp_path):
    data = encoded(SMOOTH)
    path = tmp_path / "picture"
    path.write_bytes(data)
    for source in (path, str(path), data, bytearray(data), memoryview(data), SMOOTH):
        found = read_image(source)
        assert found.dtype == np.uint8 and np.array_equal(found, SMOOTH)
    found = read_image(Image.fromarray(SMOOTH))
    assert np.array_equal(found, SMOOTH) and found.flags.writeable


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_formats(format):
    assert close(read_image(encoded(SMOOTH, format)), SMOOTH, 12)


def test_grey():
    grey = SMOOTH[:, :, 0]
    expected = np.repeat(grey[:, :, None], 3, axis=2)
    for source in (grey, grey[:, :, None], encoded(grey)):
        assert np.array_equal(read_image(source), expected)


def test_black_and_white():
    mask = SMOOTH[:, :, 0] > 100
    expected = np.repeat(mask[:, :, None], 3, axis=2) * np.uint8(255)
    assert np.array_equal(read_image(mask), expected)
    bits = Image.fromarray(mask.astype(np.uint8) * 255).convert("1")
    assert np.array_equal(read_image(encoded(bits)), expected)


def test_palette():
    picture = Image.fromarray(SMOOTH).quantize(64)
    expected = np.asarray(picture.convert("RGB"))
    assert picture.mode == "P"
    assert np.array_equal(read_image(encoded(picture)), expected)


def over_white(pixels, alpha):
    alpha = alpha[:, :, None] / 255
    return np.round(pixels * alpha + 255 * (1 - alpha)).astype(np.uint8)


def test_transparent_pixels_lie_over_white():
    alpha = RNG.integers(0, 256, SMOOTH.shape[:2], np.uint8)
    alpha[0], alpha[1] = 0, 255
    rgba = np.dstack([SMOOTH, alpha])
    expected = over_white(SMOOTH, alpha)
    for source in (rgba, encoded(rgba)):
        found = read_image(source)
        assert np.abs(found.astype(int) - expected).max() <= 1
        assert (found[0] == 255).all() and np.array_equal(found[1], SMOOTH[1])
    grey = Image.merge("LA", [Image.fromarray(c) for c in (SMOOTH[:, :, 0], alpha)])
    expected = over_white(np.repeat(SMOOTH[:, :, :1], 3, axis=2), alpha)
    assert np.abs(read_image(encoded(grey)).astype(int) - expected).max() <= 1


def test_one_transparent_colour():
    picture = Image.fromarray(SMOOTH).quantize(16)
    clear = np.asarray(picture) == 3
    expected = np.where(clear[:, :, None], 255, np.asarray(picture.convert("RGB")))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = read_image(encoded(picture, transparency=3))
    assert clear.any() and np.array_equal(found, expected)
    colour = tuple(int(value) for value in SMOOTH[0, 0])
    found = read_image(encoded(SMOOTH, transparency=colour))
    assert (found[0, 0] == 255).all() and np.array_equal(found[-1], SMOOTH[-1])


def test_16_bits():
    wide = (SMOOTH[:, :, 0].astype(np.uint16) << 8) + 77
    expected = np.repeat(SMOOTH[:, :, :1], 3, axis=2)
    for source in (wide, encoded(wide), encoded(wide, "TIFF")):
        assert np.array_equal(read_image(source), expected)
    integers = Image.fromarray(wide.astype(np.int32))
    assert integers.mode == "I"
    assert np.array_equal(read_image(integers), expected)


def test_cmyk_and_ycbcr():
    for mode in ("CMYK", "YCbCr"):
        data = encoded(Image.fromarray(SMOOTH).convert(mode), "JPEG", quality=98)
        assert close(read_image(data), SMOOTH, 8)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_exif_orientation(orientation, format):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"quality": 98} if format == "JPEG" else {}
    options |= {"lossless": True} if format == "WEBP" else {}
    data = encoded(SMOOTH, format, exif=exif, **options)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    assert expected.shape == ((60, 40, 3) if orientation > 4 else (40, 60, 3))
    assert np.array_equal(read_image(data), expected)
    resized = read_image(data, size=(20, 30))
    wanted = Image.fromarray(expected).resize((30, 20), Image.Resampling.BILINEAR)
    assert close(resized, np.asarray(wanted), 3)


def test_a_stored_image_keeps_its_orientation_tag_and_is_turned_when_given():
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.open(io.BytesIO(encoded(SMOOTH, exif=exif)))
    assert np.array_equal(read_image(image), np.rot90(SMOOTH, -1))


def test_broken_exif_is_passed_over():
    broken = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + struct.pack(">HHI", 0x0112, 99, 9)
    data = encoded(SMOOTH, "JPEG", quality=98, exif=broken)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's word about it
        assert close(read_image(data), SMOOTH, 4)


def test_first_of_many_frames():
    frames = [Image.fromarray(SMOOTH), Image.fromarray(255 - SMOOTH)]
    data = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    assert close(read_image(data), SMOOTH, 12)


def test_resizing_averages_over_what_becomes_a_pixel():
    # Stripes of a pixel each: without antialiasing all black or all white.
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 255
    small = read_image(stripes, size=(4, 8))
    assert small.shape == (4, 8, 3)
    assert np.abs(small.astype(int) - 127).max() < 12
    # Of a triangle as wide as two results the mean is that of the whole.
    pixels = RNG.integers(0, 256, (48, 48, 3), np.uint8)
    assert abs(read_image(pixels, size=(6, 6)).mean() - pixels.mean()) < 3
    assert read_image(pixels, size=(96, 50)).shape == (96, 50, 3)


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_huge_jpeg_is_decoded_smaller(monkeypatch, orientation):
    large = np.asarray(Image.fromarray(SMOOTH).resize((1800, 1200)))
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(large, "JPEG", quality=95, exif=exif)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    expected = np.asarray(expected.resize((60, 40), Image.Resampling.BILINEAR))
    decoded = []
    load = Image.Image.load

    def spied(image):
        decoded.append(image.size)
        return load(image)

    monkeypatch.setattr(Image.Image, "load", spied)
    found = read_image(data, size=(40, 60))
    assert max(map(max, decoded)) < 1800 // 3
    assert min(decoded[0]) >= 2 * 40
    assert close(found, expected, 2)


def test_more_pixels_than_are_sane(monkeypatch, tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(encoded(SMOOTH))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(DataError, match="bomb.png: expected a readable image.*exceeds"):
        read_image(path)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "TIFF"])
def test_truncated(tmp_path, format):
    noise = RNG.integers(0, 256, (80, 80, 3), np.uint8)
    data = encoded(noise, format)
    for keep in (12, len(data) // 2, len(data) * 9 // 10):
        path = tmp_path / f"cut.{format}"
        path.write_bytes(data[:keep])
        with pytest.raises(DataError, match=f"cut.{format}: expected a readable image"):
            read_image(path, size=(8, 8))


def test_a_broken_chunk():
    data = bytearray(encoded(SMOOTH))
    data[data.index(b"IDAT") + 20] ^= 0xFF
    with pytest.raises(DataError, match="expected a readable image"):
        read_image(bytes(data))


@pytest.mark.parametrize(
    ("content", "told"), [(b"no picture", "no image"), (b"", "an empty file")]
)
def test_what_is_no_image(tmp_path, content, told):
    path = tmp_path / "notes.jpg"
    path.write_bytes(content)
    with pytest.raises(DataError, match=f"notes.jpg: .*{told}"):
        read_image(path)


def test_no_file(tmp_path):
    with pytest.raises(DataError, match="gone.jpg: .*found no such file"):
        read_image(tmp_path / "gone.jpg")
    with pytest.raises(DataError, match="found a folder"):
        read_image(tmp_path)
    with pytest.raises(DataError, match="train, row 3: .*no image"):
        read_image(b"abc", where="train, row 3")


@pytest.mark.parametrize(
    ("array", "told"),
    [
        (np.zeros((4, 4, 3)), "float64"),
        (np.full((4, 4, 3), 256), "from 256 to 256"),
        (np.full((4, 4), -1), "from -1 to -1"),
        (np.zeros((2, 4, 4, 3), np.uint8), r"\[2, 4, 4, 3\]"),
        (np.zeros((4, 4, 5), np.uint8), r"\[4, 4, 5\]"),
        (np.zeros((0, 4, 3), np.uint8), "with pixels"),
    ],
)
def test_arrays_that_are_no_pictures(array, told):
    with pytest.raises(DataError, match=told):
        read_image(array)


def test_real_numbers_and_wide_integers_are_named():
    with pytest.raises(DataError, match="real numbers"):
        read_image(Image.fromarray(np.zeros((4, 4), np.float32)))
    with pytest.raises(DataError, match="values from 0 to 70000"):
        read_image(Image.fromarray(np.array([[0, 70000]], np.int32)))


def test_wrong_arguments():
    with pytest.raises(DataError, match="a path, bytes, a PIL image or an array"):
        read_image(3)
    for size in (8, (8,), (8, 0), "ab", (1, 2, 3)):
        with pytest.raises(SeqkitError, match=r"size: expected \(height, width\)"):
            read_image(SMOOTH, size=size)
