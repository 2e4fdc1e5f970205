"""The mean of the weights, from when training no longer improves."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.training.accelerator import accelerated
from seqkit.training.arrays import to_numpy
from seqkit.training.averaged_weights import AveragedWeights

# Batches that are summed in float32 before they are added to the float64 total.
_BLOCK = 1024


class AveragedSGD(AveragedWeights):
    """NT-ASGD: averages the weights of SGD once validation stops improving.

    Each epoch is a check (Merity et al. 2017, arXiv:1708.02182, algorithm 1, with a
    logging interval of one epoch). With v_t the figure of check t and n the interval,
    averaging begins after the first check with

        t > n  and  v_t > min(v_0, …, v_{t-n-1})

    that is, not better than the best figure more than n checks before, as in the
    authors' code. From the next batch K, the average is the plain mean of the weights
    after each batch, `(w_K + … + w_i) / (i - K + 1)`. From then on validation runs with
    the average, and the model ends with it; training keeps its own weights. The
    optimizer should be SGD with a constant rate.

    Args:
        nonmonotone_interval: The n, in epochs; 0 begins at the first epoch that is not
            the best so far.
        monitor: The figure, lower is better. For more checks in a long epoch, use
            `steps_per_epoch` of `fit`.
        every: Batches from one that counts to the next.

    Raises:
        SeqkitError: There are validation figures, but not `monitor`.

    >>> import keras, numpy as np, seqkit
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile(keras.optimizers.SGD(0.1), "mse")
    >>> x, y = np.ones((8, 1)), np.array([[1.0], [3.0]] * 4)
    >>> averaging = seqkit.training.AveragedSGD(nonmonotone_interval=2)
    >>> _ = model.fit(x, y, batch_size=1, epochs=20, validation_data=(x, y),
    ...               callbacks=[averaging], verbose=0, shuffle=False)
    >>> averaging.triggered, averaging.updates > 0
    (True, True)
    """

    def __init__(
        self, nonmonotone_interval: int = 5, monitor: str = "val_loss", every: int = 1
    ):
        super().__init__()
        self.nonmonotone_interval = nonmonotone_interval
        self.monitor, self.every = monitor, every
        for name, least in (("nonmonotone_interval", 0), ("every", 1)):
            number = getattr(self, name)
            if number < least:
                raise ValueError(f"{name} must be at least {least}, not {number}.")
        self.triggered = False
        self.figures: list[float] = []
        self.updates = self.batches = 0
        self._totals: list[np.ndarray] | None = None  # float64, on the host
        self._block: list[Any] | None = None  # float32, on the weights' device

    @property
    def copies(self) -> int:  # type: ignore[override]
        return 1 if accelerated() else 3  # one, and a total in float64

    @property
    def average(self) -> list[np.ndarray] | None:
        """The mean so far, a list of float32 arrays; `None` before the first."""
        self._flush()
        if not self._totals:
            return None
        return [(total / self.updates).astype("float32") for total in self._totals]

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if not self.triggered:
            return
        if not self.due(batch):
            return
        variables = self.model.trainable_variables
        now = [ops.cast(variable, "float32") for variable in variables]
        # New tensors: on JAX the next step reuses the weights' own memory.
        if self._block is None:
            self._block = [ops.copy(one) for one in now]
        else:
            self._block = [
                ops.add(total, one) for total, one in zip(self._block, now, strict=True)
            ]
        self.updates += 1
        if self.updates % _BLOCK == 0:
            self._flush()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        # Always at the same place, so that a resumed run sums in the same order.
        self._flush()
        if self.triggered:
            return
        figure = self._figure(logs or {})
        if figure is None:
            return
        before = self.figures[: max(0, len(self.figures) - self.nonmonotone_interval)]
        self.triggered = bool(before) and figure > min(before)
        self.figures.append(figure)

    def state(self) -> dict[str, np.ndarray]:
        self._flush()
        arrays = {f"total/{i}": a for i, a in enumerate(self._totals or [])}
        counts = np.array([self.triggered, self.updates, self.batches], "int64")
        return arrays | {"counts": counts, "figures": np.array(self.figures, "float64")}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        triggered, self.updates, self.batches = (int(n) for n in state["counts"])
        self.triggered = bool(triggered)
        self.figures = [float(figure) for figure in state["figures"]]
        totals = [np.array(state[f"total/{i}"]) for i in range(len(state) - 2)]
        self._totals, self._block = totals or None, None

    def _figure(self, logs):
        if self.monitor in logs:
            return float(logs[self.monitor])
        named = [name for name in logs if name.startswith("val_")]
        if named:
            raise SeqkitError(
                f"AveragedSGD: expected monitor to be one of {', '.join(named)}, "
                f"found {self.monitor!r}"
            )
        warnings.warn(
            f"AveragedSGD: no {self.monitor} in this epoch, so averaging cannot begin. "
            "Give fit validation_data.",
            stacklevel=2,
        )
        return None

    def _flush(self):
        if self._block is None:
            return
        if self._totals is None:
            self._totals = [np.zeros(block.shape, "float64") for block in self._block]
        for total, block in zip(self._totals, self._block, strict=True):
            total += to_numpy(block)
        self._block = None
