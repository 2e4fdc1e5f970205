"""What the ear makes of sound: the logarithm of power in mel bands."""

from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.configured import Layer, no_mask


@keras.saving.register_keras_serializable(package="seqkit")
class LogMelSpectrogram(Layer):
    """Samples of sound to the logarithm of their power in mel bands.

    With x the samples, w a periodic Hann window of n = `frame_length`, h the
    `hop_length` and F the `fft_length`

        S_t(k) = |sum_i w_i x_{t h + i} exp(-2 pi j i k / F)|^2
        y_t(m) = log(max(sum_k filter_m(k) S_t(k), floor))

    where `filter_m` are triangles of equal area between frequencies that are equally
    far apart on Slaney's mel scale. It equals `librosa.feature.melspectrogram` with
    `center=False`, and torchaudio's `MelSpectrogram` with `mel_scale="slaney"`,
    `norm="slaney"` and `center=False`. A frame reads its own samples alone, so sound
    can be read in pieces. Samples and frames are computed in float32 under any policy.

    Args:
        sampling_rate: Samples per second.
        num_mels: Mel bands, M.
        frame_length, hop_length: Samples of a frame, and between the begins of two; by
            default 25 and 10 milliseconds.
        fft_length: Length of the Fourier transform, at least `frame_length`; by default
            the next power of two.
        min_frequency, max_frequency: Ends of the bands in Hz; the upper one is by
            default half the `sampling_rate`.
        floor: The least power.

    Call arguments:
        samples: `[B, N]`, usually from -1 to 1. Sound of less than a frame is filled up
            with silence.

    Returns:
        `[B, T, M]`; `num_frames(N)` is T.

    >>> import numpy as np, seqkit
    >>> layer = seqkit.layers.LogMelSpectrogram(8000, num_mels=40)
    >>> tuple(layer(np.zeros((2, 8000), "float32")).shape), layer.num_frames(8000)
    ((2, 98, 40), 98)
    """

    compute_mask = no_mask

    def __init__(
        self,
        sampling_rate: int = 16000,
        num_mels: int = 64,
        frame_length: int | None = None,
        hop_length: int | None = None,
        fft_length: int | None = None,
        min_frequency: float = 0.0,
        max_frequency: float | None = None,
        floor: float = 1e-8,
        **kwargs: Any,
    ):
        kwargs.setdefault("trainable", False)
        super().__init__(**kwargs)
        self.keep(locals())
        self.frame_length = frame_length or round(0.025 * sampling_rate)
        self.hop_length = hop_length or round(0.010 * sampling_rate)
        self.fft_length = fft_length or 1 << (self.frame_length - 1).bit_length()
        self.max_frequency = max_frequency or sampling_rate / 2
        self.input_spec = keras.layers.InputSpec(ndim=2)
        if self.fft_length < self.frame_length:
            raise SeqkitError(
                f"fft_length: expected at least frame_length={self.frame_length}, "
                f"found {fft_length}"
            )
        if not 0 <= min_frequency < self.max_frequency <= sampling_rate / 2:
            raise SeqkitError(
                "min_frequency, max_frequency: expected 0 <= min < max <= "
                f"{sampling_rate / 2:g} Hz, half the sampling rate, found "
                f"{min_frequency:g} and {self.max_frequency:g}"
            )
        self._window = np.hanning(self.frame_length + 1)[:-1].astype("float32")
        self._filters = mel_filters(
            sampling_rate, self.fft_length, num_mels, min_frequency, self.max_frequency
        ).astype("float32")

    def num_frames(self, num_samples: Any) -> Any:
        """Frames of a number of samples, or of a tensor of such numbers."""
        frames = (num_samples - self.frame_length) // self.hop_length + 1
        if isinstance(num_samples, int | np.integer):
            return max(1, int(frames))
        if isinstance(num_samples, np.ndarray):
            return np.maximum(frames, 1)
        return ops.maximum(frames, 1)

    def call(self, samples: Any) -> Any:
        samples = ops.cast(samples, "float32")
        missing = self.frame_length - samples.shape[1] if samples.shape[1] else None
        if missing is None or missing > 0:  # unknown, or too short
            size = ops.shape(samples)[1] if missing is None else samples.shape[1]
            lacking = ops.maximum(self.frame_length - size, 0)
            silence = ops.zeros((ops.shape(samples)[0], lacking), "float32")
            samples = ops.concatenate([samples, silence], axis=1)
        frames = ops.extract_sequences(samples, self.frame_length, self.hop_length)
        window = ops.convert_to_tensor(self._window)
        real, imaginary = ops.rfft(frames * window, self.fft_length)
        power = ops.square(real) + ops.square(imaginary)
        mel = ops.matmul(power, ops.convert_to_tensor(self._filters))
        found = ops.log(ops.maximum(mel, self.floor))
        return ops.cast(found, self.compute_dtype)

    def compute_output_shape(self, samples_shape: Any) -> Any:
        rows, size = samples_shape
        frames = None if size is None else self.num_frames(size)
        return rows, frames, self.num_mels


def mel_filters(
    sampling_rate: int, fft_length: int, num_mels: int, low: float, high: float
) -> np.ndarray:
    """The filters `[F / 2 + 1, M]`: Slaney's scale, each triangle of area 2 / width."""
    first, last = _mel(np.array([low, high]))
    ends = _hertz(np.linspace(first, last, num_mels + 2))
    frequencies = np.linspace(0, sampling_rate / 2, fft_length // 2 + 1)[:, None]
    left, middle, right = ends[:-2], ends[1:-1], ends[2:]
    rising = (frequencies - left) / (middle - left)
    falling = (right - frequencies) / (right - middle)
    return np.maximum(0, np.minimum(rising, falling)) * 2 / (right - left)


_STEP = np.log(6.4) / 27
"""Of the logarithmic part of Slaney's scale, which begins at 1000 Hz, 15 mel."""


def _mel(hertz: np.ndarray) -> np.ndarray:
    logarithmic = 15 + np.log(np.maximum(hertz, 1000) / 1000) / _STEP
    return np.where(hertz < 1000, hertz * 3 / 200, logarithmic)


def _hertz(mel: np.ndarray) -> np.ndarray:
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * _STEP))
