"""SimpleRNN, LSTM and GRU against PyTorch, and where people put Keras's layers."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.layers.bidirectional import Bidirectional
from seqkit.layers.gru import GRU
from seqkit.layers.lstm import LSTM
from seqkit.layers.simple_rnn import SimpleRNN
from seqkit.testing.arrays import assert_close, gradients, right_padded_mask, to_numpy

from .test_recurrent import (
    EACH_IMPLEMENTATION,
    IMPLEMENTATIONS,
    LAYERS,
    ON_TENSORFLOW,
    PAIRS,
    inputs,
    model_of,
    randomise,
)

B, T, D, H = 4, 6, 5, 3
MASK = right_padded_mask(B, T)
LENGTHS = MASK.sum(axis=1)


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def pair(name, shape=(B, T, D), **options):
    """Our layer and Keras's with the same weights, none of them zero."""
    ours, theirs = (cls(H, **options) for cls in PAIRS[name])
    for layer in (ours, theirs):
        layer.build(shape)
    randomise(theirs)
    ours.set_weights(theirs.get_weights())
    return ours, theirs


# PyTorch: matrices the other way round; gates i, f, g, o in an LSTM (Keras's i, f, c,
# o) and r, z, n in a GRU (Keras: z, r, h); always two biases.


def torch_layer(torch, name, layer, relu=False):
    """PyTorch's layer with the weights of ours."""
    options = {"nonlinearity": "relu"} if relu else {}
    cls = {"SimpleRNN": torch.nn.RNN, "LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU}[name]
    result = cls(D, H, batch_first=True, **options)
    kernel, recurrent, bias = layer.get_weights()
    # Unequal halves, so that nothing that swaps them goes unseen.
    biases = bias if name == "GRU" else [0.3 * bias, 0.7 * bias]
    values = [kernel.T, recurrent.T, *biases]
    if name == "GRU":
        values = [swap(v) for v in values]
    with torch.no_grad():
        for parameter, value in zip(result.parameters(), values, strict=True):
            parameter.copy_(torch.tensor(value))
    return result


def swap(value):
    """From z, r, h to r, z, n along the first axis, and back."""
    first, second, third = np.split(value, 3)
    return np.concatenate([second, first, third])


def keras_gradients(name, parameters):
    """Gradients of PyTorch's parameters in Keras's layout."""
    values = [p.grad.numpy() for p in parameters]
    if name == "GRU":
        values = [swap(v) for v in values]
        return [values[0].T, values[1].T, np.stack(values[2:])]
    np.testing.assert_allclose(values[2], values[3], rtol=1e-5)
    return [values[0].T, values[1].T, values[2]]


@LAYERS
@EACH_IMPLEMENTATION
@pytest.mark.parametrize("padded", [False, True], ids=["whole", "packed"])
def test_equals_pytorch(name, implementation, padded):
    check_against_pytorch(name, implementation, padded)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_relu_equals_pytorch(implementation):
    check_against_pytorch("SimpleRNN", implementation, True, relu=True)


def check_against_pytorch(name, implementation, padded, relu=False):
    """Outputs, states and all gradients; PyTorch's outputs are 0 behind a row's end."""
    torch = pytest.importorskip("torch")
    rnn = torch.nn.utils.rnn
    layer = PAIRS[name][0](
        H,
        implementation=implementation,
        return_sequences=True,
        return_state=True,
        zero_output_for_mask=True,
        **({"activation": "relu"} if relu else {}),
    )
    data = inputs(name, True)
    model = model_of(layer, data, MASK if padded else None)
    randomise(layer)
    theirs = torch_layer(torch, name, layer, relu)

    x, *states = (torch.tensor(a, requires_grad=True) for a in data)
    initial = [s[None] for s in states]
    initial = tuple(initial) if name == "LSTM" else initial[0]
    if padded:
        packed = rnn.pack_padded_sequence(
            x, LENGTHS, batch_first=True, enforce_sorted=False
        )
        outputs, last = theirs(packed, initial)
        outputs, _ = rnn.pad_packed_sequence(outputs, batch_first=True, total_length=T)
    else:
        outputs, last = theirs(x, initial)
    last = last if name == "LSTM" else [last]
    expected = [outputs, *(s[0] for s in last)]

    data = data + [MASK] if padded else data
    assert_close(
        keras.tree.flatten(model(data)), [e.detach().numpy() for e in expected], 1e-5
    )
    loss = 0.0
    for value in expected:  # weighted as in `gradients`
        weights = np.random.default_rng(3).standard_normal(tuple(value.shape))
        loss = loss + (value * torch.tensor(weights.astype("float32"))).sum()
    loss.backward()
    wanted = keras_gradients(name, list(theirs.parameters()))
    wanted += [a.grad.numpy() for a in (x, *states)]
    assert_close(gradients(model, data, inputs_too=True), wanted, 2e-5)


# What Keras's users rely on.


@LAYERS
@pytest.mark.parametrize("mask", [None, MASK], ids=["no mask", "mask"])
def test_go_backwards_reads_from_the_end(name, mask):
    """Outputs come in the order of reading, the last word's first."""
    options = {"return_sequences": True, "return_state": True}
    back, _ = pair(name, go_backwards=True, **options)
    ahead, _ = pair(name, **options)
    x = normal(B, T, D)
    outputs, *states = back(x, mask=mask)
    for row in range(B):
        length = T if mask is None else LENGTHS[row]
        alone, *alone_states = ahead(x[row : row + 1, :length][:, ::-1])
        assert_close([outputs[row, T - length :]], [alone[0]], 1e-5)
        assert_close([s[row] for s in states], [s[0] for s in alone_states], 1e-5)


@LAYERS
def test_what_return_state_and_return_sequences_give(name):
    x = keras.Input((None, D))
    number = 2 if name == "LSTM" else 1
    state = (None, H)
    for sequences in (False, True):
        layer = PAIRS[name][0](H, return_sequences=sequences)
        shape = (None, None, H) if sequences else (None, H)
        assert layer(x).shape == shape == layer.compute_output_shape((None, None, D))
        layer = PAIRS[name][0](H, return_sequences=sequences, return_state=True)
        assert [o.shape for o in layer(x)] == [shape] + [state] * number
        output, h, *_ = layer(normal(B, T, D))
        assert_close([output[:, -1] if sequences else output], [h], 0)


@LAYERS
def test_stateful_in_predict(name):
    """A model built for one batch size goes on from batch to batch until reset."""
    layer, _ = pair(name, stateful=True)
    plain, _ = pair(name)
    model = keras.Sequential([keras.Input(batch_shape=(B, 3, D)), layer])
    x = normal(B, T, D)
    batches = np.concatenate([x[:, :3], x[:, 3:]])
    for _ in range(2):
        if ON_TENSORFLOW:
            got = model.predict(batches, batch_size=B, verbose=0)
        else:  # Keras keeps the states out of what a compiled step updates
            got = np.concatenate([model(batches[:B]), model(batches[B:])])
        assert_close([got[:B], got[B:]], [plain(x[:, :3]), plain(x)], 1e-5)
        layer.reset_state()
    with pytest.raises(ValueError, match="batch size"):
        layer(x[:2])
    with pytest.raises(ValueError, match="batch size"):
        PAIRS[name][0](H, stateful=True)(keras.Input((T, D)))


@LAYERS
def test_the_states_of_one_layer_begin_another(name):
    """An encoder and a decoder, in one functional model, by list and by tuple."""
    cls = PAIRS[name][0]
    encoder, _ = pair(name, return_state=True)
    decoder, _ = pair(name, return_sequences=True)
    source, target = keras.Input((None, D)), keras.Input((None, D))
    _, *states = encoder(source)
    model = keras.Model([source, target], decoder(target, initial_state=states))
    x, y = normal(B, T, D), normal(B, 4, D, seed=1)
    both = cls(H, return_sequences=True)
    both.build(x.shape)
    both.set_weights(encoder.get_weights())
    expected = both(np.concatenate([x, y], axis=1))[:, T:]
    assert_close([model([x, y])], [expected], 1e-5)
    assert all(np.any(g != 0) for g in gradients(model, [x, y]))
    _, *values = encoder(x)
    for given in [values, tuple(values), [to_numpy(v) for v in values]]:
        assert_close([decoder(y, initial_state=given)], [expected], 1e-5)


@LAYERS
def test_the_mask_of_an_embedding_goes_through_two_layers(name):
    cls = PAIRS[name][0]
    first, second = cls(H, return_sequences=True), cls(H)
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(9, D, mask_zero=True),
            first,
            second,
        ]
    )
    ids = np.where(MASK, np.random.default_rng(0).integers(1, 9, (B, T)), 0)
    whole = to_numpy(model(ids))
    longer = np.concatenate([ids, np.zeros((B, 2), ids.dtype)], axis=1)
    assert_close([model(longer)], [whole], 1e-5)
    for row, length in enumerate(LENGTHS):
        assert_close([model(ids[row : row + 1, :length])], [whole[row : row + 1]], 1e-5)
    # The same mask as an argument.
    embedded = ops.convert_to_tensor(to_numpy(model.layers[0](ids)))
    assert_close([second(first(embedded, mask=MASK), mask=MASK)], [whole], 1e-5)


