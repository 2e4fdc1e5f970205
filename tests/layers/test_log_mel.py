"""The spectrogram against NumPy, stored figures of librosa, and itself in pieces."""

import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import LogMelSpectrogram

RNG = np.random.default_rng(0)


def signal(rate=16000, seconds=0.5):
    """A chirp with a hum, and silence at its end."""
    times = np.arange(int(rate * seconds)) / rate
    found = np.sin(2 * np.pi * (200 + 4000 * times) * times)
    found += 0.1 * np.sin(2 * np.pi * 50 * times)
    return np.where(times < 0.4, found, 0).astype("float32")


def run(layer, samples):
    return ops.convert_to_numpy(layer(samples))


def test_frames_by_numpys_transform():
    layer = LogMelSpectrogram(8000, num_mels=20)
    samples = RNG.normal(size=(2, 1000)).astype("float32")
    found = run(layer, samples)
    window = np.hanning(201)[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(samples, 200, axis=1)[:, ::80]
    power = np.abs(np.fft.rfft(frames * window, 256)) ** 2
    expected = np.log(np.maximum(power @ layer._filters, 1e-8))
    np.testing.assert_allclose(found, expected, atol=1e-4)


# Frames 0, 17, 38 and 46 of librosa 0.11: `melspectrogram(y=signal(), sr=16000,
# n_fft=512, win_length=400, hop_length=160, center=False, n_mels=12, fmin=50,
# fmax=7000)`, whose frames of 512 samples have the window of 400 in their middle.
LIBROSA = {
    0: "63.124 24.4979 1.99918e-3 0 0 0 0 0 0 0 0 0",
    17: "0.0404107 0 0 0 0 20.1565 30.5363 1.52814e-3 0 0 0 0",
    38: "0.0319013 0.00655658 0.00775082 0.00868615 0.0100041 0.0121632 0.0171783 "
    "0.0340578 7.27671 14.5604 0.0424128 0.00727188",
    46: "0 " * 12,
}


def test_equal_to_what_librosa_found():
    layer = LogMelSpectrogram(
        16000, 12, min_frequency=50.0, max_frequency=7000.0, floor=1e-3
    )
    found = run(layer, signal()[None, 56:])[0]
    for frame, powers in LIBROSA.items():
        expected = np.array(powers.split(), float)
        expected = np.log(np.maximum(expected, 1e-3))
        np.testing.assert_allclose(found[frame], expected, atol=2e-3)


def test_equal_to_librosa_where_it_is_installed():
    librosa = pytest.importorskip("librosa")
    expected = librosa.feature.melspectrogram(
        y=signal(), sr=16000, n_fft=400, hop_length=160, center=False, n_mels=40
    )
    layer = LogMelSpectrogram(16000, 40, fft_length=400, floor=1e-4)
    expected = np.log(np.maximum(expected.T, 1e-4))
    np.testing.assert_allclose(run(layer, signal()[None])[0], expected, atol=2e-3)


def test_each_filter_has_the_area_that_slaney_gave_it():
    layer = LogMelSpectrogram(16000, 40, fft_length=8192)
    areas = layer._filters.sum(axis=0) * 16000 / 8192
    np.testing.assert_allclose(areas, 1, rtol=0.02)


def test_sound_in_pieces_is_the_sound_at_once():
    layer = LogMelSpectrogram(8000, num_mels=20)
    samples = signal(8000)[None]
    whole = run(layer, samples)
    first = run(layer, samples[:, : 200 + 80 * 9])
    rest = run(layer, samples[:, 800:])
    np.testing.assert_allclose(np.concatenate([first, rest], 1), whole, atol=1e-5)


@pytest.mark.parametrize("count", [1, 199, 200, 279, 280, 8000])
def test_number_of_frames(count):
    layer = LogMelSpectrogram(8000, num_mels=20)
    frames = run(layer, np.zeros((1, count), "float32")).shape[1]
    assert frames == layer.num_frames(count) == layer.num_frames(np.array([count]))[0]
    assert frames == int(layer.num_frames(ops.convert_to_tensor([count]))[0])
    assert frames == layer.compute_output_shape((1, count))[1]


def test_silence_is_finite_and_samples_are_read_in_full_precision():
    layer = LogMelSpectrogram(8000, num_mels=20, dtype="mixed_bfloat16")
    found = run(layer, np.zeros((1, 400), "float32"))
    np.testing.assert_allclose(found.astype("float32"), np.log(1e-8), rtol=1e-2)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"fft_length": 100}, "fft_length: expected at least frame_length=200"),
        ({"max_frequency": 5000}, "half the sampling rate"),
        ({"min_frequency": 4000.0}, "min_frequency, max_frequency"),
    ],
)
def test_wrong_arguments(options, named):
    with pytest.raises(SeqkitError, match=named):
        LogMelSpectrogram(8000, **options)
