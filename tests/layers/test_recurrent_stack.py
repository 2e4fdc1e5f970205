"""RecurrentStack against NumPy and PyTorch; its states; all that it drops."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.recurrent import without_cudnn
from seqkit.layers.recurrent_cells import recurrent_layer
from seqkit.layers.recurrent_stack import RecurrentStack
from seqkit.testing.arrays import assert_close, gradients, right_padded_mask, to_numpy

from .test_recurrent import ON_TENSORFLOW, run_reference

B, T, D, H = 4, 6, 5, 3
NAMES = {"lstm": "LSTM", "gru": "GRU", "rnn": "SimpleRNN"}
FAST = "fused" if ON_TENSORFLOW else "loop"
EACH_CELL = pytest.mark.parametrize("cell", NAMES)
SEQUENCES = {"return_sequences": True, "return_state": True}
MASK = right_padded_mask(B, T)


def normal(*shape):
    return np.random.default_rng(0).standard_normal(shape).astype("float32")


def built(batch=B, width=D, **options):
    """A stack whose weights are all away from zero."""
    stack = RecurrentStack(**options)
    stack.build((batch, None, width))
    rng = np.random.default_rng(1)
    stack.set_weights(
        [0.5 * rng.standard_normal(w.shape) + 0.1 for w in stack.get_weights()]
    )
    return stack


def states_of(stack, seed=2):
    rng = np.random.default_rng(seed)
    return [
        [rng.standard_normal((B, n)).astype("float32") for n in layer]
        for layer in stack.state_size
    ]


def numpy(structure):
    return [to_numpy(leaf) for leaf in keras.tree.flatten(structure)]


def normalise(norm, x):
    gamma, beta = (w.astype("float64") for w in norm.get_weights())
    centred = x - x.mean(-1, keepdims=True)
    return gamma * centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-6) + beta


def reference(stack, x, states, mask):
    """The equations of the docstring, in float64."""
    last, where = [], stack.layer_normalization
    for number, layer in enumerate(stack.recurrent_layers):
        norm = stack.norms[number] if where else None
        y, after = run_reference(
            NAMES[stack.cell],
            normalise(norm, x) if where == "input" else x,
            states[number],
            layer.get_weights(),
            mask,
        )
        if stack.residual and x.shape == y.shape:
            y = x + y
        x = normalise(norm, y) if where == "output" else y
        last.append(after)
    return x, last


@EACH_CELL
@pytest.mark.parametrize(
    "options",
    [
        {"units": [4, 2, 3]},
        {"units": H, "num_layers": 3, "residual": True},
        {"units": D, "num_layers": 2, "residual": True, "layer_normalization": "input"},
        {"units": [D, H], "residual": True, "layer_normalization": "output"},
    ],
    ids=["widths", "residual", "input", "output"],
)
def test_equals_the_equations(cell, options):
    stack = built(cell=cell, **options, **SEQUENCES)
    x, states = normal(B, T, D), states_of(stack)
    y, last = stack(x, initial_state=states, mask=MASK)
    expected, expected_last = reference(stack, x.astype("float64"), states, MASK)
    expected *= MASK[..., None]
    assert_close(numpy([y, last]), numpy([expected, expected_last]), 1e-4)
    assert stack.implementations_in_use == [FAST] * stack.num_layers
    # The state of a layer is an output; what is returned stands for the last step.
    stack.return_sequences = stack.return_state = False
    ends = expected[np.arange(B), MASK.sum(1) - 1]
    got = stack(x, initial_state=states, mask=MASK)
    assert_close([got], [ends], 1e-4)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_bidirectional_equals_pytorch(cell):
    torch = pytest.importorskip("torch")
    cls = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell]
    theirs = cls(D, H, num_layers=2, batch_first=True, bidirectional=True)
    ours = built(units=H, num_layers=2, cell=cell, bidirectional=True, **SEQUENCES)
    pairs = zip(ours.recurrent_layers, ours.backward_layers, strict=True)
    for number, directions in enumerate(pairs):
        for layer, suffix in zip(directions, ("", "_reverse"), strict=True):
            values = [
                getattr(theirs, f"{name}_l{number}{suffix}").detach().numpy()
                for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            ]
            if cell == "gru":  # r, z, n there; z, r, h here
                thirds = [np.split(v, 3) for v in values]
                values = [np.concatenate([z, r, h]) for r, z, h in thirds]
                bias = np.stack(values[2:])
            else:
                bias = values[2] + values[3]
            layer.set_weights([values[0].T, values[1].T, bias])
    x, states = normal(B, T, D), states_of(ours)
    order = [s[k : k + len(s) // 2] for s in states for k in (0, len(s) // 2)]
    h_and_c = [torch.tensor(np.stack(s)) for s in zip(*order, strict=True)]
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch.tensor(x), MASK.sum(1), batch_first=True, enforce_sorted=False
    )
    with torch.no_grad():
        outputs, last = theirs(packed, tuple(h_and_c) if cell == "lstm" else h_and_c[0])
    expected, _ = torch.nn.utils.rnn.pad_packed_sequence(
        outputs, batch_first=True, total_length=T
    )
    last = last if cell == "lstm" else [last]
    y, got = ours(x, initial_state=states, mask=MASK)
    assert_close([y], [expected.numpy()], 1e-5)
    got = [s[k : k + len(s) // 2] for s in got for k in (0, len(s) // 2)]
    for state, theirs_state in zip(zip(*got, strict=True), last, strict=True):
        assert_close(list(state), list(theirs_state.numpy()), 1e-5)


@EACH_CELL
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"residual": True, "layer_normalization": "input", "zoneout": 0.3},
        {"layer_normalization": "output", "recurrent_dropout": 0.5, "weight_drop": 0.5},
    ],
    ids=["plain", "zoneout", "dropout"],
)
def test_step_by_step_equals_the_whole_sequence(cell, options):
    stack = built(units=[H, H], cell=cell, dropout=0.5, **options, **SEQUENCES)
    x = normal(B, T, D)
    whole, last = stack(x)
    states = stack.get_initial_state(B)
    for t in range(T):
        output, states = stack.step(x[:, t], states)
        assert_close([output], [whole[:, t]], 1e-5)
    assert_close(numpy(states), numpy(last), 1e-5)


def test_step_takes_what_a_training_loop_drew():
    stack = built(units=[H, 2], cell="gru")
    x, states = normal(B, D), states_of(stack)
    drop = 2 * (normal(B, H) > 0).astype("float32")
    first, second = stack.recurrent_layers
    h, _ = first.cell(ops.convert_to_tensor(x), states[0])
    expected, _ = second.cell(h * drop, states[1])
    assert_close([stack.step(x, states, [drop])[0]], [expected], 1e-6)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_padded_row_equals_the_row_alone(bidirectional):
    stack = built(
        units=[D, H],
        bidirectional=bidirectional,
        layer_normalization="output",
        residual=not bidirectional,
        return_state=True,
    )
    x = normal(B, T, D)
    output, states = stack(x, mask=MASK)
    for row, length in enumerate(MASK.sum(axis=1)):
        alone, alone_states = stack(x[row : row + 1, :length])
        assert_close([output[row]], [alone[0]], 1e-5)
        assert_close(
            [s[row] for s in numpy(states)], [s[0] for s in numpy(alone_states)], 1e-5
        )


def test_two_halves_equal_the_whole():
    stack = built(units=[H, 4], residual=False, **SEQUENCES)
    x = normal(B, T, D)
    whole, last = stack(x)
    first, middle = stack(x[:, :2])
    second, end = stack(x[:, 2:], initial_state=middle)
    assert_close([ops.concatenate([first, second], axis=1)], [whole], 1e-5)
    assert_close(numpy(end), numpy(last), 1e-5)


# What is dropped.


def transparent(**options):
    """A stack of linear layers that give what they read: h = x + h_before U, U = 0."""
    stack = RecurrentStack(
        D, cell="rnn", activation="linear", return_sequences=True, **options
    )
    stack.build((None, None, D))
    for layer in stack.recurrent_layers:
        layer.set_weights([np.eye(D), np.zeros((D, D)), np.zeros(D)])
    return stack


@pytest.mark.parametrize("name", ["input_dropout", "dropout", "output_dropout"])
@pytest.mark.parametrize("variational", [True, False])
def test_each_dropout(name, variational):
    stack = transparent(num_layers=2, variational=variational, **{name: 0.5})
    ones = np.ones((8, T, D), "float32")
    assert_close([stack(ones)], [ones], 0)
    first, second = (to_numpy(stack(ones, training=True)) for _ in range(2))
    assert set(np.unique(first)) == {0.0, 2.0}
    assert np.any(first != second), "the same mask for two batches"
    assert np.any(first[0] != first[1]), "the same mask for two rows"
    assert np.all(first == first[:, :1]) == variational


def test_residual_goes_around_dropout():
    stack = transparent(num_layers=2, residual=True, dropout=0.5)
    got = to_numpy(stack(np.ones((8, T, D), "float32"), training=True))
    # x_1 = x + x, the first layer being without; x_2 = x_1 + drop(x_1).
    assert set(np.unique(got)) == {2.0, 6.0}


@pytest.mark.parametrize("implementation", ["auto", "loop"])
def test_weight_drop_draws_one_matrix_a_batch(implementation):
    """The rows of the first input are those of I, so that h_2 = U and h_3 = U U."""
    layer = recurrent_layer(
        "rnn",
        D,
        0.5,
        activation="linear",
        implementation=implementation,
        return_sequences=True,
    )
    x = np.zeros((D, 3, D), "float32")
    x[:, 0] = np.eye(D)
    layer.build(x.shape)
    whole = normal(D, D) + 3  # nothing at zero
    layer.set_weights([np.eye(D), whole, np.zeros(D)])
    weight = layer.cell.recurrent_kernel
    drawn = []
    for _ in range(2):
        _, u, uu = np.moveaxis(to_numpy(layer(x, training=True)), 1, 0)
        kept = u != 0
        assert 0 < kept.sum() < kept.size
        np.testing.assert_allclose(u[kept], 2 * whole[kept], rtol=1e-5)
        np.testing.assert_allclose(uu, u @ u, rtol=1e-4, atol=1e-4)
        drawn.append(kept)
    assert np.any(drawn[0] != drawn[1])
    assert_close([layer(x)[:, 1]], [whole], 1e-5)
    assert layer.cell.recurrent_kernel is weight
    assert layer.implementation_in_use == (FAST if implementation == "auto" else "loop")


@EACH_CELL
def test_weight_drop_reaches_every_cell(cell):
    """Where an entry of U was dropped, its gradient is 0; nowhere else."""
    stack = RecurrentStack(8, cell=cell, weight_drop=0.5)
    x = normal(B, T, D)
    symbol = keras.Input(batch_shape=x.shape)
    model = keras.Model(symbol, stack(symbol))
    kernel, recurrent, _ = gradients(model, [x])
    assert np.all(kernel != 0)
    assert 0.3 < np.mean(recurrent == 0) < 0.7
    assert np.all(gradients(model, [x], training=False)[1] != 0)
    assert stack.implementations_in_use == [FAST]


@EACH_CELL
def test_zoneout_at_inference_is_the_expected_value(cell):
    rates = [0.3, 0.6] if cell == "lstm" else [0.3]
    stack = built(units=H, cell=cell, zoneout=rates, return_state=True)
    (layer,) = stack.recurrent_layers
    x, [states] = normal(B, T, D), states_of(stack)
    _, [got] = stack(x, initial_state=[states])
    for t in range(T):
        _, new = run_reference(
            NAMES[cell], x[:, t : t + 1], states, layer.get_weights()
        )
        states = [
            z * s + (1 - z) * n for z, s, n in zip(rates, states, new, strict=True)
        ]
    assert_close(numpy(got), states, 1e-5)


@EACH_CELL
def test_zoneout_in_training_has_that_mean(cell):
    rates = [0.3, 0.6] if cell == "lstm" else 0.3
    stack = built(units=H, cell=cell, zoneout=rates, return_state=True)
    rows, x = 4000, normal(1, 1, D)
    before = [[s[:1] for s in layer] for layer in states_of(stack)]
    many, *many_before = (
        np.repeat(a, rows, axis=0) for a in [x, *keras.tree.flatten(before)]
    )
    _, [states] = stack(many, initial_state=[many_before], training=True)
    _, [expected] = stack(x, initial_state=before)
    for state, b, mean, z in zip(
        numpy(states), before[0], numpy(expected), np.resize(rates, 2), strict=False
    ):
        kept = np.isclose(state, b, atol=1e-6)
        assert abs(kept.mean() - z) < 0.03
        # Each value is either the one before or the new one.
        new = (mean - z * b) / (1 - z)
        assert np.abs(np.where(kept, 0, state - new)).max() < 1e-4
        assert np.abs(state.mean(0) - mean).max() < 0.1


def test_zoneout_draws_anew_at_each_step():
    stack = transparent(zoneout=0.5)
    x = np.broadcast_to(np.arange(1, T + 1.0)[:, None], (B, T, D)).astype("float32")
    got = to_numpy(stack(x, training=True))
    kept = got[:, 1:] == got[:, :-1]
    assert 0.2 < kept.mean() < 0.8 and np.any(kept != kept[:, :1])
    assert stack.implementations_in_use == ["loop"]


def test_the_same_seed_draws_the_same():
    options = {
        "units": [H, H],
        "dropout": 0.5,
        "weight_drop": 0.5,
        "input_dropout": 0.5,
    }
    x = normal(B, T, D)

    def run(seed):
        stack = built(seed=seed, **options)
        return [to_numpy(stack(x, training=True)) for _ in range(2)]

    assert_close(run(3), run(3), 0)
    assert np.any(run(3)[0] != run(4)[0])


def test_layers_start_from_different_weights():
    initializer = keras.initializers.RandomUniform()
    stack = RecurrentStack(D, num_layers=2, kernel_initializer=initializer)
    stack.build((None, None, D))
    first, second = (to_numpy(a.cell.kernel) for a in stack.recurrent_layers)
    assert np.any(first != second) and np.abs(first).max() <= 0.05


# States carried on from batch to batch.


def test_stateful_equals_one_long_sequence():
    options = {"units": [H, 4], "return_sequences": True}
    stack, plain = built(stateful=True, **options), built(**options)
    x = normal(B, T, D)
    for _ in range(2):
        halves = [stack(x[:, :4]), stack(x[:, 4:])]
        assert_close([ops.concatenate(halves, axis=1)], [plain(x)], 1e-5)
        stack.reset_states()
    given = states_of(stack)
    assert_close(
        [stack(x[:, :1], initial_state=given)],
        [plain(x[:, :1], initial_state=given)],
        0,
    )


@pytest.mark.parametrize(
    "jit_compile", [False, pytest.param(True, marks=pytest.mark.slow)]
)
def test_truncated_backpropagation_in_fit(jit_compile):
    """As a model whose states are given: to them no gradient can go back."""
    x, y = normal(2 * B, 3, D), normal(2 * B, 3, H)
    options = {"units": H, "num_layers": 2, "return_sequences": True}

    stack = built(stateful=True, **options)
    symbol = keras.Input(batch_shape=(B, 3, D))
    model = keras.Model(symbol, stack(symbol))
    model.compile(keras.optimizers.SGD(1.0), "mse", jit_compile=jit_compile)
    model.fit(x, y, batch_size=B, shuffle=False, verbose=0)

    other = built(return_state=True, **options)
    given = [[keras.Input((H,)), keras.Input((H,))] for _ in range(2)]
    outputs, last = other(symbol, initial_state=given)
    inputs = [symbol, *keras.tree.flatten(given)]
    trained = keras.Model(inputs, outputs)
    states_model = keras.Model(inputs, keras.tree.flatten(last))
    trained.compile(keras.optimizers.SGD(1.0), "mse", jit_compile=False)
    states = [np.zeros((B, H), "float32")] * 4
    for batch in (slice(0, B), slice(B, None)):
        after = numpy(states_model([x[batch], *states]))
        trained.train_on_batch([x[batch], *states], y[batch])
        states = after
    assert_close(stack.get_weights(), other.get_weights(), 1e-5)
    assert_close(stack.carried.read(), states, 1e-5)


def test_states_are_no_weights(tmp_path):
    stack = built(units=H, stateful=True)
    plain = RecurrentStack(H)
    plain.build((None, None, D))
    plain.set_weights(stack.get_weights())
    x = normal(B, T, D)
    expected = stack(x)
    assert_close([plain(x[:1])], [expected[:1]], 1e-5)
    model = keras.Sequential([keras.Input(batch_shape=(B, T, D)), stack])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert_close([loaded(x)], [expected], 1e-5)
    model.save_weights(tmp_path / "model.weights.h5")
    smaller = keras.Sequential([keras.Input(batch_shape=(2, T, D)), RecurrentStack(H)])
    smaller.load_weights(tmp_path / "model.weights.h5")
    assert_close([smaller(x[:2])], [expected[:2]], 1e-5)


def test_stateful_wants_batches_of_one_size():
    stack = built(units=H, stateful=True)
    with pytest.raises(SeqkitError, match=r"batches of 4 rows.*batch size of 2\. "):
        stack(normal(2, T, D))
    model = keras.Sequential([keras.Input(batch_shape=(B, T, D)), stack])
    model.compile("sgd", "mse", jit_compile=False)
    with pytest.raises(SeqkitError, match="drop_remainder=True"):
        model.fit(normal(B + 1, T, D), normal(B + 1, H), batch_size=B, verbose=0)
    with pytest.raises(SeqkitError, match=r"static batch size.*batch_shape="):
        RecurrentStack(H, stateful=True)(keras.Input((T, D)))
    with pytest.raises(SeqkitError, match="no states|without states"):
        RecurrentStack(H).reset_states()


# Within models.


def test_the_mask_of_an_embedding():
    """Given by Keras, unlike ours, and passed on to the layer behind."""
    ids = np.where(MASK, 3, 0)
    ids[MASK] = np.random.default_rng(0).integers(1, 9, MASK.sum())
    stack = built(units=[H, H], return_sequences=True)
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(9, D, mask_zero=True),
            stack,
            keras.layers.LSTM(2, use_cudnn=False),
        ]
    )
    whole = model(ids)
    for row, length in enumerate(MASK.sum(axis=1)):
        assert_close([model(ids[row : row + 1, :length])], [whole[row : row + 1]], 1e-5)


@pytest.mark.skipif(not ON_TENSORFLOW, reason="SavedModel")
def test_a_saved_model_answers_alike_for_any_shape(tmp_path):
    import tensorflow as tf

    options = {"weight_drop": 0.1, "dropout": 0.1, "layer_normalization": "input"}
    x = keras.Input((None, D))
    mask = keras.Input((None,), dtype="bool")
    y = RecurrentStack(D, 2, residual=True, return_sequences=True, **options)(
        x, mask=mask
    )
    y = RecurrentStack(H, cell="gru", bidirectional=True, zoneout=0.1)(y, mask=mask)
    model = keras.Model([x, mask], y)
    with without_cudnn(model):
        model.export(tmp_path, verbose=False)
    loaded = tf.saved_model.load(str(tmp_path))
    for shape in [(B, T), (2, 11)]:
        data = [tf.constant(normal(*shape, D)), tf.constant(right_padded_mask(*shape))]
        assert_close([loaded.serve(data)], [model(data)], 1e-6)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"units": H, "cell": "elman"}, "cell: expected one of lstm"),
        ({"units": [H, H], "num_layers": 3}, "num_layers: expected 2"),
        ({"units": H, "num_layers": 0}, "num_layers: expected 1"),
        ({"units": H, "layer_normalization": "middle"}, "layer_normalization: "),
        ({"units": H, "bidirectional": True, "stateful": True}, "stateful: "),
        ({"units": H, "zoneout": 0.1, "implementation": "fused"}, "implementation: "),
        ({"units": H, "zoneout": 0.1, "recurrent_dropout": 0.1}, "Choose one"),
        ({"units": H, "zoneout": [0.1]}, "a list of 2"),
        ({"units": H, "zoneout": 1.0}, "0 <= z < 1"),
        ({"units": H, "weight_drop": 1.0}, "weight_drop: "),
    ],
)
def test_wrong_arguments(options, message):
    with pytest.raises(SeqkitError, match=message):
        RecurrentStack(**options)


def test_wrong_use():
    x = normal(B, T, D)
    with pytest.raises(SeqkitError, match="an input of 5 and units=3"):
        RecurrentStack(H, residual=True)(x)
    stack = built(units=[H, H])
    flat = keras.tree.flatten(states_of(stack))
    for wrong in (flat, [flat], states_of(stack)[:1]):
        with pytest.raises(SeqkitError, match=r"list of 2 lists.*\(4, 3\)"):
            stack(x, initial_state=wrong)
    with pytest.raises(SeqkitError, match="needs the whole sequence"):
        RecurrentStack(H, bidirectional=True).step(x[:, 0], [])
    with pytest.raises(SeqkitError, match="no recurrent_dropout"):
        RecurrentStack(H, recurrent_dropout=0.5, implementation="fused")(x)