@LAYERS
def test_unrolled(name):
    ours, theirs = pair(name, unroll=True, return_sequences=True, return_state=True)
    data = inputs(name, True)
    models = [model_of(layer, data, MASK) for layer in (ours, theirs)]
    rolled, _ = pair(name, return_sequences=True, return_state=True)
    assert_close(models[0](data + [MASK]), models[1](data + [MASK]), 1e-5)
    found = (gradients(m, data + [MASK], inputs_too=True) for m in models)
    assert_close(*found, tolerance=1e-5)
    assert_close(ours(data[0]), rolled(data[0]), 1e-5)


@LAYERS
def test_distributed_over_sentences(name):
    """Words of sentences of documents: one sentence at a time."""
    layer, _ = pair(name)
    symbol = keras.Input((3, T, D))
    model = keras.Model(symbol, keras.layers.TimeDistributed(layer)(symbol))
    x = normal(B, 3, T, D)
    assert model.output_shape == (None, 3, H)
    assert_close(
        [model(x)[:, n] for n in range(3)], [layer(x[:, n]) for n in range(3)], 1e-5
    )
    assert all(np.any(g != 0) for g in gradients(model, [x]))


CHECKED = {
    "kernel_regularizer": "l2",
    "recurrent_regularizer": "l1",
    "bias_regularizer": "l2",
    "kernel_constraint": keras.constraints.MaxNorm(0.2),
    "recurrent_constraint": keras.constraints.MaxNorm(0.3),
    "bias_constraint": "non_neg",
}


