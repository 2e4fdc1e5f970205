"""SelectiveSSM and its scan against loops in NumPy, in float64."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import SelectiveSSM
from seqkit.layers import selective_scan as scan
from seqkit.testing.arrays import assert_close, gradients, right_padded_mask, to_numpy

B, D, E, N = 2, 4, 3, 2
RNG = np.random.default_rng(0)


def problem(length):
    """x, delta, a, b, c, state of a scan."""

    def draw(*shape):
        return RNG.standard_normal(shape)

    arrays = [
        draw(B, length, E),
        np.abs(draw(B, length, E)),
        -np.exp(draw(N, E)),
        draw(B, length, N),
        draw(B, length, N),
        draw(B, N, E),
    ]
    return [x.astype("float32") for x in arrays]


def loop(x, delta, a, b, c, state):
    """The recurrence, in float64, with its states `[B, T + 1, N, E]`."""
    x, delta, a, b, c, state = (v.astype("float64") for v in (x, delta, a, b, c, state))
    states, ys = [state], []
    for t in range(x.shape[1]):
        kept = np.exp(delta[:, t, None] * a) * states[-1]
        states.append(kept + b[:, t, :, None] * (delta * x)[:, t, None])
        ys.append((states[-1] * c[:, t, :, None]).sum(1))
    return np.stack(ys, 1), np.stack(states, 1)


def loop_gradients(arguments, d_y, d_end):
    """Of `loop`, backwards by hand, for y and the last state."""
    x, delta, a, b, c, state = (v.astype("float64") for v in arguments)
    _, states = loop(*arguments)
    d_x, d_delta, d_a, d_b, d_c = (np.zeros_like(v) for v in (x, delta, a, b, c))
    d_h = d_end.astype("float64")
    for t in reversed(range(x.shape[1])):
        d_c[:, t] = (states[:, t + 1] * d_y[:, t, None]).sum(-1)
        d_h = d_h + c[:, t, :, None] * d_y[:, t, None]
        ux = delta[:, t] * x[:, t]
        d_b[:, t] = (d_h * ux[:, None]).sum(-1)
        d_ux = (d_h * b[:, t, :, None]).sum(1)
        decay = np.exp(delta[:, t, None] * a)
        d_exponent = d_h * decay * states[:, t]
        d_x[:, t] = d_ux * delta[:, t]
        d_delta[:, t] = d_ux * x[:, t] + (d_exponent * a).sum(1)
        d_a += (d_exponent * delta[:, t, None]).sum(0)
        d_h = d_h * decay
    return d_x, d_delta, d_a, d_b, d_c, d_h


@keras.saving.register_keras_serializable(package="seqkit-tests")
class Scan(keras.layers.Layer):
    def call(self, x, delta, a, b, c, state):
        return scan.selective_scan(x, delta, a[0], b, c, state)


def scan_model(arrays, length):
    """The scan in a functional model, its `a` with an axis of one before it."""
    specs = [keras.Input((length, E)), keras.Input((length, E))]
    specs += [keras.Input(batch_shape=(1, N, E))]
    specs += [keras.Input((length, N)), keras.Input((length, N)), keras.Input((N, E))]
    return keras.Model(specs, list(Scan()(*specs)))


# One step, less than a group, several groups, and three chunks of several.
@pytest.mark.parametrize(
    "length, work",
    [(1, 1), (5, 1), (21, 1), (83, scan.WORK)],
    ids=lambda n: str(n),
)
def test_scan_and_its_gradient_equal_the_loop(length, work, monkeypatch):
    monkeypatch.setattr(scan, "WORK", work)
    arguments = problem(length)
    ys, states = loop(*arguments)
    data = [*arguments[:2], arguments[2][None], *arguments[3:]]
    model = scan_model(data, length)
    assert_close(
        [to_numpy(o) for o in model(data)],
        [ys.astype("float32"), states[:, -1].astype("float32")],
        1e-5,
    )
    weights = [
        np.random.default_rng(3).standard_normal(s.shape) for s in (ys, states[:, -1])
    ]
    want = list(loop_gradients(arguments, *weights))
    want[2] = want[2][None]
    got = gradients(model, data, inputs_too=True)
    assert_close(got, [w.astype("float32") for w in want], 1e-4)


def test_chunks_are_made_where_the_batch_is_small():
    inputs = ops.zeros((B, 83, 2 * (E + N)))
    assert scan._Chunks(inputs, ops.zeros((B, N, E))).count > 1
    assert scan._Chunks(inputs, ops.zeros((B, N, scan.WORK))).count == 1


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="other backends know all shapes"
)
@pytest.mark.parametrize(
    "jit_compile", [False, pytest.param(True, marks=pytest.mark.slow)]
)
def test_scan_where_the_lengths_are_unknown(jit_compile):
    import tensorflow as tf

    arguments = problem(83)

    def function(*arguments):
        with tf.GradientTape() as tape:
            tape.watch(arguments)
            y, state = scan.selective_scan(*arguments)
            loss = tf.reduce_sum(tf.square(y)) + tf.reduce_sum(state)
        return y, state, *tape.gradient(loss, arguments)

    shapes = [(None, None, E)] * 2 + [(N, E)] + [(None, None, N)] * 2 + [(None, N, E)]
    traced = tf.function(
        function, [tf.TensorSpec(shape) for shape in shapes], jit_compile=jit_compile
    )
    ys, states = loop(*arguments)
    want = loop_gradients(arguments, 2 * ys, np.ones_like(states[:, -1]))
    want = [w.astype("float32") for w in (ys, states[:, -1], *want)]
    assert_close(traced(*map(tf.constant, arguments)), want, 1e-4)
    if jit_compile:
        return  # another length is another compilation
    one = [x[:, :1] if x.shape[:2] == (B, 83) else x for x in arguments]
    assert_close(traced(*map(tf.constant, one))[0], ys[:, :1].astype("float32"), 1e-5)


def layer_and_inputs(length=21, **kwargs):
    layer = SelectiveSSM(state_dim=3, return_state=True, **kwargs)
    x = RNG.standard_normal((B, length, D)).astype("float32")
    layer(x[:, :1])
    for weight in layer.weights:
        weight.assign(weight + 0.3 * RNG.standard_normal(weight.shape))
    return layer, x


def reference(layer, x):
    """The block in NumPy, in float64, one step at a time."""
    names = ("input_kernel", "conv_kernel", "conv_bias", "parameter_kernel")
    names += ("dt_kernel", "dt_bias", "log_a", "skip", "output_kernel")
    w = {n: to_numpy(getattr(layer, n)).astype("float64") for n in names}

    def silu(v):
        return v / (1 + np.exp(-v))

    rank, size = w["dt_kernel"].shape[0], w["log_a"].shape[0]
    inner, gate = np.split(x.astype("float64") @ w["input_kernel"], 2, axis=-1)
    convolved = np.zeros_like(inner)
    for t in range(x.shape[1]):
        for i in range(layer.conv_width):
            behind = t - (layer.conv_width - 1 - i)
            if behind >= 0:
                convolved[:, t] += w["conv_kernel"][i] * inner[:, behind]
    u = silu(convolved + w["conv_bias"])
    parameters = u @ w["parameter_kernel"]
    dt, b, c = np.split(parameters, [rank, rank + size], axis=-1)
    delta = np.log1p(np.exp(dt @ w["dt_kernel"] + w["dt_bias"]))
    zeros = np.zeros((len(x), *w["log_a"].shape))
    y, states = loop(u, delta, -np.exp(w["log_a"]), b, c, zeros)
    outputs = ((y + w["skip"] * u) * silu(gate)) @ w["output_kernel"]
    return outputs.astype("float32"), inner, states.astype("float32")


@pytest.mark.parametrize(
    "kwargs", [{}, {"expansion": 3, "conv_width": 2, "dt_rank": 2}, {"conv_width": 1}]
)
def test_block_equals_the_equations_and_goes_on_in_steps(kwargs):
    layer, x = layer_and_inputs(**kwargs)
    want, inner, states = reference(layer, x)
    got, (window, h) = layer(x)
    assert_close([got, h], [want, states[:, -1]], 1e-4)
    last = inner[:, x.shape[1] + 1 - layer.conv_width :].astype("float32")
    assert_close([window], [last], 1e-5)
    # Streaming from the start, and the rest of a sequence from a state.
    state = layer.initial_state(B)
    for t in range(x.shape[1]):
        out, state = layer.step(ops.convert_to_tensor(x[:, t]), state)
        assert_close([out], [got[:, t]], 1e-5)
    assert_close(state, [window, h], 1e-5)
    first, state = layer(x[:, :2])
    rest, state = layer(x[:, 2:], initial_state=state)
    assert_close([first, rest, *state], [got[:, :2], got[:, 2:], window, h], 1e-5)


def test_the_state_is_that_of_the_last_kept_step():
    layer, x = layer_and_inputs(length=7)
    mask = right_padded_mask(B, 7)
    assert mask.sum(1).tolist() == [7, 1]
    got, state = layer(x, mask=mask)
    for row, length in enumerate(mask.sum(1)):
        want, want_state = layer(x[row : row + 1, :length])
        assert_close([got[row : row + 1, :length]], [want], 1e-5)
        assert_close([s[row : row + 1] for s in state], want_state, 1e-5)


def test_initial_weights_are_those_of_the_paper():
    layer = SelectiveSSM(state_dim=5, dt_min=0.01, dt_max=0.1)
    layer.build((None, None, 40))
    a = -np.exp(to_numpy(layer.log_a))
    np.testing.assert_allclose(a, np.repeat(-np.arange(1, 6), 80).reshape(5, 80), 1e-5)
    delta = np.log1p(np.exp(to_numpy(layer.dt_bias)))
    assert 0.0099 < delta.min() < 0.013 and 0.07 < delta.max() < 0.101
    assert layer.dt_kernel.shape == (3, 80)  # 40 / 16, rounded up
    assert (to_numpy(layer.skip) == 1).all()


def test_two_thousand_steps_stay_finite():
    layer = SelectiveSSM(state_dim=4)
    x = 10 * RNG.standard_normal((1, 2000, 2)).astype("float32")
    inputs = keras.Input((2000, 2))
    model = keras.Model(inputs, layer(inputs))
    layer.dt_bias.assign(np.linspace(-8, 8, layer.dt_bias.shape[0]))
    assert np.isfinite(to_numpy(model(x))).all()
    for g in gradients(model, [x], inputs_too=True):
        assert np.isfinite(g).all() and np.abs(g).max() > 0


def test_only_the_past_is_seen():
    layer, x = layer_and_inputs(length=9)
    changed = x.copy()
    changed[:, 5:] += 1
    first, second = layer(x)[0], layer(changed)[0]
    assert_close([first[:, :5]], [second[:, :5]], 1e-6)
    assert np.abs(to_numpy(first - second)[:, 5]).max() > 1e-3


@pytest.mark.parametrize(
    "kwargs, message",
    [
        ({"state_dim": 0}, "state_dim: expected a whole number of at least 1, found 0"),
        ({"dt_rank": "car"}, "dt_rank: .* or 'auto', found 'car'"),
        ({"dt_min": 1.0}, "0 < dt_min <= dt_max, found 1.0 and 0.1"),
    ],
)
def test_errors_name_the_argument(kwargs, message):
    with pytest.raises(SeqkitError, match=message):
        SelectiveSSM(**kwargs)
