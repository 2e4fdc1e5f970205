"""DropConnect on the recurrent kernel."""

from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError


class WeightDrop:
    """Mixed in before a recurrent layer: drops entries of its recurrent kernel U.

    Merity et al. 2017, arXiv:1708.02182, section 2 (DropConnect, of Wan et al. 2013):
    in training an entry is 0 with probability `weight_drop`, else divided by 1 less
    that. It is drawn once per call, so every implementation can run with it.
    """

    def __init__(self, *args: Any, weight_drop: float = 0.0, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not 0 <= weight_drop < 1:
            raise SeqkitError(
                f"weight_drop: expected 0 <= weight_drop < 1, found {weight_drop}. "
                "Give the fraction of the recurrent kernel to drop"
            )
        self.weight_drop = weight_drop
        self.weight_drop_seed = keras.random.SeedGenerator(self.cell.seed)

    def inner_loop(
        self, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> Any:
        if not (training and self.weight_drop):
            return super().inner_loop(sequences, initial_state, mask, training=training)
        # All kernels, Keras's among them, read the weight from the cell. The tensor
        # goes around `setattr`, since it is not to be tracked.
        held, whole = vars(self.cell), self.cell.recurrent_kernel
        held["recurrent_kernel"] = keras.random.dropout(
            ops.cast(whole, self.compute_dtype),
            self.weight_drop,
            seed=self.weight_drop_seed,
        )
        try:
            return super().inner_loop(sequences, initial_state, mask, training=training)
        finally:
            held["recurrent_kernel"] = whole

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "weight_drop": self.weight_drop}
