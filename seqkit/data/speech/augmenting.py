"""Other sounds that say the same."""

import dataclasses

import numpy as np

from seqkit.errors import DataError

_SPREAD = 30.0  # decibels between the loudest and the softest noise


@dataclasses.dataclass(frozen=True)
class SoundAugmentation:
    """Sound at another speed, louder or softer, and with noise.

    The speed, and with it the pitch, is changed by resampling (Ko et al. 2015, "Audio
    Augmentation for Speech Recognition"), in whole percents of which each is equally
    likely. Noise is white.

    Args:
        speed: Greatest change of the speed, a fraction: from 1 - speed to 1 + speed.
        gain: Greatest change of loudness in decibels, either way.
        noise: The least signal-to-noise ratio in decibels; that of a sound is drawn
            between it and 30 more. `None` adds no noise.

    Call arguments:
        samples: Float32 `[N]`.
        generator: Draws what is changed.

    >>> import numpy as np
    >>> from seqkit.data.speech.augmenting import SoundAugmentation
    >>> augment = SoundAugmentation(speed=0.1, gain=6.0, noise=20.0)
    >>> sound = np.sin(np.arange(8000, dtype="float32"))
    >>> changed = augment(sound, np.random.default_rng(3))
    >>> augment.shortest(8000) <= len(changed) <= augment.longest(8000)
    True
    """

    speed: float = 0.0
    gain: float = 0.0
    noise: float | None = None

    def __post_init__(self):
        if not 0 <= self.speed < 1:
            raise DataError("a speed from 0, below 1", f"{self.speed}")

    @property
    def _percent(self) -> int:
        return int(100 * self.speed + 1e-6)

    def longest(self, lengths: np.ndarray | int) -> np.ndarray | int:
        """Samples at the lowest speed."""
        return -(-lengths * 100 // (100 - self._percent))

    def shortest(self, lengths: np.ndarray | int) -> np.ndarray | int:
        """Samples at the highest speed."""
        return -(-lengths * 100 // (100 + self._percent))

    def __call__(
        self, samples: np.ndarray, generator: np.random.Generator
    ) -> np.ndarray:
        change = int(generator.integers(-self._percent, self._percent + 1))
        if change and len(samples):
            from scipy.signal import resample_poly

            samples = resample_poly(samples, 100, 100 + change)
        if self.gain:
            decibels = generator.uniform(-self.gain, self.gain)
            samples = samples * np.float32(10 ** (decibels / 20))
        if self.noise is not None and len(samples):
            ratio = generator.uniform(self.noise, self.noise + _SPREAD)
            loudness = np.sqrt(np.mean(np.square(samples, dtype=np.float64)))
            level = np.float32(loudness * 10 ** (-ratio / 20))
            white = generator.standard_normal(len(samples), dtype=np.float32)
            samples = samples + level * white
        return samples.astype(np.float32, copy=False)
