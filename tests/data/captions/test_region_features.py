"""Features of images: in order, ahead of the encoder, once, and never half of them."""

import io
import os
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from seqkit.data import RegionFeatures, ResizedImages
from seqkit.data.captions.image_reading import AHEAD, read_batches
from seqkit.errors import DataError, SeqkitError

SIZE = (4, 6)


def picture(path, number, size=SIZE):
    pixels = np.full((*size, 3), number, np.uint8)
    Image.fromarray(pixels).save(path, "PNG")
    return str(path)


@pytest.fixture
def paths(tmp_path):
    return [picture(tmp_path / f"{n}.png", n, (8 + n, 12)) for n in range(25)]


class Encoder:
    """The mean of the left and of the right half of a picture, as two regions."""

    def __init__(self, fail_at=None):
        self.calls, self.fail_at = [], fail_at

    def __call__(self, pictures):
        assert pictures.dtype == np.uint8 and pictures.shape[1:] == (*SIZE, 3)
        self.calls.append(pictures[:, 0, 0, 0].tolist())
        if len(self.calls) == self.fail_at:
            raise KeyboardInterrupt
        halves = np.stack([pictures[:, :, :3], pictures[:, :, 3:]], axis=1)
        return halves.mean(axis=(2, 3)).astype(np.float32) + 0.25


def expected(numbers):
    return np.broadcast_to(
        np.array(numbers, np.float16)[:, None, None] + np.float16(0.25),
        (len(numbers), 2, 3),
    )


@pytest.fixture
def make(tmp_path):
    def run(paths, encoder, **options):
        options = {"key": "k", "size": SIZE, "batch_size": 8} | options
        return RegionFeatures.make(
            paths, encoder, cache_dir=tmp_path / "cache", progress=False, **options
        )

    return run


def test_features_of_all_in_their_order(paths, make):
    encoder = Encoder()
    features = make(paths, encoder)
    assert features.array.dtype == np.float16 and len(features) == 25
    assert (features.num_regions, features.feature_dim) == features.shape == (2, 3)
    assert np.array_equal(features.array, expected(range(25)))
    rows = np.array([24, 0, 3, 3])
    assert type(features[rows]) is np.ndarray
    assert np.array_equal(features[rows], expected(rows))
    assert features.readable.all() and features.summary() == ""
    # Every batch has one size, the last one is filled up.
    assert [len(call) for call in encoder.calls] == [8, 8, 8, 8]
    assert sum(encoder.calls, [])[:25] == list(range(25))
    assert encoder.calls[-1][1:] == [0] * 7


def test_a_second_start_opens_no_image(paths, make, monkeypatch):
    first = make(paths, Encoder())
    monkeypatch.setattr(Image, "open", lambda *_: pytest.fail("an image was opened"))
    second = make([*map(os.path.relpath, paths)], lambda _: pytest.fail("encoded"))
    assert np.array_equal(first.array, second.array)
    assert isinstance(second.array, np.memmap) and not second.array.flags.writeable


@pytest.mark.parametrize("change", ["key", "size", "order", "fewer", "file", "touched"])
def test_another_encoder_or_image_is_computed_anew(paths, make, change, tmp_path):
    make(paths, Encoder())
    options, numbers = {}, list(range(25))
    if change == "key":
        options["key"] = "other"
    elif change == "size":
        options["size"] = (4, 6)[::-1]
    elif change == "order":
        numbers.reverse()
    elif change == "fewer":
        numbers.pop()
    elif change == "file":
        picture(paths[3], 99)
    else:
        stat = os.stat(paths[3])
        os.utime(paths[3], ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    calls = []

    def encode(pictures):
        calls.append(pictures)
        return pictures[:, :, :2, 0].astype(np.float32)

    found = make([paths[number] for number in numbers], encode, **options)
    assert calls
    if change == "file":
        numbers[3] = 99
    assert found.array[:, 0, 0].tolist() == numbers


def test_an_interrupted_run_is_taken_up(paths, make, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        make(paths, Encoder(fail_at=3))
    assert not list(tmp_path.rglob("rows.bin"))
    (part,) = tmp_path.rglob("rows.partial")
    with open(part, "ab") as file:  # of a batch that was being written
        file.write(b"half")
    encoder = Encoder()
    features = make(paths, encoder)
    assert sum(encoder.calls, [])[:9] == list(range(16, 25))
    assert np.array_equal(features.array, expected(range(25)))
    assert not list(tmp_path.rglob("rows.partial"))


@pytest.fixture
def broken(paths):
    with open(paths[2], "r+b") as file:
        file.truncate(40)
    os.remove(paths[17])
    return paths


def test_an_unreadable_image_stops(broken, make, tmp_path):
    with pytest.raises(DataError, match=r"2.png: .*on_error=.skip"):
        make(broken, Encoder())
    picture(broken[2], 2)
    with pytest.raises(DataError, match="17.png: .*no such file"):
        make(broken, Encoder())
    # What was done before it is kept.
    (part,) = tmp_path.rglob("rows.partial")
    assert part.stat().st_size == 16 * 2 * 3 * 2


def test_unreadable_images_are_told(broken, make):
    encoder = Encoder()
    for _ in range(2):  # computed, and mapped
        features = make(broken, encoder, on_error="skip")
        assert np.flatnonzero(~features.readable).tolist() == [2, 17]
        assert sorted(features.errors) == [2, 17]
        assert "17.png: expected a readable image" in str(features.errors[17])
        assert features.summary().startswith("2 of 25 images left out, first\n  /")
        good = features.readable
        assert np.array_equal(features.array[good], expected(range(25))[good])
        assert not features.array[~good].any()
    assert len(encoder.calls) == 4
    with pytest.raises(DataError, match="2.png"):
        make(broken, encoder)


def test_errors_of_an_interrupted_run_are_not_lost(broken, make):
    with pytest.raises(KeyboardInterrupt):
        make(broken, Encoder(fail_at=2), on_error="skip")
    features = make(broken, Encoder(), on_error="skip")
    assert np.flatnonzero(~features.readable).tolist() == [2, 17]


def test_two_at_once_compute_once(paths, make):
    encoder = Encoder()
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: make(paths, encoder), range(2)))
    assert len(encoder.calls) == 4
    assert all(np.array_equal(one.array, expected(range(25))) for one in both)


