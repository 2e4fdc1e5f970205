"""Zoneout: some units keep their state for a step."""

from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.errors import SeqkitError


class Zoneout:
    """Mixed in before a recurrent layer: lets units keep the state before.

    Krueger et al. 2017, arXiv:1606.01305, section 3.2. With s' the result of the
    layer's own equations (in an LSTM h' comes from c', not from the c after zoneout),
    and d drawn for every row, step and unit with P(d = 1) = z:

        s = d * s_before + (1 - d) * s'        in training
        s = z * s_before + (1 - z) * s'        at inference

    Both need `implementation="loop"`. `zoneout` is z, or a list of one for each state.
    """

    def __init__(self, *args: Any, zoneout: float | list[float] = 0.0, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.zoneout = zoneout
        number = len(self.state_size)
        several = isinstance(zoneout, list | tuple)
        self._rates = tuple(zoneout) if several else (zoneout,) * number
        if len(self._rates) != number or not all(0 <= z < 1 for z in self._rates):
            raise SeqkitError(
                f"zoneout: expected a number or a list of {number}, each 0 <= z < 1, "
                f"found {zoneout}"
            )
        self.zoneout_seed = keras.random.SeedGenerator(self.cell.seed)
        self._drawn = None
        if any(self._rates):
            self._take_the_loop()

    def _take_the_loop(self):
        if self.implementation not in ("auto", "loop", 2):
            raise SeqkitError(
                "implementation: expected 'auto' or 'loop' with zoneout, found "
                f"{self.implementation!r}. Leave out one of the two"
            )
        if self.recurrent_dropout:
            raise SeqkitError(
                "zoneout: expected no recurrent_dropout beside "
                f"it, found recurrent_dropout={self.recurrent_dropout}. Choose one"
            )
        self.implementation = "loop"

    def zone_out(self, before: Any, after: Any, drawn: Any = None) -> list:
        """States of a step: of a unit the one before if `drawn` is 1, else after."""
        # By default the probabilities, which give the expected value.
        drawn = self._rates if drawn is None else drawn
        return [a + d * (b - a) for b, a, d in zip(before, after, drawn, strict=True)]

    def inner_loop(
        self, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> Any:
        if training and any(self._rates):
            # Drawn for all steps: no random state may change within the loop.
            rates = ops.convert_to_tensor(
                np.repeat(self._rates, self.units), dtype="float32"
            )
            shape = (*ops.shape(sequences)[:2], rates.shape[0])
            drawn = keras.random.uniform(shape, seed=self.zoneout_seed, dtype="float32")
            self._drawn = ops.cast(drawn < rates, self.compute_dtype)
        try:
            return super().inner_loop(sequences, initial_state, mask, training=training)
        finally:
            self._drawn = None

    def project(self, kernel: Any, bias: Any, sequences: Any) -> Any:
        # What was drawn travels through the loop beside the projected input.
        projected, bias = super().project(kernel, bias, sequences)
        if self._drawn is not None:
            projected = ops.concatenate([projected, self._drawn], axis=-1)
        return projected, bias

    def step(
        self, recurrent_kernel: Any, bias: Any, projected: Any, states: Any
    ) -> Any:
        drawn = None
        if self._drawn is not None:
            width = len(states) * self.units
            drawn = ops.split(projected[..., -width:], len(states), axis=-1)
            projected = projected[..., :-width]
        after = super().step(recurrent_kernel, bias, projected, states)
        return self.zone_out(states, after, drawn) if any(self._rates) else after

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "zoneout": self.zoneout}
