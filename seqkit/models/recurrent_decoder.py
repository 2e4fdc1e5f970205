"""The recurrent decoder of every model, whole sequences or one step at a time."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.attention import Attention
from seqkit.layers.configured import Layer, no_mask
from seqkit.layers.dropout import Dropout
from seqkit.layers.loop import scan_steps
from seqkit.layers.projection import position_wise
from seqkit.layers.recurrent_stack import RecurrentStack


@keras.saving.register_keras_serializable(package="seqkit")
class RecurrentDecoder(Layer):
    """Recurrent layers with attention, whose initial states come from an encoder.

    With h the output of the last layer and c the context that attention finds for it,
    it returns `a = tanh(W [c; h] + b)` (Luong et al. 2015, arXiv:1508.04025, equation
    5), or without attention `tanh(W h + b)`. With `gate` c is first multiplied by
    `sigmoid(g · h + b_g)`, one number per step (Xu et al. 2015, arXiv:1502.03044,
    section 4.2.1). With `deep_output` the input x joins c and h (the same, equation 7).
    With `coverage` attention sees what it has attended to before, see `Attention`.
    """

    compute_mask = no_mask

    def __init__(
        self,
        units: int,
        cell: str = "lstm",
        num_layers: int = 1,
        attention: Any = "additive",
        input_feeding: bool = False,
        dropout: float = 0.0,
        gate: bool = False,
        deep_output: bool = False,
        implementation: str | int = "auto",
        coverage: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals(), but=("attention",))
        dtype = self.dtype_policy
        self.stack = RecurrentStack(
            units,
            num_layers,
            cell=cell,
            dropout=dropout,
            variational=False,
            return_sequences=True,
            return_state=True,
            implementation=self.implementation,
            name="stack",
            dtype=dtype,
        )
        self.attention = None
        if attention is not None:
            self.attention = Attention(
                units, score=attention, coverage=coverage, dtype=dtype
            )
        self.gate_projection = None
        if gate and attention is not None:
            self.gate_projection = keras.layers.Dense(
                1, activation="sigmoid", dtype=dtype
            )
        self.output_projection = keras.layers.Dense(
            units, activation="tanh", dtype=dtype
        )
        self.dropout_layer = Dropout(dropout, dtype=dtype)

    def build(self, input_shape: Any) -> None:
        width = input_shape[-1] + (self.units if self.input_feeding else 0)
        self.stack.build((None, None, width))
        width = self.units
        if self.attention is not None:
            self.attention.build((None, None, width), (None, None, width))
            width *= 2
        if self.gate_projection is not None:
            self.gate_projection.build((None, self.units))
        if self.deep_output:
            width += input_shape[-1]
        self.output_projection.build((None, width))
        self.built = True

    def prepare(self, memory: Any, mask: Any) -> Any:
        """What is computed once per memory `[B, S, D]`, with its mask `[B, S]`."""
        if self.attention is None:
            return {}
        return {"keys": self.attention.prepare(memory), "memory": memory, "mask": mask}

    def call(self, x: Any, states: Any, source: Any, training: bool = False) -> Any:
        rows, length = ops.shape(x)[:2]
        if self.input_feeding:
            source = keras.tree.map_structure(lambda s: for_rows(s, rows), source)
            return self._call_with_feeding(x, states, source, training)
        hidden, _ = self.stack(x, initial_state=states, training=training)
        if self.attention is None:
            return self._attend(hidden, x, source)
        if self.coverage:  # whose steps are those of one row
            source = keras.tree.map_structure(lambda s: for_rows(s, rows), source)
        # Rows that share a memory are queries to it, one after the other.
        memories, size = ops.shape(source["memory"])[:2]
        hidden, x = (ops.reshape(y, (memories, -1, y.shape[-1])) for y in (hidden, x))
        x, weights = self._attend(hidden, x, source)
        x = ops.reshape(x, (rows, length, self.units))
        return x, ops.reshape(weights, (rows, length, size))

    def initial_state(self, states: Any, num_beams: int, source: Any) -> Any:
        """The state of `step` before the first one, from the states of `call`."""

        def spread(state):
            return ops.repeat(state[:, None], num_beams, axis=1)

        state = {"layers": [[spread(s) for s in layer] for layer in states]}
        if self.input_feeding:
            state["fed"] = ops.zeros_like(state["layers"][0][0])
        if self.coverage:
            nothing = ops.zeros_like(source["mask"], dtype="float32")
            state["coverage"] = spread(nothing)
        return state

    def step(self, x: Any, state: Any, source: Any, drops: Any = ()) -> Any:
        """One step of K hypotheses: x `[B, K, D]`, with `drops` within the stack."""
        shape = (*ops.shape(x)[:2], self.units)
        read = x
        if self.input_feeding:
            read = ops.concatenate([x, state["fed"]], axis=-1)
        before = keras.tree.map_structure(_fold, state["layers"])
        hidden, after = self.stack.step(
            _fold(read), before, [_fold(drop) for drop in drops]
        )
        layers = keras.tree.map_structure(lambda s: ops.reshape(s, shape), after)
        coverage = state.get("coverage")
        x, weights = self._attend(ops.reshape(hidden, shape), x, source, coverage)
        state = {"layers": layers}
        if self.input_feeding:
            state["fed"] = x
        if coverage is not None:
            state["coverage"] = coverage + ops.cast(weights, "float32")
        return x, state, weights

    def _attend(self, hidden, x, source, coverage=None):
        """`a` and the weights, for hypotheses with a coverage or for steps in order."""
        parts, weights = [hidden], None
        if self.attention is not None:
            read = hidden, source["keys"], source["memory"], source["mask"]
            if coverage is None:
                context, weights = self.attention.attend_in_order(*read)
            else:
                context, weights = self.attention.attend(*read, coverage)
            if self.gate_projection is not None:
                context = context * position_wise(self.gate_projection, hidden)
            parts = [context, hidden]
        if self.deep_output:
            parts.append(x)
        joined = ops.concatenate(parts, axis=-1) if len(parts) > 1 else hidden
        return position_wise(self.output_projection, joined), weights

    def _call_with_feeding(self, x, states, source, training):
        inputs = [x]
        if training and self.dropout:
            # Drawn here, since no random state may change within the loop.
            ones = ops.ones_like(x)
            inputs += [self.dropout_layer(ones, training=True) for _ in states[1:]]
        state = self.initial_state(states, 1, source)

        def step(inputs, states):
            before = keras.tree.pack_sequence_as(state, [s[:, None] for s in states])
            x, *drops = ops.split(
                inputs[:, None], inputs.shape[-1] // self.units, axis=-1
            )
            x, after, weights = self.step(x, before, source, drops)
            if weights is not None:
                x = ops.concatenate([x, weights], axis=-1)
            return x[:, 0], [s[:, 0] for s in keras.tree.flatten(after)]

        outputs, _ = scan_steps(
            step,
            ops.concatenate(inputs, axis=-1),
            [s[:, 0] for s in keras.tree.flatten(state)],
        )
        if self.attention is None:
            return outputs, None
        # The slice has no static width if that of the weights is unknown.
        shape = (*ops.shape(outputs)[:2], self.units)
        hidden = ops.reshape(outputs[..., : self.units], shape)
        return hidden, outputs[..., self.units :]

    def get_config(self) -> dict[str, Any]:
        attention = self.attention and self.attention.get_config()["score"]
        return super().get_config() | {"attention": attention}


def for_rows(x: Any, rows: Any) -> Any:
    """Each row of a tensor `[N, ...]` `rows / N` times, in order."""
    sources, *sizes = ops.shape(x)
    x = ops.broadcast_to(x[:, None], (sources, rows // sources, *sizes))
    return ops.reshape(x, (rows, *sizes))


def _fold(x):
    """`[B, K, D]` to `[B K, D]`."""
    return ops.reshape(x, (-1, x.shape[-1]))
