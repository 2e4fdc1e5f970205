"""A voice that sings number words: harmonics and noise, shaped by formants."""

import io
import wave

import numpy as np

SAMPLING_RATE = 8000

# The first three formants in Hz (Peterson and Barney 1952, for the vowels), seconds,
# loudness of the voice, and loudness and middle of the noise.
_SOUNDS = {
    "iy": ((270, 2290, 3010), 0.14, 1.0, 0.0, 0),
    "ih": ((390, 1990, 2550), 0.10, 1.0, 0.0, 0),
    "eh": ((530, 1840, 2480), 0.11, 1.0, 0.0, 0),
    "ah": ((640, 1190, 2390), 0.12, 1.0, 0.0, 0),
    "ao": ((570, 840, 2410), 0.14, 1.0, 0.0, 0),
    "ow": ((450, 880, 2300), 0.14, 1.0, 0.0, 0),
    "uw": ((300, 870, 2240), 0.16, 1.0, 0.0, 0),
    "w": ((300, 610, 2200), 0.06, 0.6, 0.0, 0),
    "r": ((310, 1060, 1380), 0.07, 0.7, 0.0, 0),
    "n": ((250, 1300, 2500), 0.08, 0.4, 0.0, 0),
    "v": ((300, 1100, 2300), 0.06, 0.3, 0.08, 2200),
    "z": ((300, 1700, 2500), 0.08, 0.2, 0.2, 3600),
    "f": ((400, 1100, 2300), 0.09, 0.0, 0.1, 2200),
    "th": ((400, 1300, 2500), 0.09, 0.0, 0.09, 3000),
    "s": ((400, 1700, 2500), 0.10, 0.0, 0.3, 3600),
    "t": ((400, 1700, 2600), 0.04, 0.0, 0.3, 3200),
    "k": ((400, 1500, 2400), 0.04, 0.0, 0.25, 1700),
    "-": ((400, 1500, 2500), 0.04, 0.0, 0.0, 0),
}
WORDS = {
    "zero": "z ih r ow",
    "one": "w ah n",
    "two": "t uw",
    "three": "th r iy",
    "four": "f ao r",
    "five": "f ah iy v",
    "six": "s ih - k s",
    "seven": "s eh v ah n",
    "eight": "eh iy - t",
    "nine": "n ah iy n",
}
_WIDTHS = np.array([80.0, 120.0, 180.0])
_LEVELS = np.array([1.0, 0.5, 0.25])
_SCALE = (0, 2, 4, 7, 9)  # half tones above the lowest note


def sing(words: list[str], seed: int) -> bytes:
    """Words as the bytes of a WAV file: 16 bits, one channel.

    The seed draws the voice, its melody, how fast it sings and how quiet the room is.
    """
    rng = np.random.default_rng(seed)
    lowest, size = rng.uniform(95, 210), rng.uniform(0.92, 1.15)
    speed = rng.uniform(0.85, 1.25)
    parts = [_silence(rng)]
    for word in words:
        note = lowest * 2 ** (rng.choice(_SCALE) / 12)
        parts += [_word(word, note, size, speed, rng), _silence(rng)]
    samples = np.concatenate(parts)
    samples = samples / np.abs(samples).max() * rng.uniform(0.3, 0.8)
    samples += rng.normal(0, 10 ** rng.uniform(-4, -2.5), len(samples))
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(SAMPLING_RATE)
        wav.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return file.getvalue()


def _silence(rng: np.random.Generator) -> np.ndarray:
    return np.zeros(int(rng.uniform(0.02, 0.12) * SAMPLING_RATE))


def _word(
    word: str, note: float, size: float, speed: float, rng: np.random.Generator
) -> np.ndarray:
    """A word on a note, by a voice whose formants are `size` times as high."""
    sounds = [_SOUNDS[name] for name in WORDS[word].split()]
    seconds = [length / speed * rng.uniform(0.85, 1.2) for _, length, *_ in sounds]
    ends = np.cumsum(seconds)
    middles = ends - np.array(seconds) / 2
    times = np.arange(int(ends[-1] * SAMPLING_RATE)) / SAMPLING_RATE
    # Formants glide from the middle of a sound to that of the next.
    formants = size * np.stack(
        [np.interp(times, middles, [one[0][i] for one in sounds]) for i in range(3)]
    )
    voice, noise = (
        _smooth(np.repeat([one[place] for one in sounds], _counts(ends, len(times))))
        for place in (2, 3)
    )
    pitch = note * (1 + 0.01 * np.sin(2 * np.pi * 5 * times + rng.uniform(0, 6)))
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLING_RATE
    found = np.zeros(len(times))
    for harmonic in range(1, int(0.48 * SAMPLING_RATE / note)):
        distance = (harmonic * pitch - formants) / _WIDTHS[:, None]
        level = (_LEVELS[:, None] / (1 + distance**2)).sum(axis=0)
        found += level * np.sin(harmonic * phase)
    hiss = np.zeros(len(times))
    begin = 0
    for (*_, middle), count in zip(sounds, _counts(ends, len(times)), strict=True):
        hiss[begin : begin + count] = _band(middle, count, rng)
        begin += count
    return voice * found + noise * hiss


def _counts(ends: np.ndarray, total: int) -> np.ndarray:
    """Samples of each sound."""
    borders = np.minimum(np.round(ends * SAMPLING_RATE).astype(int), total)
    borders[-1] = total
    return np.diff(np.concatenate([[0], borders]))


def _smooth(levels: np.ndarray) -> np.ndarray:
    """Without steps, which would click; it begins and ends in silence."""
    window = np.hanning(int(0.015 * SAMPLING_RATE))
    return np.convolve(levels, window / window.sum(), "same")


def _band(middle: float, count: int, rng: np.random.Generator) -> np.ndarray:
    """Noise around a frequency."""
    spectrum = np.fft.rfft(rng.normal(size=count))
    frequencies = np.fft.rfftfreq(count, 1 / SAMPLING_RATE)
    shaped = spectrum * np.exp(-(((frequencies - middle) / 700) ** 2))
    found = np.fft.irfft(shaped, count) if count > 1 else np.zeros(count)
    return found / (found.std() + 1e-9)
