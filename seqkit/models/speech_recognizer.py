"""The model that writes what it hears, by connectionist temporal classification."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.checks import check_choice
from seqkit.layers.configured import Configured
from seqkit.layers.log_mel import LogMelSpectrogram
from seqkit.layers.spec_augment import SpecAugment
from seqkit.models.summary import Specs, Summarized
from seqkit.registries import encoders
from seqkit.registry import accepted
from seqkit.special_ids import PAD_ID

BLANK_ID = PAD_ID
"""Id of the blank of CTC, which no text holds."""
_SURE = 1e4  # a logit beside which no other counts
_STRIDES = {1: (1, 1), 2: (2, 1), 4: (2, 2)}


@keras.saving.register_keras_serializable(package="seqkit")
class SpeechRecognizer(Summarized, Configured, keras.Model):
    """Log-mel features, strided convolutions, an encoder, and a token or blank a step.

        x   = SpecAugment((log_mel(samples) - mean) / deviation)    [B, F, M]
        x   = norm(gelu(conv(x))), twice                            [B, T, D]
        h   = recurrent stack or Transformer of x
        out = W h + b                                               [B, T, V]

    A text is read off by connectionist temporal classification (Graves et al. 2006,
    "Connectionist Temporal Classification"): repeated tokens are one, then blanks go.
    Steps after the end of a row are blanks for sure, so that the probability of a text
    is that by the row's own steps.

    Convolutions read the past alone: with `bidirectional=False` a recurrent network
    follows sound as it comes in, see `run`. It hears the end of a word only at its end;
    with `trailing_silence` it has time to write the last one. It writes nothing in an
    equally long part at the start: else it may learn to guess the first word.

    Args:
        vocabulary_size: Number of token ids, V; 0 is the blank.
        sampling_rate: Samples per second.
        architecture: `"lstm"`, `"gru"`, `"rnn"` or `"transformer"`, or another name of
            `seqkit.registries.encoders`.
        num_layers, hidden_dim, bidirectional, num_heads, intermediate_dim: Of the
            encoder; the convolutions have `hidden_dim` channels, D.
        kernel_size: Frames that a convolution reads.
        subsampling: Frames per step: 1, 2 or 4.
        trailing_silence: Seconds of silence after each sound.
        num_mels: Bands of the features, M; a frame has 25 milliseconds, and begins 10
            after the one before.
        spec_augment: Whether parts of the features are hidden in training, as by
            `seqkit.layers.SpecAugment`.
        dropout: Fraction dropped before and between layers in training.
        implementation: What runs recurrent layers, as in `seqkit.layers.LSTM`.

    Call arguments:
        inputs: Dictionary of `"samples"` `[B, N]`, from -1 to 1 and right-padded, and
            `"num_samples"` `[B]`, those of each row.

    Returns:
        Logits `[B, num_steps(N), V]`, float32, those of `trailing_silence` too.

    >>> import numpy as np, seqkit
    >>> model = seqkit.models.SpeechRecognizer(12, 8000, hidden_dim=8, num_layers=1)
    >>> samples = np.zeros((2, 8000), "float32")
    >>> inputs = {"samples": samples, "num_samples": np.array([8000, 4000])}
    >>> tuple(model(inputs).shape), model.num_steps(8000), model.num_steps(4000)
    ((2, 49, 12), 49, 24)
    """

    def __init__(
        self,
        vocabulary_size: int,
        sampling_rate: int = 16000,
        *,
        architecture: str = "gru",
        num_layers: int = 2,
        hidden_dim: int = 128,
        bidirectional: bool = True,
        num_heads: int = 4,
        intermediate_dim: int | None = None,
        kernel_size: int = 5,
        subsampling: int = 2,
        trailing_silence: float = 0.0,
        num_mels: int = 48,
        spec_augment: bool = True,
        dropout: float = 0.2,
        implementation: str | int = "auto",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        check_choice("architecture", architecture, tuple(encoders))
        if subsampling not in _STRIDES:
            raise SeqkitError(
                f"subsampling: expected 1, 2 or 4 frames per step, found {subsampling}"
            )
        if kernel_size < 2:
            raise SeqkitError(f"kernel_size: expected at least 2, found {kernel_size}")
        if trailing_silence < 0:
            raise SeqkitError(
                f"trailing_silence: expected at least 0, found {trailing_silence}"
            )
        self.silent_samples = round(trailing_silence * sampling_rate)
        dtype = self.dtype_policy
        self.features = LogMelSpectrogram(
            sampling_rate, num_mels, name="features", dtype="float32"
        )
        self.augment = SpecAugment(name="augment", dtype="float32")
        self.convolutions = [
            keras.layers.Conv1D(hidden_dim, kernel_size, stride, dtype=dtype)
            for stride in _STRIDES[subsampling]
        ]
        self.norms = [
            keras.layers.LayerNormalization(epsilon=1e-6, dtype=dtype)
            for _ in self.convolutions
        ]
        make = encoders[architecture]
        names = (
            "num_layers hidden_dim bidirectional num_heads intermediate_dim dropout "
            "implementation"
        )
        options = {name: getattr(self, name) for name in names.split()}
        options |= {"input_dropout": 0.0, "variational": False}
        self.encoder = make(**accepted(make, options), name="encoder", dtype=dtype)
        self.dropout_layer = keras.layers.Dropout(dropout, dtype=dtype)
        self.tokens = keras.layers.Dense(vocabulary_size, name="tokens", dtype=dtype)

    def build(self, input_shape: Any = None) -> None:
        self.mean, self.deviation = (
            self.add_weight(
                shape=(self.num_mels,),
                initializer=initializer,
                trainable=False,
                dtype="float32",
                name=name,
            )
            for name, initializer in (("mean", "zeros"), ("deviation", "ones"))
        )
        width = self.num_mels
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            convolution.build((None, None, width))
            width = self.hidden_dim
            norm.build((None, None, width))
        self.encoder.build((None, None, width))
        self.tokens.build((None, None, self.encoder.width))
        self.built = True

    def adapt(self, sounds: Sequence[np.ndarray]) -> None:
        """Sets the features' mean and standard deviation from sounds, arrays `[N]`.

        Sounds are padded to one length, since JAX compiles once for each. Frames of
        padding are left out.
        """
        longest, found = max(map(len, sounds)), []
        for sound in sounds:
            samples = np.pad(sound, (0, longest - len(sound)))
            features = ops.convert_to_numpy(self.features(samples[None]))[0]
            found.append(features[: self.features.num_frames(len(sound))])
        frames = np.concatenate(found)
        self.mean.assign(frames.mean(axis=0))
        self.deviation.assign(frames.std(axis=0) + 1e-3)

    def num_steps(self, num_samples: Any) -> Any:
        """Steps of the output for so many samples, a number or whole numbers."""
        steps = self.features.num_frames(num_samples + self.silent_samples)
        for stride in _STRIDES[self.subsampling]:
            steps = (steps + stride - 1) // stride
        return steps

    @property
    def unwritten_steps(self) -> int:
        """Steps at the start of a sound in which nothing is written."""
        return self.silent_samples // (self.subsampling * self.features.hop_length)

    @property
    def follows(self) -> bool:
        """Whether sound can be read as it comes in, see `run`."""
        return not self.bidirectional and hasattr(self.encoder, "stack")

    def call(self, inputs: Any, training: bool = False) -> Any:
        samples, counts = inputs["samples"], ops.cast(inputs["num_samples"], "int32")
        features = self.features(self._followed(samples, counts))
        frames = ops.arange(ops.shape(features)[1], dtype="int32")[None]
        read = self.features.num_frames(counts + self.silent_samples)
        inside = frames < read[:, None]
        x = (features - self.mean) / self.deviation
        x = ops.where(inside[:, :, None], x, ops.zeros_like(x))
        if self.spec_augment:
            x = self.augment(x, mask=inside, training=training)
        x, _ = self._convolved(x, self._silence(ops.shape(x)[0]))
        steps = ops.arange(ops.shape(x)[1], dtype="int32")[None]
        mask = steps < self.num_steps(counts)[:, None]
        x = self.dropout_layer(x, training=training)
        x = self.encoder(x, mask=mask, training=training)
        logits = self._logits(self.dropout_layer(x, training=training))
        mask = mask & (steps >= self.unwritten_steps)
        blank = ops.one_hot(BLANK_ID, self.vocabulary_size, dtype="float32")
        return ops.where(mask[:, :, None], logits, _SURE * (blank - 1))

    def initial_state(self, batch_size: Any) -> dict[str, Any]:
        """The state for `run` before anything is heard."""
        states = self.encoder.stack.get_initial_state(batch_size)
        return {"before": self._silence(batch_size), "encoder": states}

    def run(self, samples: Any, state: Any) -> tuple[Any, Any]:
        """Reads on: the logits of the next steps, and the new state.

        `samples` `[B, N]` begin with the first frame that is not read yet, N being
        those of a static multiple of `subsampling` frames. Piece after piece gives what
        the whole sound gives at once. For models with `follows`.
        """
        x = (self.features(samples) - self.mean) / self.deviation
        x, before = self._convolved(x, state["before"])
        outputs, states = [], state["encoder"]
        for step in range(x.shape[1]):
            y, states = self.encoder.stack.step(x[:, step], states)
            outputs.append(y)
        logits = self._logits(ops.stack(outputs, axis=1))
        return logits, {"before": before, "encoder": states}

    def _followed(self, samples, counts):
        """The samples, each row's followed by silence."""
        if not self.silent_samples:
            return samples
        places = ops.arange(ops.shape(samples)[1], dtype="int32")[None]
        samples = ops.where(places < counts[:, None], samples, ops.zeros_like(samples))
        return ops.pad(samples, [[0, 0], [0, self.silent_samples]])

    def _logits(self, x):
        return ops.cast(self.tokens(x), "float32")

    def _silence(self, batch_size):
        """What the convolutions read before a row begins."""
        widths = self.num_mels, self.hidden_dim
        return [
            ops.zeros((batch_size, self.kernel_size - 1, width), self.compute_dtype)
            for width in widths
        ]

    def _convolved(self, features, before):
        """The convolutions, with what each has read last: `[B, T, D]` and the new."""
        x, after = ops.cast(features, self.compute_dtype), []
        for convolution, norm, past in zip(
            self.convolutions, self.norms, before, strict=True
        ):
            x = ops.concatenate([past, x], axis=1)
            after.append(x[:, 1 - self.kernel_size :])
            x = norm(ops.gelu(convolution(x)))
        return x, after

    def example_inputs(self) -> Specs:
        return {
            "samples": ((None, None), "float32"),
            "num_samples": ((None,), "int32"),
        }