@LAYERS
def test_regularizers_and_constraints(name):
    """The same losses as Keras's, the same weights after a step of fit."""
    layers = pair(name, **CHECKED)
    x, y = normal(B, T, D), normal(B, H)
    results = []
    for layer in layers:
        model = keras.Sequential([keras.Input((T, D)), layer])
        losses = [to_numpy(v) for v in model.losses]
        model.compile(keras.optimizers.SGD(0.5), "mse", jit_compile=False)
        history = model.fit(x, y, batch_size=B, verbose=0).history["loss"]
        results.append([*losses, np.array(history), *model.get_weights()])
    assert len(results[0]) == 3 + 1 + 3
    assert_close(*results, tolerance=1e-5)
    kernel, recurrent, bias = layers[0].get_weights()
    assert np.linalg.norm(kernel, axis=0).max() < 0.2 + 1e-5
    assert np.linalg.norm(recurrent, axis=0).max() < 0.3 + 1e-5
    assert bias.min() >= 0
    again = type(layers[0]).from_config(layers[0].get_config()).get_config()
    assert again == layers[0].get_config()


@LAYERS
@pytest.mark.parametrize("rates", [(0.5, 0.0), (0.3, 0.6)])
def test_a_seed_drops_what_keras_drops(name, rates):
    options = {"dropout": rates[0], "recurrent_dropout": rates[1], "seed": 3}
    ours, theirs = pair(name, return_sequences=True, **options)
    x = normal(B, T, D)
    first = to_numpy(ours(x, training=True))
    assert_close([first], [theirs(x, training=True)], 1e-5)
    second = to_numpy(ours(x, training=True))
    assert_close([second], [theirs(x, training=True)], 1e-5)
    assert np.any(first != second)


@LAYERS
def test_the_same_seeds_begin_with_keras_weights(name):
    seeded = keras.initializers.GlorotUniform(1), keras.initializers.Orthogonal(2)
    options = dict(
        zip(["kernel_initializer", "recurrent_initializer"], seeded, strict=True)
    )
    ours, theirs = (cls(H, **options) for cls in PAIRS[name])
    for layer in (ours, theirs):
        layer.build((B, T, D))
    assert_close(ours.get_weights(), theirs.get_weights(), 0)