@pytest.mark.parametrize(
    ("encode", "message"),
    [
        (lambda x: np.zeros((len(x), 3)), r"features \[B, S, F\], found shape \[8, 3"),
        (lambda x: np.zeros((7, 2, 3)), r"expected 8 rows, found shape \[7, 2, 3\]"),
        (lambda x: np.full((len(x), 2, 3), 7e4), "fit float16, found 70000"),
        (lambda x: np.full((len(x), 2, 3), np.nan), "fit float16, found nan"),
    ],
)
def test_wrong_features(paths, make, encode, message, tmp_path):
    with pytest.raises(SeqkitError, match=message):
        make(paths, encode)
    assert not list(tmp_path.rglob("rows.*"))


def test_features_of_changing_shape(paths, make):
    regions = iter([2, 3])
    with pytest.raises(SeqkitError, match=r"shape \[2, 3\] as before, found \[3, 3\]"):
        make(paths, lambda x: np.zeros((len(x), next(regions), 3)))


def test_wrong_arguments(paths, make):
    with pytest.raises(DataError, match="at least one image"):
        make([], Encoder())
    with pytest.raises(DataError, match='on_error="raise"'):
        make(paths, Encoder(), on_error="no")
    with pytest.raises(SeqkitError, match="batch_size: expected at least 1"):
        make(paths, Encoder(), batch_size=0)
    with pytest.raises(SeqkitError, match="size: expected"):
        make(paths, Encoder(), size=4)
    with pytest.raises(SeqkitError, match=r"\[N, S, F\], found \[2, 3\]"):
        RegionFeatures(np.zeros((2, 3)))


def test_progress_is_drawn_where_it_takes_long(paths, make, capsys, monkeypatch):
    make(paths, Encoder())
    assert capsys.readouterr().err == ""
    from seqkit.data.captions import image_arrays

    drawn, told = io.StringIO(), image_arrays.tqdm
    monkeypatch.setattr(
        image_arrays, "tqdm", lambda **o: told(**o | {"delay": 0, "file": drawn})
    )
    make(paths, Encoder(), key="other")
    assert drawn.getvalue() == ""
    RegionFeatures.make(
        paths, Encoder(), key="third", size=SIZE, cache_dir=os.path.dirname(paths[0])
    )
    assert "features: 100%" in drawn.getvalue() and "25/25" in drawn.getvalue()


# Reading ahead.


def test_batches_in_order_whatever_read_is_ready_first():
    first = threading.Event()

    def read(source, size):
        if source == 0:
            first.wait(20)  # until one of the last of its batches has been read
        if source == 5:
            first.set()
        return np.full((*size, 3), source, np.uint8)

    batches = list(read_batches(range(11), (2, 2), 4, read=read, num_threads=2))
    assert [start for start, _, _ in batches] == [0, 4, 8]
    assert [b[:, 0, 0, 0].tolist() for _, b, _ in batches] == [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9, 10],
    ]


def test_reading_goes_on_while_a_batch_is_worked_on():
    count, changed = Counter(), threading.Condition()

    def read(source, size):
        with changed:
            count["read"] += 1
            changed.notify_all()
        return np.zeros((*size, 3), np.uint8)

    batches = read_batches(range(100), (2, 2), 4, read=read, num_threads=2)
    next(batches)  # the encoder is at work on this one now
    with changed:
        assert changed.wait_for(lambda: count["read"] == 4 * (AHEAD + 1), 20)
    # And it does not fill the memory.
    assert not changed_again(changed, count)
    batches.close()


def changed_again(changed, count):
    before = count["read"]
    with changed:
        return changed.wait_for(lambda: count["read"] > before, 0.2)


def test_reads_run_in_parallel():
    meeting = threading.Barrier(3)

    def read(source, size):
        meeting.wait(20)  # breaks unless three are here at once
        return np.zeros((*size, 3), np.uint8)

    batches = list(read_batches(range(6), (2, 2), 6, read=read, num_threads=3))
    assert len(batches) == 1


def test_breaking_off_ends_the_threads():
    def read(source, size):
        return np.zeros((*size, 3), np.uint8)

    batches = read_batches(range(1000), (2, 2), 10, read=read)
    next(batches)
    batches.close()
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith("read-image")]


def test_other_errors_of_a_reader_are_not_hidden():
    def read(source, size):
        raise RuntimeError("a slip")

    with pytest.raises(RuntimeError, match="a slip"):
        list(read_batches(range(3), (2, 2), 2, read=read))


# Pixels.


def test_resized_images(broken, tmp_path):
    options = {"size": SIZE, "cache_dir": tmp_path / "cache", "progress": False}
    with pytest.raises(DataError, match="2.png"):
        ResizedImages.make(broken, **options)
    images = ResizedImages.make(broken, on_error="skip", **options)
    assert images.array.dtype == np.uint8 and images.array.shape == (25, *SIZE, 3)
    good = np.flatnonzero(images.readable)
    assert len(good) == 23
    assert (images[good] == good[:, None, None, None]).all()
    assert not images[[2, 17]].any()
