"""Recurrences for TensorFlow, with gradients written by hand.

Each step saves its activations, and all that does not depend on the step after is
computed at once: the recurrent kernel's gradient is one product, [H, T*B] by [T*B, G].

B rows, T steps, H units, G = gates times H; time comes first. A masked step carries the
states on. Gates and states are in float32 at least, products in the dtype of
`projected` [T, B, G]. No other module of the layers imports TensorFlow.
"""

from typing import Any

import tensorflow as tf

from seqkit.errors import SeqkitError


class FusedSimpleRNN:
    """h = a(x + h U), for an activation whose slope follows from its value."""

    num_saved = 0  # tensors [B, H] that a step saves for `prepare`
    num_gradients = 1  # tensors [B, G] that a step back returns
    ACTIVATIONS = {
        "tanh": (tf.tanh, lambda y: 1 - y * y),
        "relu": (tf.nn.relu, lambda y: tf.cast(y > 0, y.dtype)),
        "linear": (tf.identity, tf.ones_like),
    }

    def __init__(self, activation: Any = "tanh"):
        self.activation, self.slope = self.ACTIVATIONS[activation]

    def step(self, x: Any, recurrent: Any, states: Any) -> Any:
        """One step: new states, and what `prepare` needs of it later."""
        return (self.activation(x + recurrent),), ()

    def prepare(self, states: Any, previous: Any, saved: Any, mask: Any) -> Any:
        """The factors of every step's gradient, [T, B, H] each, computed at once."""
        slope = self.slope(states[0])
        return (slope,) if mask is None else (_keep(mask, slope), _held(mask, slope))

    def back(self, factors: Any, d_states: Any) -> Any:
        """One step back: d(h U), the states' gradients around it, d(x) if other."""
        (dh,), (slope, *held) = d_states, factors
        return dh * slope, (dh * held[0] if held else None,), ()


class FusedLSTM:
    """i, f, o = sigmoid, g = tanh of x + h U; c = f c + i g; h = o tanh(c)."""

    num_saved = 4
    num_gradients = 1

    def step(self, x: Any, recurrent: Any, states: Any) -> Any:
        i, f, g, o = tf.split(x + recurrent, 4, axis=1)
        i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
        c = f * states[1] + i * g
        return (o * tf.tanh(c), c), (i, f, g, o)

    def prepare(self, states: Any, previous: Any, saved: Any, mask: Any) -> Any:
        i, f, g, o = saved
        tanh_c = tf.tanh(states[1])
        factors = (  # dc times these is d(i), d(f), d(g); dh times these d(o), d(c)
            g * i * (1 - i),
            previous[1] * f * (1 - f),
            i * (1 - g * g),
            tanh_c * o * (1 - o),
            o * (1 - tanh_c * tanh_c),
        )
        if mask is None:
            return *factors, f
        kept = (_keep(mask, factor) for factor in factors)
        return *kept, _keep(mask, f, 1), _held(mask, f)

    def back(self, factors: Any, d_states: Any) -> Any:
        (dh, dc), (to_i, to_f, to_g, to_o, to_c, f, *held) = d_states, factors
        dc += dh * to_c
        dz = tf.concat([dc * to_i, dc * to_f, dc * to_g, dh * to_o], axis=1)
        return dz, (dh * held[0] if held else None, dc * f), ()


class FusedGRU:
    """z, r = sigmoid(x + h U); g = tanh(x + r (h U + b)); h = z h + (1 - z) g."""

    num_saved = 4
    num_gradients = 2

    def step(self, x: Any, recurrent: Any, states: Any) -> Any:
        x_z, x_r, x_g = tf.split(x, 3, axis=1)
        u_z, u_r, u_g = tf.split(recurrent, 3, axis=1)
        z, r = tf.sigmoid(x_z + u_z), tf.sigmoid(x_r + u_r)
        g = tf.tanh(x_g + r * u_g)
        return (g + z * (states[0] - g),), (z, r, g, u_g)

    def prepare(self, states: Any, previous: Any, saved: Any, mask: Any) -> Any:
        z, r, g, u_g = saved
        to_g = (1 - z) * (1 - g * g)
        factors = (
            (previous[0] - g) * z * (1 - z),
            to_g * u_g * r * (1 - r),
            to_g * r,
            to_g,
        )
        if mask is None:
            return *factors, z
        return *(_keep(mask, factor) for factor in factors), _keep(mask, z, 1)

    def back(self, factors: Any, d_states: Any) -> Any:
        (dh,), (to_z, to_r, to_u, to_g, z) = d_states, factors
        d_z, d_r = dh * to_z, dh * to_r
        dz = tf.concat([d_z, d_r, dh * to_u], axis=1)
        return dz, (dh * z,), (tf.concat([d_z, d_r, dh * to_g], axis=1),)


