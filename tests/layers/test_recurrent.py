"""SimpleRNN, LSTM and GRU against Keras's layers and against NumPy."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.gru import GRU
from seqkit.layers.lstm import LSTM
from seqkit.layers.recurrent import without_cudnn
from seqkit.layers.simple_rnn import SimpleRNN
from seqkit.testing.arrays import assert_close, gradients, right_padded_mask

ON_TENSORFLOW = keras.backend.backend() == "tensorflow"
tensorflow_only = pytest.mark.skipif(
    not ON_TENSORFLOW, reason="fused runs on TensorFlow"
)

PAIRS = {
    "SimpleRNN": (SimpleRNN, keras.layers.SimpleRNN),
    "LSTM": (LSTM, keras.layers.LSTM),
    "GRU": (GRU, keras.layers.GRU),
}
# Those that run without a GPU.
IMPLEMENTATIONS = ["loop"] if keras.backend.backend() == "jax" else ["loop", "fused"]
B, T, D, H = 4, 6, 5, 3
LAYERS = pytest.mark.parametrize("name", PAIRS)
EACH_IMPLEMENTATION = pytest.mark.parametrize("implementation", IMPLEMENTATIONS)


def gpus():
    """Whether the backend has a GPU."""
    backend = keras.backend.backend()
    if backend == "torch":
        import torch

        return torch.cuda.is_available()
    return any("gpu" in name.lower() for name in keras.distribution.list_devices())


def rng():
    return np.random.default_rng(0)


def randomise(layer):
    """Weights with nothing at zero, so that no bias hides."""
    values = [0.5 * rng().standard_normal(w.shape) for w in layer.get_weights()]
    layer.set_weights(values)


def num_states(name):
    return 2 if name == "LSTM" else 1


def inputs(name, with_state, length=T):
    x = rng().standard_normal((B, length, D)).astype("float32")
    states = rng().standard_normal((num_states(name), B, H)).astype("float32")
    return [x, *states] if with_state else [x]


def model_of(layer, data, mask=None):
    """A model of the layer whose inputs are `data`, and whose mask is fixed."""
    symbols = [keras.Input(batch_shape=a.shape) for a in data]
    states = {"initial_state": symbols[1:]} if len(symbols) > 1 else {}
    if mask is not None:
        symbols.append(keras.Input(batch_shape=mask.shape, dtype="bool"))
        states["mask"] = symbols[-1]
    return keras.Model(one(symbols), keras.tree.flatten(layer(symbols[0], **states)))


MASKS = {
    "no mask": None,
    "right-padded": right_padded_mask(B, T),
    "with holes": rng().random((B, T)) < 0.6,
}


@LAYERS
@EACH_IMPLEMENTATION
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize(
    "with_state, options",
    [
        (False, {}),
        (True, {"return_sequences": True}),
        (True, {"return_sequences": True, "return_state": True, "go_backwards": True}),
        (False, {"return_sequences": True, "zero_output_for_mask": True,
                 "use_bias": False}),
    ],
    ids=["last", "sequences", "backwards", "zeroed"],
)  # fmt: skip
def test_equals_keras(name, implementation, with_state, mask, options):
    ours_cls, keras_cls = PAIRS[name]
    mask = MASKS[mask]
    if not ON_TENSORFLOW and mask is not None and with_state:
        pytest.skip("on JAX, Keras gives the initial state before a row's first step")
    data = inputs(name, with_state)
    extra = [] if mask is None else [mask]
    ours, theirs = (
        ours_cls(H, implementation=implementation, **options),
        keras_cls(H, **options),
    )
    models = [model_of(layer, data, mask) for layer in (ours, theirs)]
    randomise(theirs)
    ours.set_weights(theirs.get_weights())
    assert_close(
        *(keras.tree.flatten(m(one(data + extra))) for m in models), tolerance=1e-5
    )
    assert ours.implementation_in_use == implementation
    assert_close(
        *(gradients(m, data + extra, inputs_too=True) for m in models), tolerance=2e-5
    )


def one(values):
    return values[0] if len(values) == 1 else values


@LAYERS
@EACH_IMPLEMENTATION
def test_gradient_without_saved_activations(name, implementation):
    """training=False saves nothing; the gradient is the same."""
    ours_cls, _ = PAIRS[name]
    layer = ours_cls(H, implementation=implementation, return_sequences=True)
    data = inputs(name, True)
    model = model_of(layer, data, MASKS["right-padded"])
    arrays = data + [MASKS["right-padded"]]
    expected = gradients(model, arrays, inputs_too=True)
    assert_close(
        gradients(model, arrays, inputs_too=True, training=False), expected, 1e-6
    )


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def simple_rnn_reference(x, states, kernel, recurrent, bias):
    (h,) = states
    return [np.tanh(x @ kernel + h @ recurrent + bias)]


def lstm_reference(x, states, kernel, recurrent, bias):
    h, c = states
    i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return [sigmoid(o) * np.tanh(c), c]


def gru_reference(x, states, kernel, recurrent, bias):
    (h,) = states
    x_z, x_r, x_h = np.split(x @ kernel + bias[0], 3, axis=-1)
    h_z, h_r, h_h = np.split(h @ recurrent + bias[1], 3, axis=-1)
    z = sigmoid(x_z + h_z)
    return [z * h + (1 - z) * np.tanh(x_h + sigmoid(x_r + h_r) * h_h)]


REFERENCES = {
    "SimpleRNN": simple_rnn_reference,
    "LSTM": lstm_reference,
    "GRU": gru_reference,
}


def run_reference(name, x, states, weights, mask=None):
    """The equations in float64: outputs [B, T, H] and the last states."""
    weights = [w.astype("float64") for w in weights]
    states, outputs = [s.astype("float64") for s in states], []
    for t in range(x.shape[1]):
        new = REFERENCES[name](x[:, t].astype("float64"), states, *weights)
        if mask is not None:
            new = [
                np.where(mask[:, t, None], n, s)
                for n, s in zip(new, states, strict=True)
            ]
        states = new
        outputs.append(states[0])
    return np.stack(outputs, axis=1), states


@LAYERS
@EACH_IMPLEMENTATION
def test_equals_the_equations(name, implementation):
    layer = PAIRS[name][0](
        H, implementation=implementation, return_sequences=True, return_state=True
    )
    x, *states = inputs(name, True)
    mask = MASKS["right-padded"]
    layer.build(x.shape)
    randomise(layer)
    expected, expected_states = run_reference(
        name, x, states, layer.get_weights(), mask
    )
    outputs, *got = layer(x, initial_state=list(map(ops.convert_to_tensor, states)),
                          mask=ops.convert_to_tensor(mask))  # fmt: skip
    assert_close([outputs, *got], [expected, *expected_states], 1e-5)


@LAYERS
@EACH_IMPLEMENTATION
def test_gradient_equals_finite_differences(name, implementation):
    """The gradient of the sum of all outputs, by central differences in float64."""
    layer = PAIRS[name][0](H, implementation=implementation, return_sequences=True)
    (x,) = inputs(name, False)
    model = model_of(layer, [x])
    randomise(layer)
    weights = [w.astype("float64") for w in layer.get_weights()]
    cotangent = np.random.default_rng(3).standard_normal((B, T, H))  # as `gradients`
    zeros = [np.zeros((B, H))] * num_states(name)

    def loss():
        return np.sum(run_reference(name, x, zeros, weights)[0] * cotangent)

    for weight, got in zip(weights, gradients(model, [x]), strict=True):
        for _ in range(5):
            index, size = tuple(rng().integers(weight.shape)), 1e-6
            weight[index] += size
            above = loss()
            weight[index] -= 2 * size
            below = loss()
            weight[index] += size
            np.testing.assert_allclose(
                got[index], (above - below) / (2 * size), rtol=1e-3, atol=1e-4
            )


@LAYERS
@EACH_IMPLEMENTATION
def test_step_by_step_equals_the_whole_sequence(name, implementation):
    layer = PAIRS[name][0](H, implementation=implementation, return_sequences=True)
    x, *states = inputs(name, True)
    states = [ops.convert_to_tensor(s) for s in states]
    whole = layer(x, initial_state=states)
    for t in range(T):
        output, states = layer.cell(ops.convert_to_tensor(x[:, t]), states)
        assert_close([output], [whole[:, t]], 1e-5)


@LAYERS
@EACH_IMPLEMENTATION
def test_stateful_equals_keras(name, implementation):
    ours_cls, keras_cls = PAIRS[name]
    options = {"return_sequences": True, "return_state": True, "stateful": True}
    ours, theirs = (
        ours_cls(H, implementation=implementation, **options),
        keras_cls(H, **options),
    )
    (x,) = inputs(name, False)
    for layer in (ours, theirs):
        layer.build(x.shape)
    randomise(theirs)
    ours.set_weights(theirs.get_weights())
    for _ in range(2):
        assert_close(ours(x), theirs(x), 1e-5)
    first = ours(x)
    ours.reset_state()
    theirs.reset_state()
    assert_close(ours(x), theirs(x), 1e-5)
    assert np.abs(ops.convert_to_numpy(first[0] - ours(x)[0])).max() > 0


@LAYERS
@EACH_IMPLEMENTATION
def test_two_halves_equal_the_whole(name, implementation):
    layer = PAIRS[name][0](
        H, implementation=implementation, return_sequences=True, return_state=True
    )
    (x,) = inputs(name, False)
    whole, *states = layer(x)
    first, *middle = layer(x[:, :2])
    second, *last = layer(x[:, 2:], initial_state=middle)
    assert_close([ops.concatenate([first, second], axis=1)], [whole], 1e-5)
    assert_close(last, states, 1e-5)


@LAYERS
@EACH_IMPLEMENTATION
def test_a_long_sequence_is_finite(name, implementation):
    layer = PAIRS[name][0](H, implementation=implementation)
    x = rng().standard_normal((B, 2000, D)).astype("float32")
    mask = right_padded_mask(B, 2000)
    model = keras.Sequential([keras.Input((None, D)), keras.layers.Masking(), layer])
    x *= mask[..., None]  # Masking leaves out rows of zeros
    model.compile("sgd", "mse", jit_compile=False)
    history = model.fit(x, np.ones((B, H)), verbose=0, batch_size=B)
    assert np.isfinite(history.history["loss"]).all()
    assert all(np.isfinite(w).all() for w in model.get_weights())


@LAYERS
@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16"])
@EACH_IMPLEMENTATION
def test_half_precision_is_near(name, dtype, implementation):
    cls = PAIRS[name][0]
    data = inputs(name, True) + [MASKS["right-padded"]]
    results = []
    for policy in ("float32", dtype):
        layer = cls(
            H, implementation=implementation, return_sequences=True, dtype=policy
        )
        model = model_of(layer, data[:-1], data[-1])
        randomise(layer)
        results.append(gradients(model, data, inputs_too=True))
    for half, full in zip(*results, strict=True):
        assert np.abs(half - full).max() < 0.05 * np.abs(full).max()


@tensorflow_only
@pytest.mark.parametrize("activation", ["tanh", "relu", "linear"])
def test_activations_of_the_fused_simple_rnn(activation):
    (x,) = inputs("SimpleRNN", False)
    results = []
    for implementation in IMPLEMENTATIONS:
        layer = SimpleRNN(
            H, activation, implementation=implementation, return_sequences=True
        )
        model = model_of(layer, [x])
        randomise(layer)
        results.append(gradients(model, [x], inputs_too=True))
    assert_close(*results, tolerance=1e-5)


@pytest.mark.parametrize(
    "cls, options",
    [
        (LSTM, {"activation": "relu"}),
        (LSTM, {"recurrent_dropout": 0.5}),
        (LSTM, {"implementation": 1}),
        (LSTM, {"unroll": True}),
        (GRU, {"reset_after": False}),
        (GRU, {"recurrent_dropout": 0.5}),
        (SimpleRNN, {"activation": "sigmoid"}),
        (SimpleRNN, {"recurrent_dropout": 0.5}),
    ],
)
def test_what_fused_cannot_do_takes_the_loop(cls, options):
    name = cls.__name__
    (x,) = inputs(name, False)
    ours = cls(H, return_sequences=True, **options)
    theirs = PAIRS[name][1](H, return_sequences=True, **options)
    theirs.build(x.shape)
    randomise(theirs)
    ours.build(x.shape)
    ours.set_weights(theirs.get_weights())
    assert_close([ours(x)], [theirs(x)], 1e-5)
    assert ours.implementation_in_use == "loop"
    if "implementation" not in options:
        with pytest.raises(SeqkitError, match="cannot run here"):
            cls(H, implementation="fused", **options)(x)


@tensorflow_only
def test_fused_refuses_second_derivatives():
    import tensorflow as tf

    layer = LSTM(H, implementation="fused")
    (x,) = inputs("LSTM", False)
    x = tf.constant(x)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            loss = tf.reduce_sum(layer(x))
        slope = tf.reduce_sum(inner.gradient(loss, x) ** 2)
    with pytest.raises(SeqkitError, match="implementation='loop'"):
        outer.gradient(slope, x)


@tensorflow_only
def test_a_saved_model_answers_alike_for_any_shape(tmp_path):
    import tensorflow as tf

    layers = [cls(H, return_sequences=True) for cls, _ in PAIRS.values()]
    model = keras.Sequential([keras.Input((None, D)), *layers])
    with without_cudnn(model):
        model.export(tmp_path, verbose=False)
    loaded = tf.saved_model.load(str(tmp_path))
    for shape in [(B, T, D), (2, 11, D)]:
        x = rng().standard_normal(shape).astype("float32")
        assert_close([loaded.serve(x)], [model(x)], 1e-6)
    assert b"CudnnRNN" not in (tmp_path / "saved_model.pb").read_bytes()


@LAYERS
def test_input_dropout_drops_the_same_entries_at_every_step(name):
    layer = PAIRS[name][0](H, dropout=0.5, seed=1, return_sequences=True)
    x = np.ones((1, T, 64), "float32")
    keras.utils.set_random_seed(1)
    results = [ops.convert_to_numpy(layer(x, training=t)) for t in (True, True, False)]
    assert np.abs(results[0] - results[1]).max() > 0
    assert np.abs(results[0] - results[2]).max() > 0
    dropped = gradients(model_of(layer, [x]), [x], inputs_too=True)[-1]
    rows = np.all(dropped == 0, axis=1)
    assert np.array_equal(rows, np.any(dropped == 0, axis=1)) and rows.any()


def test_wrong_implementations_are_refused():
    with pytest.raises(SeqkitError, match="implementation to be one of"):
        LSTM(2, implementation="fast")
    with pytest.raises(SeqkitError, match="contradicts"):
        LSTM(2, implementation="cudnn", use_cudnn=False)
    with pytest.raises(SeqkitError, match="a GPU"):
        SimpleRNN(2, implementation="cudnn")(np.zeros((1, 2, 3), "float32"))


def test_without_cudnn_puts_the_choice_back():
    layer = LSTM(2, implementation="cudnn")
    model = keras.Sequential(
        [keras.Input((None, 3)), keras.layers.Bidirectional(GRU(2))]
    )
    model.layers[0].forward_layer.implementation = "loop"
    with without_cudnn(layer), without_cudnn(model):
        assert layer.implementation == "auto" and layer.use_cudnn is False
        layer(np.zeros((1, 2, 3), "float32"))
        assert layer.implementation_in_use in ("fused", "loop")
        assert model.layers[0].forward_layer.implementation == "loop"
    assert layer.implementation == "cudnn" and layer.use_cudnn == "auto"


def test_kernel_is_the_former_name():
    with pytest.warns(FutureWarning, match="implementation="):
        layer = LSTM(2, kernel="loop")
    assert layer.implementation == "loop"


@pytest.mark.parametrize(
    "old, expected",
    [
        ({"kernel": "loop", "implementation": 2}, {"implementation": "loop"}),
        ({"kernel": "auto", "implementation": 1}, {"implementation": 1}),
        (
            {"kernel": "loop", "implementation": 1},
            {"implementation": 1, "use_cudnn": False},
        ),
        ({"implementation": 2}, {"implementation": 2}),  # of Keras's own layer
    ],
)
def test_old_configurations_load(old, expected):
    config = keras.layers.LSTM(2).get_config() | old
    again = LSTM.from_config(config).get_config()
    assert {name: again[name] for name in expected} == expected


def test_implementation_of_keras_can_be_set():
    layer, (x,) = LSTM(H, implementation=1), inputs("LSTM", False)
    assert layer.cell.implementation == 1
    first = layer(x)
    assert layer.implementation_in_use == "loop"
    layer.implementation = 2
    assert_close([layer(x)], [first], 1e-6)
    assert layer.implementation_in_use == IMPLEMENTATIONS[-1]


@LAYERS
@pytest.mark.parametrize("mask", ["no mask", "right-padded"])
def test_without_a_gpu_nothing_is_called_cudnn(name, mask):
    if gpus():
        pytest.skip("a GPU is here")
    layer, (x,) = PAIRS[name][0](H), inputs(name, False)
    layer(x, mask=MASKS[mask])
    assert layer.implementation_in_use == IMPLEMENTATIONS[-1]
    with pytest.raises(SeqkitError, match="cudnn' cannot run here: expected .*, found"):
        PAIRS[name][0](H, implementation="cudnn")(x)
