"""States that a stateful layer carries from one batch to the next."""

from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.replicas import num_replicas


class CarriedStates(keras.layers.Layer):
    """Variables that every backend updates in a compiled step, yet not weights."""

    def create(self, batch_size: Any, shapes: Any, dtypes: Any = None) -> None:
        """A variable of zeros for each state `[B, ...]`, read in `dtypes` if given.

        Where replicas compute parts of a batch, each has the states of its own rows.
        """
        replicas = num_replicas()
        if batch_size % replicas:
            raise SeqkitError(
                f"batch_size: expected a multiple of the {replicas} devices that share "
                f"a batch, found {batch_size}"
            )
        self.batch_size = batch_size // replicas
        self.dtypes = list(dtypes or [self.compute_dtype] * len(shapes))
        kept = dtypes or [self.variable_dtype] * len(shapes)
        with keras.name_scope(self.name):
            self.states = [
                keras.Variable(
                    "zeros",
                    (self.batch_size, *shape[1:]),
                    dtype,
                    trainable=False,
                    autocast=False,
                    synchronization="on_read",
                    aggregation="only_first_replica",
                    name=f"state_{number}",
                )
                for number, (shape, dtype) in enumerate(zip(shapes, kept, strict=True))
            ]
        self.built = True

    def read(self) -> Any:
        """The states, as constants to the gradient."""
        return [
            ops.stop_gradient(ops.convert_to_tensor(state, dtype=dtype))
            for state, dtype in zip(self.states, self.dtypes, strict=True)
        ]

    def write(self, states: Any) -> None:
        for variable, state in zip(self.states, states, strict=True):
            variable.assign(ops.stop_gradient(state))

    def reset(self) -> None:
        for state in self.states if self.built else ():
            state.assign(ops.zeros(state.shape, state.dtype))

    def check_batch_size(self, found: Any) -> None:
        """Raises a SeqkitError unless `found` is the batch size of the states."""
        if found == self.batch_size:
            return
        how = "unknown while tracing" if found is None else found
        raise SeqkitError(
            f"stateful=True: expected batches of {self.batch_size} rows, as the layer "
            f"was built with, found a batch size of {how}. Give every batch the same "
            "static size: `dataset.batch(n, drop_remainder=True)`, arrays whose "
            "length is a multiple of batch_size, or `tf.ensure_shape`"
        )

    @property
    def weights(self) -> Any:
        return []

    def save_own_variables(self, store: Any) -> None:
        pass

    def load_own_variables(self, store: Any) -> None:
        pass