def recurrence(
    equations: Any,
    projected: Any,
    recurrent_kernel: Any,
    bias: Any,
    states: Any,
    mask: Any,
    outputs: bool = True,
    save: bool = True,
) -> Any:
    """Runs the equations of a layer, one of the classes above, over all steps.

    `mask` is `[T, B]`. Returns the state h of every step, `[T, B, H]` (`None` without
    `outputs`), and the last states, in float32 at least. At masked steps h is the one
    before. Without `save` the gradient runs the recurrence once more.
    """
    dtype = projected.dtype
    work = dtype if dtype in (tf.float32, tf.float64) else tf.float32
    # A CPU has products in bfloat16, if any of fewer bits.
    product_dtype = work if dtype == tf.float16 else dtype
    if mask is not None:
        mask = mask[:, :, None]

    def multiply(a, b, **transposed):
        a, b = tf.cast(a, product_dtype), tf.cast(b, product_dtype)
        return tf.cast(tf.matmul(a, b, **transposed), work)

    def forward(x, matrix, bias, initial, collect, num_collected):
        def step(t, states):
            product = multiply(states[0], matrix)
            if bias is not None:
                product += bias
            new, saved = equations.step(x[t], product, states)
            if mask is not None:
                new = tuple(
                    tf.where(mask[t], *pair) for pair in zip(new, states, strict=True)
                )
            return new, collect(new, saved)

        return _loop(step, initial, tf.shape(x)[0], [initial[0].shape] * num_collected)

    def backward(x, matrix, bias, initial, kept, d_outputs, d_last):
        states, saved = kept[: len(initial)], kept[len(initial) :]
        previous = tuple(
            tf.concat([first[None], every[:-1]], axis=0)
            for first, every in zip(initial, states, strict=True)
        )
        factors = equations.prepare(states, previous, saved, mask)
        transposed = tf.transpose(matrix)  # once: `transpose_b` does it every step

        def step(t, d_states):
            dh, *others = d_states
            if d_outputs is not None:
                dh += d_outputs[t]
            dz, around, dx = equations.back([f[t] for f in factors], (dh, *others))
            dh = multiply(dz, transposed)
            if around[0] is not None:
                dh += around[0]
            return (dh, *around[1:]), (dz, *dx)

        shapes = [x.shape[1:]] * equations.num_gradients
        d_initial, (dz, *dx) = _loop(step, d_last, tf.shape(x)[0], shapes, True)
        flat_h = tf.reshape(previous[0], [-1, matrix.shape[0]])
        flat_dz = tf.reshape(dz, [-1, matrix.shape[1]])
        d_matrix = tf.cast(multiply(flat_h, flat_dz, transpose_a=True), matrix.dtype)
        d_bias = [] if bias is None else [tf.reduce_sum(flat_dz, 0)]
        return dx[0] if dx else dz, d_matrix, *d_bias, *d_initial

    @tf.custom_gradient
    def run(x, matrix, *rest):
        bias, initial = (None, rest) if first_state == 0 else (rest[0], rest[1:])
        arguments = x, matrix, bias, initial
        everything = lambda new, saved: (*new, *saved)  # noqa: E731
        only_h = lambda new, saved: new[:1] if outputs else ()  # noqa: E731
        num_kept = len(initial) + equations.num_saved
        if save:
            last, kept = forward(*arguments, everything, num_kept)
        else:
            last, kept = forward(*arguments, only_h, int(outputs))

        def gradient(*d_results):
            @tf.custom_gradient
            def first_order(*_):
                every = kept if save else forward(*arguments, everything, num_kept)[1]
                d_outputs = d_results[0] if outputs else None
                d_last = d_results[int(outputs) :]
                return backward(*arguments, every, d_outputs, d_last), _no_gradient

            # Given what it depends on, so that a second derivative is refused.
            return first_order(x, matrix, *rest, *d_results)

        return (*kept[: int(outputs)], *last), gradient

    first_state = 0 if bias is None else 1
    rest = states if bias is None else (bias, *states)
    results = run(
        tf.cast(projected, work),
        tf.cast(recurrent_kernel, product_dtype),
        *(tf.cast(value, work) for value in rest),
    )
    return (results[0] if outputs else None), results[int(outputs) :]


def _loop(step, states, length, shapes, backwards=False):
    """Runs `step(t, states) -> states, collected`; stacks what was collected."""
    arrays = tuple(
        tf.TensorArray(states[0].dtype, length, element_shape=shape) for shape in shapes
    )

    def body(n, states, arrays):
        t = length - 1 - n if backwards else n
        states, collected = step(t, states)
        arrays = [a.write(t, c) for a, c in zip(arrays, collected, strict=True)]
        return n + 1, tuple(states), tuple(arrays)

    _, states, arrays = tf.while_loop(
        lambda n, *_: n < length,
        body,
        (tf.constant(0), tuple(states), arrays),
        maximum_iterations=length,
    )
    return states, tuple(array.stack() for array in arrays)


def _no_gradient(*_):
    raise SeqkitError(
        "the fused recurrence has no second derivative. "
        "Build the layer with implementation='loop'"
    )


def _keep(mask, value, otherwise=0):
    return tf.where(mask, value, tf.cast(otherwise, value.dtype))


def _held(mask, like):
    return tf.cast(tf.logical_not(mask), like.dtype)
