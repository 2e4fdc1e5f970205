"""Sounds and their texts to padded batches."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from seqkit.data.batching.bucketed import BucketedBatches
from seqkit.data.batching.buckets import BucketPlan
from seqkit.data.batching.padding import pad
from seqkit.data.batching.spec import Spec


class SpeechBatches(BucketedBatches):
    """Padded batches of sounds with their texts (`Batches`).

    A batch is `(inputs, targets, weights)`: inputs a dictionary of `samples` `[B, N]`
    float32, and `num_samples` `[B]`; targets `[B, U]`, the ids of texts, right-padded
    with 0; weights `[B]`, how many ids each has: 0 for rows that fill up.

    Args:
        sounds: `Recordings`, or any sequence of arrays of samples.
        ids: The ids of each text.
        rows: The numbers of those that are used, R.
        plan: The `BucketPlan` of their lengths `[R]`, in `unit`s.
        unit: Samples of one length of the plan.
        augment: What samples become, of samples and a generator, such as a
            `SoundAugmentation`; of another draw in each epoch. Lengths of the plan are
            the greatest that it makes.
        static_shapes: See `BucketedBatches`.

    >>> import numpy as np
    >>> from seqkit.data import BucketPlan, SpeechBatches
    >>> sounds = [np.ones(80), np.ones(160)]
    >>> plan = BucketPlan([1, 2], batch_size=2, shuffle=False)
    >>> batches = SpeechBatches(sounds, [[4], [5, 6]], [0, 1], plan, unit=80)
    >>> inputs, targets, weights = batches.batch(0, 0)
    >>> inputs["samples"].shape, targets.tolist(), weights.tolist()
    ((2, 160), [[4, 0], [5, 6]], [1.0, 2.0])
    """

    def __init__(
        self,
        sounds: Any,
        ids: Sequence[Sequence[int]],
        rows: Any,
        plan: BucketPlan,
        *,
        unit: int,
        augment: Callable[..., np.ndarray] | None = None,
        static_shapes: bool = False,
    ):
        super().__init__(plan, static_shapes=static_shapes)
        self.sounds, self.ids, self.unit = sounds, ids, unit
        self.augment = augment
        self.used = np.asarray(rows, np.int64)
        self._longest = max((len(ids[row]) for row in self.used), default=1)

    def _make(self, rows: np.ndarray, number: tuple[int, int, int]) -> Any:
        used = self.used[rows]
        sounds = [self.sounds[row] for row in used]
        if self.augment is not None:
            generators = map(np.random.default_rng, self._seeds(number, rows))
            sounds = list(map(self.augment, sounds, generators))
        ids, size, length = [self.ids[row] for row in used], len(rows), None
        longest = int(self.plan.lengths[rows].max())
        if self.static_shapes:
            size, longest = self._bucket(rows)
            length = self._longest
        inputs = padded_sounds(sounds, longest * self.unit, size)
        targets = pad(ids, length, num_rows=size)
        weights = np.zeros(size, np.float32)
        weights[: len(ids)] = [len(one) for one in ids]
        return inputs, targets, weights

    def examples(self, epoch: int, step: int) -> np.ndarray:
        """The row of the dataset of each row of a batch that does not only fill up."""
        return self.used[self.rows(epoch, step)]

    def signature(self) -> Any:
        """The `Spec`s of a batch."""
        inputs = {
            "samples": Spec((None, None), "float32"),
            "num_samples": Spec((None,), "int32"),
        }
        return inputs, Spec((None, None), "int32"), Spec((None,), "float32")


def padded_sounds(
    sounds: Sequence[np.ndarray], length: int, num_rows: int | None = None
) -> dict[str, np.ndarray]:
    """The inputs of a model: `samples` `[B, length]` and `num_samples` `[B]`."""
    size = len(sounds) if num_rows is None else num_rows
    samples, counts = np.zeros((size, length), np.float32), np.zeros(size, np.int32)
    for row, sound in enumerate(sounds):
        samples[row, : len(sound)] = sound
        counts[row] = len(sound)
    return {"samples": samples, "num_samples": counts}