def test_weights_go_both_ways(tmp_path):
    """By file, by list and by configuration, for all layers at once."""

    def model_with(kind, seed):
        simple, lstm, gru = (PAIRS[n][kind] for n in PAIRS)
        wrapper = (Bidirectional, keras.layers.Bidirectional)[kind]
        model = keras.Sequential(
            [
                keras.Input((None, D)),
                simple(H, return_sequences=True),
                wrapper(lstm(H, return_sequences=True)),
                gru(H, reset_after=False, return_sequences=True),
                gru(H, use_bias=False),
            ]
        )
        rng = np.random.default_rng(seed)
        model.set_weights([rng.standard_normal(w.shape) for w in model.get_weights()])
        return model

    x = normal(B, T, D)
    ours, theirs = model_with(0, 0), model_with(1, 1)
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    ours.load_weights(tmp_path / "theirs.weights.h5")
    assert_close([ours(x)], [theirs(x)], 1e-5)
    ours, theirs = model_with(0, 0), model_with(1, 1)
    ours.save_weights(tmp_path / "ours.weights.h5")
    theirs.load_weights(tmp_path / "ours.weights.h5")
    assert_close([theirs(x)], [ours(x)], 1e-5)
    theirs = model_with(1, 1)
    ours.set_weights(theirs.get_weights())
    assert_close([ours(x)], [theirs(x)], 1e-5)
    names = [[w.name for w in m.weights] for m in (ours, theirs)]
    assert names[0] == names[1]


@LAYERS
def test_a_configuration_of_keras_builds_ours(name):
    options = {"activation": "relu", "use_bias": False, "go_backwards": True}
    ours_cls, theirs_cls = PAIRS[name]
    theirs = theirs_cls(H, dropout=0.1, return_sequences=True, **options)
    wanted = theirs.get_config()
    got = ours_cls.from_config(theirs.get_config()).get_config()
    # Class names of nested objects aside, there are none here.
    assert {key: got[key] for key in wanted} == wanted


@pytest.mark.parametrize("merge_mode", ["concat", "sum", "mul", "ave", None])
def test_bidirectional_with_states_in_a_functional_model(merge_mode):
    """Against Keras's: initial states, an own backward layer, gradients."""
    options = {"return_sequences": True, "return_state": True}
    x, states = normal(B, T, D), list(normal(4, B, H, seed=1))
    models = []
    for kind, wrapper in enumerate([Bidirectional, keras.layers.Bidirectional]):
        lstm = PAIRS["LSTM"][kind]
        layer = wrapper(
            lstm(H, **options),
            merge_mode,
            backward_layer=lstm(H, use_bias=False, go_backwards=True, **options),
        )
        symbols = [keras.Input(a.shape[1:]) for a in (x, *states)]
        mask = keras.Input((T,), dtype="bool")
        outputs = layer(symbols[0], initial_state=symbols[1:], mask=mask)
        models.append(keras.Model([*symbols, mask], keras.tree.flatten(outputs)))
    weights = [normal(*w.shape) for w in models[0].get_weights()]
    for model in models:
        model.set_weights(weights)
    data = [x, *states, MASK]
    assert_close(*(m(data) for m in models), 1e-5)
    found = (gradients(m, data, inputs_too=True) for m in models)
    assert_close(*found, tolerance=5e-5)


def test_layers_within_layers():
    """Bidirectional within TimeDistributed, on what an embedding masks."""
    gru = Bidirectional(GRU(H))
    ids = keras.Input((3, T), dtype="int32")
    embedding = keras.layers.Embedding(9, D, mask_zero=True)
    model = keras.Model(ids, keras.layers.TimeDistributed(gru)(embedding(ids)))
    values = np.random.default_rng(0).integers(1, 9, (B, 3, T)) * MASK[:, None]
    got = model(values)
    for n in range(3):
        vectors = ops.convert_to_tensor(to_numpy(embedding(values[:, n])))
        assert_close([got[:, n]], [gru(vectors, mask=MASK)], 1e-5)


@pytest.mark.parametrize("cls", [SimpleRNN, LSTM, GRU])
def test_activity_regularizer(cls):
    layer = cls(H, activity_regularizer="l2", return_sequences=True)
    output = to_numpy(layer(normal(B, T, D)))
    (loss,) = layer.losses
    np.testing.assert_allclose(to_numpy(loss), 0.01 * np.sum(output**2) / B, rtol=1e-4)
