"""Sounds with texts, the network that recognizes them, and how it writes."""

from typing import Annotated, ClassVar, Literal

from seqkit import registries
from seqkit.options.defaults import by
from seqkit.options.groups.decoding import Evaluate, Predict
from seqkit.options.groups.model import Heads
from seqkit.options.option import (
    Count,
    Default,
    Fraction,
    NotNegative,
    OneOf,
    Positive,
    option,
)
from seqkit.options.options import Mistakes, Options


class Sounds(Options):
    """Where sounds and texts are."""

    title: ClassVar[str] = "Sounds and texts"

    audio: str = option("audio", "Column of the sounds.")
    text: str = option("text", "Column of what is said.")
    audio_dir: str | None = option(
        None,
        "Folder that the paths of sounds are relative to, if not that of the file.",
    )
    sampling_rate: Count | None = option(
        None,
        "Samples per second that the model reads; other sounds are resampled. Without "
        "a value, the rate of the first sound of train.",
    )
    max_seconds: Positive = option(
        30.0, "Sounds that are longer are not learnt from, which is reported."
    )


class SoundChanges(Options):
    """How the sounds of training are changed, otherwise in each epoch."""

    title: ClassVar[str] = "Sounds and texts"

    speed_change: Fraction = option(
        0.1,
        "Greatest change of the speed, a fraction: 0.1 is from 0.9 to 1.1.",
        sample=0.0,
    )
    gain_change: NotNegative = option(
        0.0, "Greatest change of loudness in decibels, either way."
    )
    noise_ratio: float | None = option(
        None,
        "Least signal-to-noise ratio of white noise in decibels; that of a sound is "
        "from this to 30 more. Without a value there is no noise.",
    )


class Recognizer(Heads):
    """A network from sound to tokens."""

    architecture: Annotated[str, OneOf(registries.encoders)] = option(
        "gru", "What reads the convolutions: a recurrent cell, a Transformer or Mamba."
    )
    num_layers: Count = option(2, "Layers of the encoder.")
    hidden_dim: Count = option(128, "Width of the model.", sample=64)
    bidirectional: bool = option(
        True,
        "Whether recurrent layers read both ways; without, a task can `stream`.",
    )
    subsampling: Literal[1, 2, 4] = option(
        2, "Frames of 10 milliseconds per step of the encoder and of the text."
    )
    trailing_silence: NotNegative = option(
        by("bidirectional", otherwise=0.0, **{"False": 0.3}),
        "Seconds of silence after each sound, in which a model of one way can still "
        "write.",
    )
    num_mels: Count = option(48, "Mel bands of a frame.", sample=32)
    spec_augment: bool = option(
        True, "Whether parts of the spectrogram are hidden in training."
    )
    dropout: Fraction = option(0.2, "Fraction dropped in training.")
    defaults: ClassVar = {"dropout": Default(0.2, sample=0.1)}


class CTCSearch(Options):
    """How a task writes texts unless a verb is told otherwise."""

    title: ClassVar[str] = "Decoding"

    language_model: str | None = option(
        None,
        "A saved task of language_modeling, which takes part in the beam search. It is "
        "saved with the task.",
    )
    num_beams: Count = option(
        1,
        "Beams of the prefix beam search; 1 is greedy.",
    )
    language_weight: NotNegative = option(
        0.5, "How much the language model counts beside the sound."
    )
    token_bonus: float = option(
        0.0, "What each token adds to the score of a text with a language model."
    )

    def mistakes(self) -> Mistakes:
        yield from super().mistakes()
        if self.language_model is not None and self.num_beams == 1:
            yield (
                "num_beams, language_model",
                "expected a beam search with a language model, found num_beams 1. "
                "Give more beams, such as 8",
            )


class CTCVerb(Options):
    """How a verb writes texts; without a value, as the task was built."""

    title: ClassVar[str] = "Decoding, by default as in build"

    num_beams: Count | None = option(None, "Beams of the search; 1 is greedy.")
    language_weight: NotNegative | None = option(
        None, "How much the language model counts."
    )
    token_bonus: float | None = option(None, "What each token adds to a score.")


class CTCPredict(CTCVerb, Predict):
    """What `predict` takes."""

    num_return_sequences: Count | None = option(
        None,
        "Texts per sound, best first, at most `num_beams`; a result is then a list.",
    )
    return_scores: bool = option(
        False, "Whether a result is a pair of a text and its score."
    )


class CTCEvaluate(CTCVerb, Evaluate):
    """What `evaluate` takes."""
