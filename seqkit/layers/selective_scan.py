"""The recurrence of a selective state space model over all steps at once."""

import math
from typing import Any

import numpy as np
from keras import ops

from seqkit.layers.loop import scan_steps

# Steps written out in the body of a loop. Only the state before each such group is
# kept for the gradient, which computes the states in between again.
GROUP = 8
# Rows are cut into chunks that run side by side until so many numbers of the state
# are worked on at once: 1 MiB, what the cache of a core holds. Beyond that, chunks
# would cost a second pass and gain nothing.
WORK = 2**18


def selective_scan(x: Any, delta: Any, a: Any, b: Any, c: Any, state: Any) -> Any:
    """`h_t = exp(δ_t a) h_{t-1} + δ_t x_t b_t`, `y_t = Σ_n c_tn h_tn`, for all t.

    Gu and Dao 2023, arXiv:2312.00752, equations 2 and 4 (algorithm 2, lines 5 and 6).
    All chunks of all rows run from zero, a loop over their ends finds where each should
    have begun, and all run once more. The gradient, first derivatives only, keeps the
    state of one step in `GROUP`. All is float32: x and δ `[B, T, E]`, a `[N, E]`
    negative, b and c `[B, T, N]`, `state` `[B, N, E]`. Returns y and the state after.
    """
    packed = _scan(ops.concatenate([delta * x, delta, b, c], axis=-1), a, state)
    length = ops.shape(x)[1]
    # Both in one tensor: a custom gradient has one output on some backends.
    return packed[:, :length], ops.reshape(packed[:, length:], ops.shape(state))


def step(x: Any, delta: Any, a: Any, b: Any, c: Any, state: Any) -> Any:
    """One step of `selective_scan`: the same tensors without the axis of time."""
    state = _next(state, _decay(delta, a), delta * x, b)
    return _read(state, c), state


@ops.custom_gradient
def _scan(inputs, a, state):
    size, width = a.shape
    chunks = _Chunks(inputs, state)
    rows = chunks.fold(inputs)
    starts = state
    if chunks.several:
        decays = chunks.whole_decays(rows, a)
        ends = scan_steps(_end_of_chunk(a), rows, [chunks.zeros()])[1][0]
        starts = chunks.chain(state, decays, ends)
    kept, (ends,) = scan_steps(_advance(a), rows, [starts])
    # Of each group its y, then the state before it.
    y = chunks.unfold(kept[..., : GROUP * width], width)
    kept = kept[..., GROUP * width :]
    packed = ops.concatenate([y, chunks.split(ends)[:, -1]], axis=1)

    def gradient(*arguments, upstream=None):
        if upstream is None:
            (upstream,) = arguments
        d_y, d_end = upstream[:, : chunks.length], upstream[:, chunks.length :]
        folded = [rows, chunks.fold(d_y), kept]
        folded = ops.flip(ops.concatenate(folded, axis=-1), axis=1)
        d_ends = d_end
        if chunks.several:
            d_starts = scan_steps(_start_of_chunk(a), folded, [chunks.zeros()])[1][0]
            d_ends = chunks.chain(d_end, decays, d_starts, backwards=True)
        d_rows, (d_starts, d_a) = scan_steps(
            _retreat(a), folded, [d_ends, ops.zeros_like(d_ends)]
        )
        d_inputs = chunks.unfold(ops.flip(d_rows, axis=1), inputs.shape[-1])
        return d_inputs, ops.sum(d_a, axis=0), chunks.split(d_starts)[:, 0]

    return packed, gradient


