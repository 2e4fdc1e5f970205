"""Changed sounds against what a change of speed, loudness and noise must do."""

import numpy as np
import pytest

from seqkit.data import BucketPlan, SoundAugmentation, SpeechBatches
from seqkit.errors import DataError

RATE = 8000
TONE = np.sin(2 * np.pi * 500 * np.arange(RATE) / RATE).astype("float32")


class Fixed:
    """A generator of whole percents that draws one value."""

    def __init__(self, value):
        self.value = value

    def integers(self, low, high):
        assert low <= self.value < high
        return self.value


@pytest.mark.parametrize("change", [-20, -7, 0, 13, 20])
def test_another_speed_is_another_length_and_pitch(change):
    augment = SoundAugmentation(speed=0.2)
    found = augment(TONE, Fixed(change))
    assert found.dtype == np.float32
    assert len(found) == int(np.ceil(RATE / (1 + change / 100)))
    spectrum = np.abs(np.fft.rfft(found * np.hanning(len(found)), RATE * 4))
    hertz = spectrum.argmax() / 4
    assert hertz == pytest.approx(500 * (1 + change / 100), abs=0.5)
    assert np.sqrt((found**2).mean()) == pytest.approx(np.sqrt(0.5), rel=0.01)


def test_every_length_is_between_the_shortest_and_the_longest():
    augment = SoundAugmentation(speed=0.15)
    lengths = np.array([1, 7, 99, 100, 4321])
    for length in lengths:
        found = {
            len(augment(np.ones(length, "float32"), Fixed(change)))
            for change in range(-15, 16)
        }
        assert (min(found), max(found)) == (
            augment.shortest(length),
            augment.longest(length),
        )


def test_gain_and_noise_are_those_that_were_asked_for():
    generator = np.random.default_rng(0)
    gains = [
        20 * np.log10(np.abs(SoundAugmentation(gain=6.0)(TONE, generator)).max())
        for _ in range(300)
    ]
    assert -6.01 < min(gains) < -5.5 and 5.5 < max(gains) < 6.01
    ratios = []
    for _ in range(300):
        noise = SoundAugmentation(noise=10.0)(TONE, generator) - TONE
        ratios.append(10 * np.log10((TONE**2).mean() / (noise**2).mean()))
    assert 9.8 < min(ratios) < 12 and 38 < max(ratios) < 40.2


def test_no_change_and_no_sound_are_left():
    unchanged = SoundAugmentation()
    assert (unchanged(TONE, np.random.default_rng(0)) == TONE).all()
    everything = SoundAugmentation(0.2, 6.0, 10.0)
    assert len(everything(TONE[:0], np.random.default_rng(0))) == 0
    with pytest.raises(DataError, match="a speed from 0, below 1, found 1"):
        SoundAugmentation(speed=1.0)


def batches(augment):
    lengths = np.array([4000, 4100, 8000, 7000])
    sounds = [TONE[:length] for length in lengths]
    longest = lengths if augment is None else augment.longest(lengths)
    plan = BucketPlan(-(-longest // 400), batch_size=2, shuffle=True, seed=3)
    ids = [[4], [5], [6], [7]]
    return SpeechBatches(sounds, ids, range(4), plan, unit=400, augment=augment)


def test_batches_change_sounds_by_epoch_and_row_alone():
    augment = SoundAugmentation(speed=0.2, gain=3.0)

    def epoch(made, number):
        found = {}
        for step in range(len(made)):
            inputs, targets, _ = made.batch(number, step)
            counts = inputs["num_samples"]
            for samples, count, ids in zip(
                inputs["samples"], counts, targets, strict=True
            ):
                assert count <= len(samples) and not samples[count:].any()
                found[int(ids[0])] = samples[:count]
        return found

    first, again, next_one = (epoch(batches(augment), number) for number in (0, 0, 1))
    for key, samples in first.items():
        np.testing.assert_array_equal(samples, again[key])
        assert len(samples) != len(next_one[key]) or (samples != next_one[key]).any()
    part = batches(augment).part(0, 0, 1, 2)
    whole = batches(augment).batch(0, 0)
    count = part[0]["num_samples"][0]
    assert count == whole[0]["num_samples"][1]
    np.testing.assert_array_equal(
        part[0]["samples"][0, :count], whole[0]["samples"][1, :count]
    )
