"""A deep recurrent network."""

from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.carried_states import CarriedStates
from seqkit.layers.configured import Layer
from seqkit.layers.dropout import Dropout
from seqkit.layers.recurrent_cells import one_step, recurrent_layer
from seqkit.layers.whole import run_both


@keras.saving.register_keras_serializable(package="seqkit")
class RecurrentStack(Layer):
    """Recurrent layers on top of each other, with their states in one structure.

    With x_0 the input, f_l the recurrent layer l and drop the dropout between layers:

        x_l = f_l(drop(x_{l-1}))                          by default
        x_l = x_{l-1} + f_l(drop(x_{l-1}))                `residual`
        x_l = x_{l-1} + f_l(drop(norm_l(x_{l-1})))        and `"input"` normalisation
        x_l = norm_l(x_{l-1} + f_l(drop(x_{l-1})))        or `"output"` normalisation

    Regularisation, only in training:

    - `input_dropout`, `dropout`, `output_dropout`: one mask per row for all its steps
      (Gal and Ghahramani 2016, arXiv:1512.05287, section 4); with `variational=False`
      a fresh mask at every step (Zaremba et al. 2014, arXiv:1409.2329, section 3.2).
    - `recurrent_dropout`: Keras's, on h_{t-1} before it is multiplied.
    - `weight_drop`: DropConnect on the recurrent kernel U, drawn once per batch (Merity
      et al. 2017, arXiv:1708.02182, section 2).
    - `zoneout`: units that keep their state for a step (Krueger et al. 2017,
      arXiv:1606.01305, section 3.2); at inference the expected value.

    Only the plain loop can run `recurrent_dropout`, `zoneout`, and an `activation`
    other than tanh (in an `"rnn"` also relu and linear are fast). Everything else,
    `weight_drop` included, runs fused or with cuDNN.

    Args:
        units: Units H of each layer (with `bidirectional` of each direction), or a list
            of them, first layer first.
        num_layers: Number of layers, L; by default the length of `units`, or 1.
        cell: `"lstm"`, `"gru"` or `"rnn"`.
        bidirectional: Whether each layer reads both ways; its output, 2 H wide, is that
            of the forward direction, then that of the backward direction.
        residual: Whether to go around every layer that is as wide as its input (Wu et
            al. 2016, arXiv:1609.08144, equation 6).
        layer_normalization: Where to normalise (Ba et al. 2016, arXiv:1607.06450,
            equation 4): `"input"` or `"output"` of each layer, outside the loop over
            time; or `None`.
        input_dropout, dropout, output_dropout: Fractions dropped from the input of the
            stack, from the input of each layer but the first, and from the output.
        recurrent_dropout, weight_drop: Fractions dropped from h and from U.
        zoneout: Probability that a unit keeps its state; of an LSTM also a list, of h
            and of c. Not together with `recurrent_dropout`.
        return_sequences: Whether to return every step's output, or the last one's.
        stateful: Whether each batch starts where the one before ended, for truncated
            backpropagation through time: no gradient goes back to earlier batches.
            Requires batches of one static size; not for `bidirectional`. States are not
            weights and not saved, so another batch size can be used with the same
            weights. `reset_states()` starts again from zeros.
        implementation: What runs each layer, as in `LSTM`.
        seed: Seed of everything random; by default random itself.

    Call arguments:
        sequences: Tensor [B, T, D].
        initial_state: For each layer a list, `[h]` or of an LSTM `[h, c]`, [B, H] each;
            with `bidirectional` the forward direction's, then the backward one's.
            By default zeros, or with `stateful` the last states.
        mask: Boolean [B, T], `True` = keep. A masked step carries the states on.

    Returns:
        [B, T, H] with `return_sequences`, 0 at masked steps; else [B, H], the output of
        the last step that is kept (of a backward half, of the first). 2 H instead of H
        with `bidirectional`. With `return_state` a tuple of that and the last states,
        in the structure of `initial_state`.

    Raises:
        SeqkitError: Arguments that do not fit each other, states of another structure,
            or with `stateful` another batch size.

    >>> import keras
    >>> from seqkit.layers.recurrent_stack import RecurrentStack
    >>> stack = RecurrentStack(4, num_layers=2, return_state=True)
    >>> output, states = stack(keras.ops.ones((2, 5, 3)))
    >>> tuple(output.shape), [len(layer) for layer in states]
    ((2, 4), [2, 2])
    >>> output, states = stack.step(keras.ops.ones((2, 3)), states)  # the sixth step
    >>> tuple(output.shape)
    (2, 4)
    """

    def __init__(
        self,
        units: int | list[int],
        num_layers: int | None = None,
        cell: str = "lstm",
        bidirectional: bool = False,
        residual: bool = False,
        layer_normalization: str | None = None,
        input_dropout: float = 0.0,
        dropout: float = 0.0,
        output_dropout: float = 0.0,
        variational: bool = True,
        recurrent_dropout: float = 0.0,
        weight_drop: float = 0.0,
        zoneout: float | list[float] = 0.0,
        activation: Any = "tanh",
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        return_sequences: bool = False,
        return_state: bool = False,
        stateful: bool = False,
        implementation: str | int = "auto",
        layer_norm_epsilon: float = 1e-6,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        several = isinstance(units, list | tuple)
        if num_layers is None:
            self.num_layers = len(units) if several else 1
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=3)
        self._check_arguments(len(units) if several else self.num_layers)
        self._seeds = 0
        widths = units if several else [units] * self.num_layers
        self.recurrent_layers = [self._recurrent_layer(n) for n in widths]
        self.backward_layers = []
        if bidirectional:
            self.backward_layers = [self._recurrent_layer(n, True) for n in widths]
        self.norms = [
            keras.layers.LayerNormalization(
                epsilon=layer_norm_epsilon, dtype=self.dtype_policy
            )
            for _ in (widths if layer_normalization else ())
        ]
        self.input_dropout_layer = self._dropout_layer(input_dropout)
        self.dropout_layer = self._dropout_layer(dropout)
        self.output_dropout_layer = self._dropout_layer(output_dropout)
        self.carried = CarriedStates(dtype=self.dtype_policy) if stateful else None

    def _check_arguments(self, listed):
        if self.num_layers != listed or listed < 1:
            raise SeqkitError(
                f"num_layers: expected {max(listed, 1)}, as units={self.units}, found "
                f"{self.num_layers}. Leave it out if units is a list"
            )
        if self.layer_normalization not in (None, "input", "output"):
            raise SeqkitError(
                "layer_normalization: expected 'input', 'output' or None, found "
                f"{self.layer_normalization!r}"
            )
        if self.stateful and self.bidirectional:
            raise SeqkitError(
                "stateful: expected False with bidirectional=True, found True. The "
                "backward direction starts at a batch's end, where no batch before "
                "it ended. Choose one"
            )

    def _next_seed(self):
        self._seeds += 1
        return None if self.seed is None else self.seed + self._seeds

    def _recurrent_layer(self, units, go_backwards=False):
        return recurrent_layer(
            self.cell,
            units,
            weight_drop=self.weight_drop,
            zoneout=self.zoneout,
            activation=self.activation,
            # As configuration: an object would give all layers the same weights.
            kernel_initializer=keras.initializers.serialize(self.kernel_initializer),
            recurrent_initializer=keras.initializers.serialize(
                self.recurrent_initializer
            ),
            recurrent_dropout=self.recurrent_dropout,
            return_sequences=True,
            return_state=True,
            go_backwards=go_backwards,
            implementation=self.implementation,
            seed=self._next_seed(),
            dtype=self.dtype_policy,
        )

    def _dropout_layer(self, rate):
        return Dropout(
            rate,
            noise_shape=(None, 1, None) if self.variational else None,
            seed=self._next_seed(),
            dtype=self.dtype_policy,
        )

    @property
    def state_size(self) -> list:
        """Widths of the states, in the structure of `initial_state`."""
        twice = 2 if self.bidirectional else 1
        return [list(layer.state_size) * twice for layer in self.recurrent_layers]

    @property
    def implementations_in_use(self) -> list:
        """What each layer ran last, as `implementation_in_use` of `LSTM`."""
        return [layer.implementation_in_use for layer in self.recurrent_layers]

    def _width(self, number):
        units = self.recurrent_layers[number].units
        return 2 * units if self.bidirectional else units

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        width, around = sequences_shape[-1], []
        for number, layer in enumerate(self.recurrent_layers):
            shape, after = (None, None, width), self._width(number)
            layer.build(shape)
            if self.bidirectional:
                self.backward_layers[number].build(shape)
            if self.layer_normalization:
                before = self.layer_normalization == "input"
                self.norms[number].build(shape if before else (None, None, after))
            around.append(self.residual and width == after)
            width = after
        self._around = tuple(around)
        if self.residual and not any(around):
            raise SeqkitError(
                f"residual: expected a layer as wide as what it reads, found an input "
                f"of {sequences_shape[-1]} and units={self.units}. Make two equal"
            )
        if self.stateful:
            if sequences_shape[0] is None:
                raise SeqkitError(
                    "stateful=True: expected a static batch size, found "
                    f"{tuple(sequences_shape)}. Build the model with "
                    "Input(batch_shape=(batch_size, None, features))"
                )
            rows, sizes = sequences_shape[0], keras.tree.flatten(self.state_size)
            self.carried.create(rows, [(rows, size) for size in sizes])
        self.built = True

    def get_initial_state(self, batch_size: Any) -> Any:
        """States of zeros, [B, H] each, in the structure of `initial_state`."""
        return keras.tree.map_structure(
            lambda size: ops.zeros((batch_size, size), self.compute_dtype),
            self.state_size,
        )

    def reset_states(self) -> None:
        """Makes the next batch start from zeros again (`stateful`)."""
        if not self.stateful:
            raise SeqkitError(
                "reset_states: expected stateful=True, found a layer without states "
                "to reset"
            )
        self.carried.reset()

    reset_state = reset_states

    def call(
        self,
        sequences: Any,
        initial_state: Any = None,
        mask: Any = None,
        training: bool = False,
    ) -> Any:
        states = self._initial_state(sequences, initial_state)
        mask = None if mask is None else ops.cast(mask, "bool")
        x, last = self.input_dropout_layer(sequences, training=training), []
        for number, before in enumerate(states):
            read = self._read(number, x)
            if number:
                read = self.dropout_layer(read, training=training)
            y, after = self._run(number, read, before, mask, training)
            x = self._join(number, x, y)
            last.append(after)
        if self.stateful:
            self.carried.write(keras.tree.flatten(last))
        if mask is not None:
            x = ops.where(mask[:, :, None], x, ops.zeros_like(x))
        x = self.output_dropout_layer(x, training=training)
        if not self.return_sequences:
            x = self._ends(x, mask)
        return (x, last) if self.return_state else x

    def step(self, x: Any, states: Any, drops: Any = ()) -> Any:
        """One step of inference; the steps one by one equal the whole sequence.

        Takes `x` [B, D] and states as `initial_state`; returns the output [B, H] and
        the new states. Not for a bidirectional stack. `drops`, for a loop that trains
        step by step, are factors of the input of each layer but the first, [B, H].
        """
        if self.bidirectional:
            raise SeqkitError(
                "step: expected bidirectional=False, found True. A backward layer "
                "needs the whole sequence; call the stack"
            )
        self._check_structure(states)
        x, last = ops.convert_to_tensor(x, dtype=self.compute_dtype), []
        for number, layer in enumerate(self.recurrent_layers):
            read = self._read(number, x)
            if number and len(drops):
                read = read * ops.cast(drops[number - 1], read.dtype)
            last.append(one_step(layer, read, states[number]))
            x = self._join(number, x, last[-1][0])
        return x, last

    def _initial_state(self, sequences, states):
        if self.stateful:
            self.carried.check_batch_size(sequences.shape[0])
        if states is not None:
            self._check_structure(states)
            return [list(layer) for layer in states]
        if self.stateful:
            return keras.tree.pack_sequence_as(self.state_size, self.carried.read())
        return self.get_initial_state(ops.shape(sequences)[0])

    def _check_structure(self, states):
        expected = [len(layer) for layer in self.state_size]
        nested = isinstance(states, list | tuple)
        lists = nested and all(isinstance(layer, list | tuple) for layer in states)
        if not lists or [len(layer) for layer in states] != expected:
            raise SeqkitError(
                f"initial_state: expected a list of {len(expected)} lists, one per "
                f"layer, of {expected[0]} states each, found "
                f"{keras.tree.map_structure(lambda s: tuple(s.shape), states)}. "
                "`get_initial_state` shows the structure"
            )

    def _read(self, number, x):
        return self.norms[number](x) if self.layer_normalization == "input" else x

    def _join(self, number, x, y):
        y = x + y if self._around[number] else y
        return self.norms[number](y) if self.layer_normalization == "output" else y

    def _run(self, number, x, states, mask, training):
        options = {"mask": mask, "training": training}
        layer = self.recurrent_layers[number]
        if not self.bidirectional:
            y, *last = layer(x, initial_state=states, **options)
            return y, last
        other, half = self.backward_layers[number], len(layer.state_size)
        states = states[:half], states[half:]
        joint = run_both(layer, other, x, states, **options)
        if joint is not None:
            y, z, last = joint
        else:
            y, *last = layer(x, initial_state=states[0], **options)
            z, *more = other(x, initial_state=states[1], **options)
            z, last = ops.flip(z, axis=1), [last, more]
        return ops.concatenate([y, z], axis=-1), keras.tree.flatten(last)

    def _ends(self, x, mask):
        """The last output of each row, of the backward half the first: [B, H]."""
        if mask is None:
            last, first = x[:, -1], x[:, 0]
        else:
            count = ops.cumsum(ops.cast(mask, "int32"), axis=1)
            ends = [count == count[:, -1:], count == 1]
            last, first = (
                ops.sum(
                    ops.where((mask & end)[:, :, None], x, ops.zeros_like(x)), axis=1
                )
                for end in ends
            )
        if not self.bidirectional:
            return last
        half = self.recurrent_layers[-1].units
        return ops.concatenate([last[:, :half], first[:, half:]], axis=-1)

    def compute_output_shape(
        self, sequences_shape: Any, initial_state_shape: Any = None
    ) -> Any:
        batch, time = sequences_shape[:2]
        width = self._width(self.num_layers - 1)
        shape = (batch, time, width) if self.return_sequences else (batch, width)
        if not self.return_state:
            return shape
        return shape, [[(batch, n) for n in layer] for layer in self.state_size]

    def compute_mask(self, sequences: Any, mask: Any = None) -> Any:
        mask = mask if self.return_sequences else None
        if not self.return_state:
            return mask
        return mask, keras.tree.map_structure(lambda _: None, self.state_size)
