"""Text that appears while sound comes in."""

from typing import TYPE_CHECKING, Any

from seqkit.special_ids import PAD_ID

if TYPE_CHECKING:
    from seqkit.task.audio_task import AudioTask

STEPS = 4
"""Steps of the text that are read at a time."""


class SpeechStream:
    """What is said in a sound that comes in piece by piece.

    The state of convolutions and recurrent layers is carried, so that a second costs
    the same wherever it is. After `end`, `text` is what `predict` returns with
    `num_beams=1` for the whole sound, however it was cut.

    Args:
        task: A task of a model that `follows`, such as one with
            `bidirectional=False`.

    Attributes:
        text: What has been written so far.
        tokens: For each of its tokens the id, and when it came, in seconds.

    Example:

        stream = task.stream()
        for piece in microphone:  # samples at the task's sampling_rate
            print(stream.update(piece), end="", flush=True)
        print(stream.end())
    """

    def __init__(self, task: "AudioTask"):
        import numpy as np

        from seqkit.inference.compiled import compiled, spec_of

        self._task, self._read = task, 0
        features, subsampling = task.model.features, task.model.subsampling
        self._hop = features.hop_length
        self._advance = STEPS * subsampling * self._hop
        self._size = self._advance - self._hop + features.frame_length
        self._sound = np.zeros(0, np.float32)
        self._steps, self._last, self._ended = 0, PAD_ID, False
        self.text, self.tokens = "", []
        self._state = task.model.initial_state(1)

        def make(model):
            import keras

            specs = keras.tree.map_structure(lambda x: spec_of(x), self._state)
            return _Piece(
                model,
                compiled(model.run, model, [((None, self._size), "float32"), specs]),
            )

        self._run = task.of_model(SpeechStream, make).run

    def update(self, samples: Any) -> str:
        """Reads samples `[N]`, of any number, and returns the text that is new.

        They are at the task's `sampling_rate`, from -1 to 1, in any form that `predict`
        takes. A sound of another rate has to be resampled as a whole, before.
        """
        import numpy as np

        from seqkit.errors import SeqkitError

        if self._ended:
            raise SeqkitError("update: expected a stream that goes on, found its end")
        if len(samples):
            new = self._task.read_input(samples)
            self._sound = np.concatenate([self._sound, new])
        before = self.text
        while len(self._sound) - self._read >= self._size:
            self._piece(self._sound[self._read : self._read + self._size], STEPS)
        self._sound, self._read = self._sound[self._read :], 0
        return self.text[len(before) :]

    def end(self) -> str:
        """Reads what is left as the end of the sound; returns the text that is new."""
        import numpy as np

        before = self.text
        self.update(np.zeros(self._task.model.silent_samples, np.float32))
        self._ended = True
        left = len(self._sound)
        if left or not self._steps:
            features = self._task.model.features
            frames = (left - features.frame_length) // self._hop + 1
            if not self._steps:
                frames = max(1, frames)
            if frames > 0:
                steps = -(-frames // self._task.model.subsampling)
                # No frame that has been read, and none that is not whole.
                used = (frames - 1) * self._hop + features.frame_length
                sound = np.zeros(self._size, np.float32)
                sound[: min(left, used)] = self._sound[:used]
                self._piece(sound, steps)
        self.text = self.text.rstrip()
        return self.text[len(before) :]

    def _piece(self, sound, steps):
        from seqkit.inference.compiled import to_numpy

        logits, self._state = self._run(sound[None], self._state)
        for token in to_numpy(logits)[0, :steps].argmax(-1).tolist():
            if self._steps < self._task.model.unwritten_steps:
                token = PAD_ID
            if token not in (PAD_ID, self._last):
                step = self._task.model.subsampling * self._hop
                seconds = self._steps * step / self._task.options.sampling_rate
                self.tokens.append((token, seconds))
            self._last = token
            self._steps += 1
        self._read += self._advance
        ids = [token for token, _ in self.tokens]
        self.text = self._task.tokenizer.decode([ids])[0].lstrip()


class _Piece:
    """A compiled step of a model."""

    def __init__(self, model, run):
        self.model, self.run = model, run