class _Chunks:
    """How `[B, T, F]` is cut into chunks, and their states `[B·C, N, E]`."""

    def __init__(self, inputs, state):
        self.batch_size, self.length = ops.shape(inputs)[:2]
        self.state_shape = tuple(state.shape[1:])
        self.size = math.prod(self.state_shape)
        groups = (self.length + GROUP - 1) // GROUP
        work = self.batch_size * self.size
        unknown = [n for n in (self.batch_size, self.length) if not isinstance(n, int)]
        # More chunks than the root, and their ends would take the longest.
        if not unknown:
            self.count = max(1, min(WORK // work, math.isqrt(groups)))
        elif all(ops.is_tensor(n) for n in unknown):
            root = ops.cast(ops.sqrt(ops.cast(groups, "float32")), "int32")
            self.count = ops.maximum(1, ops.minimum(WORK // work, root))
        else:
            self.count = 1  # JAX traces with symbols for sizes
        self.several = not isinstance(self.count, int) or self.count > 1
        self.groups = (groups + self.count - 1) // self.count
        self.padded = self.count * self.groups * GROUP

    def fold(self, x):
        """`[B, T, F]` to `[B·C, groups, GROUP·F]`, padded with zeros."""
        width, missing = x.shape[-1], self.padded - self.length
        if not (isinstance(missing, int) and missing == 0):
            padding = ops.zeros((self.batch_size, missing, width), x.dtype)
            x = ops.concatenate([x, padding], axis=1)
        shape = (self.batch_size * self.count, self.groups, GROUP * width)
        return ops.reshape(x, shape)

    def unfold(self, rows, width):
        x = ops.reshape(rows, (self.batch_size, self.padded, width))
        return x[:, : self.length]

    def split(self, states):
        """`[B·C, N, E]` to `[B, C, N, E]`."""
        return ops.reshape(states, (self.batch_size, self.count, *self.state_shape))

    def zeros(self):
        return ops.zeros((self.batch_size * self.count, *self.state_shape), "float32")

    def whole_decays(self, rows, a):
        """What is left of a state at the end of its chunk: `[B·C, N, E]`."""
        size, width = self.state_shape
        x = ops.reshape(rows, (self.batch_size * self.count, -1, 2 * (size + width)))
        return _decay(ops.sum(x[..., width : 2 * width], axis=1), a)

    def chain(self, first, decays, ends, backwards=False):
        """Where each chunk begins, of the ends of chunks that began with zeros."""
        # Backwards, the same of gradients, from the last chunk to the first.

        def flat(x):
            x = ops.reshape(x, (self.batch_size, self.count, self.size))
            return ops.flip(x, axis=1) if backwards else x

        first = ops.reshape(first, (self.batch_size, 1, self.size))
        ends = ops.concatenate([first, flat(ends)[:, :-1]], axis=1)
        decays = ops.concatenate([ops.ones_like(first), flat(decays)[:, :-1]], axis=1)

        def step(inputs, states):
            decay, end = ops.split(inputs, 2, axis=-1)
            state = decay * states[0] + end
            return state, [state]

        inputs = ops.concatenate([decays, ends], axis=-1)
        starts, _ = scan_steps(step, inputs, [ops.zeros_like(first[:, 0])])
        starts = ops.flip(starts, axis=1) if backwards else starts
        return ops.reshape(starts, (-1, *self.state_shape))


# Bodies of the loops: `(inputs [B, F], states) -> (outputs [B, G], states)`.


def _advance(a):
    """Outputs: each y of the group, then the state before it."""

    def body(inputs, states):
        (state,) = states
        before, outputs = ops.reshape(state, (-1, math.prod(a.shape))), []
        for ux, delta, b, c in _steps(inputs, a):
            state = _next(state, _decay(delta, a), ux, b)
            outputs.append(_read(state, c))
        return ops.concatenate([*outputs, before], axis=-1), [state]

    return body


def _end_of_chunk(a):
    def body(inputs, states):
        (state,) = states
        for ux, delta, b, _ in _steps(inputs, a):
            state = _next(state, _decay(delta, a), ux, b)
        return state[:, 0, :1], [state]

    return body


def _start_of_chunk(a):
    """The gradient that reaches the start of a chunk from its own outputs."""

    def body(inputs, states):
        (d_state,) = states
        steps, d_ys, _ = _with_gradients(inputs, a)
        for (_, delta, _, c), d_y in zip(steps[::-1], d_ys[::-1], strict=True):
            d_state = (d_state + _outer(c, d_y)) * _decay(delta, a)
        return d_state[:, 0, :1], [d_state]

    return body


def _retreat(a):
    """Outputs: the gradients of `_steps`, in their order."""

    def body(inputs, states):
        d_state, d_a = states
        steps, d_ys, state = _with_gradients(inputs, a)
        history = []
        for (ux, delta, b, _), d_y in zip(steps, d_ys, strict=True):
            decay, before = _decay(delta, a), state
            state = _next(state, decay, ux, b)
            history.append((decay, before, _inner(state, d_y)))
        outputs = []
        for (ux, delta, b, c), d_y, (decay, before, d_c) in zip(
            steps[::-1], d_ys[::-1], history[::-1], strict=True
        ):
            d_state = d_state + _outer(c, d_y)
            d_ux, d_b = _read(d_state, b), _inner(d_state, ux)
            d_state = d_state * decay
            d_exponent = d_state * before  # of exp(δ a)
            d_a = d_a + d_exponent * delta[:, None]
            d_delta = ops.sum(d_exponent * a, axis=1)
            outputs = [d_ux, d_delta, d_b, d_c, *outputs]
        return ops.concatenate(outputs, axis=-1), [d_state, d_a]

    return body


def _steps(inputs, a):
    """δx `[B, E]`, δ `[B, E]`, b `[B, N]` and c `[B, N]` of each step of a group."""
    size, width = a.shape
    inputs = ops.reshape(inputs, (-1, GROUP, 2 * (size + width)))
    return [cut(inputs[:, i], width, width, size, size) for i in range(GROUP)]


def _with_gradients(inputs, a):
    """The steps, the gradient of each y, and the state before the group."""
    size, width = a.shape
    steps, d_y, state = cut(
        inputs, GROUP * 2 * (size + width), GROUP * width, size * width
    )
    d_ys = ops.split(d_y, GROUP, axis=-1)
    return _steps(steps, a), d_ys, ops.reshape(state, (-1, size, width))


def cut(x: Any, *sizes: Any) -> Any:
    """The last axis in pieces, as `ops.split`, which makes many more operations."""
    ends = np.cumsum(sizes).tolist()
    return [x[..., end - n : end] for n, end in zip(sizes, ends, strict=True)]


def _decay(delta, a):
    return ops.exp(delta[:, None] * a)


def _next(state, decay, ux, b):
    return decay * state + _outer(b, ux)


def _read(state, c):
    """`Σ_n c_n h_ne`, `[B, E]`."""
    return ops.matmul(c[:, None], state)[:, 0]


def _inner(state, x):
    """`Σ_e h_ne x_e`, `[B, N]`."""
    return ops.matmul(state, x[..., None])[..., 0]


def _outer(b, x):
    return b[..., None] * x[:, None]
