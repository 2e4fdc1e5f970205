"""Tasks that read sound."""

from collections.abc import Callable, Mapping
from typing import Any

from seqkit.errors import SeqkitError
from seqkit.options import groups
from seqkit.task.fields import Field
from seqkit.task.reporting import report, undeclared
from seqkit.task.task import Task

UNITS = 20
"""Lengths of sounds are counted in so many parts of a second."""


class AudioOptions(
    groups.Precision,
    groups.EarlyStopping,
    groups.Optimization,
    groups.BucketBatches,
    groups.SoundChanges,
    groups.Sounds,
    groups.Tables,
):
    """What `build` takes."""


class AudioTask(Task):
    """A task that reads sounds; its options include those of `AudioTask.Options`."""

    Options = AudioOptions
    fields = {"audio": Field("audio"), "text": Field("text", target=True)}
    pipeline_tag = "automatic-speech-recognition"
    input_rank = 1

    def load_examples(self):
        from seqkit.data import load_speech
        from seqkit.samples import speech

        return self.load(load_speech, speech.splits)

    def inferred(self):
        if self.options.sampling_rate is not None:
            return {}
        from seqkit.data.speech.reading import rate_of

        first = self.train_split("The sampling rate is that of its first sound.")[0]
        rate = rate_of(first["audio"])
        self.inform(f"sampling_rate: {rate} samples per second")
        return {"sampling_rate": rate}

    @property
    def unit(self) -> int:
        """Samples of a unit of length."""
        return -(-self.options.sampling_rate // UNITS)

    def recordings(self, split: str) -> Any:
        """The samples of a split, a `seqkit.data.Recordings`."""
        from seqkit.data import Recordings

        def make():
            options = self.options
            found = Recordings.make(
                self.split(split)["audio"][:],
                options.sampling_rate,
                on_error=options.on_error,
                cache_dir=options.cache_dir,
            )
            report(f"{split}: {found.summary()}" if found.errors else "")
            return found

        return self.of_data(("recordings", split), make)

    def token_ids(self, split: str) -> list[list[int]]:
        """The ids of the texts of a split."""
        raise undeclared(self, "token_ids")

    @property
    def augmentation(self) -> Any:
        """How sounds of train are changed, a `seqkit.data.SoundAugmentation`."""
        from seqkit.data import SoundAugmentation

        options = self.options
        return SoundAugmentation(
            options.speed_change, options.gain_change, options.noise_ratio
        )

    def lengths(self, split, training):
        lengths = self.recordings(split).lengths[self.usable(split)]
        return self.in_units(
            self.augmentation.longest(lengths) if training else lengths
        )

    def usable(self, split: str) -> Any:
        """Rows to learn from: read, not too long, and long enough for their texts."""
        return self.of_data(("usable", split), lambda: self._usable(split))

    def _usable(self, split):
        import numpy as np

        from seqkit.layers import LogMelSpectrogram

        sounds, options = self.recordings(split), self.options
        # Repeated tokens have a blank between them.
        needed = [
            len(ids) + sum(a == b for a, b in zip(ids, ids[1:], strict=False))
            for ids in self.token_ids(split)
        ]
        features = LogMelSpectrogram(options.sampling_rate, options.num_mels)
        fastest = sounds.lengths
        if split == "train":
            fastest = self.augmentation.shortest(fastest)
        steps = -(-features.num_frames(fastest) // options.subsampling)
        read = sounds.lengths > 0
        long = sounds.lengths > options.max_seconds * options.sampling_rate
        short = read & (steps < np.array(needed))
        for which, why in (
            (long, f"have more than max_seconds={options.max_seconds:g}"),
            (short, "are too short for their texts"),
        ):
            if which.any():
                self.report_once(
                    f"{split}: {which.sum()} of {len(sounds)} sounds {why} and are "
                    f"left out, the first in row {np.flatnonzero(which)[0]}"
                )
        rows = np.flatnonzero(read & ~long & ~short)
        if not len(rows):
            raise SeqkitError(
                f"{split}: expected sounds of at most {options.max_seconds:g} seconds "
                f"that are long enough for their texts, found none among {len(sounds)}"
            )
        return rows

    def in_units(self, samples: Any) -> Any:
        """Lengths of sounds in units."""
        return -(-samples // self.unit)

    def inputs_of(self, inputs):
        if isinstance(inputs, Mapping) and ({"array", "bytes"} & inputs.keys()):
            return inputs  # one sound
        return super().inputs_of(inputs)

    def read_input(self, one):
        from seqkit.data import read_audio

        return read_audio(one, self.options.sampling_rate)

    def sounds_of(self, inputs: list) -> list[Any]:
        """The samples of each input; an error names its row."""
        return [self.read_row(inputs, row) for row in range(len(inputs))]

    def run(
        self, key: Any, function: Callable[[Any], Any], sounds: Any, batch_size: int
    ) -> list[dict[str, Any]]:
        """What a function makes of the inputs of a model, for each of N sounds."""
        from seqkit.data.speech.batches import padded_sounds
        from seqkit.inference import RowRunner

        specs = self.model.example_inputs()
        runner = self.of_model(key, lambda model: RowRunner(model, function, specs))

        def batch(rows, length):
            chosen = [sounds[int(row)] for row in rows]
            return padded_sounds(chosen, length * self.unit)

        lengths = [int(self.in_units(len(one))) for one in sounds]
        return runner(lengths, batch, batch_size)

    def stream(self) -> Any:
        """Text that appears while sound comes in: a `seqkit.task.SpeechStream`.

        Raises:
            SeqkitError: The model reads both ways, or is no recurrent network.
        """
        from seqkit.task.speech_stream import SpeechStream

        if not self.model.follows:
            raise SeqkitError(
                "stream: expected a recurrent model with bidirectional=False, found "
                f"architecture={self.options.architecture!r} with bidirectional="
                f"{self.options.bidirectional}. Build the task with another"
            )
        return SpeechStream(self)
