import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.inspect import GradientFlow, gradient_flow
from seqkit.inspect.compiled import compiled_gradient
from seqkit.inspect.intercept import intercepted
from seqkit.models import MambaLanguageModel, TransformerLanguageModel
from tests.inspect.language_models import (
    VOCABULARY,
    Reference,
    drawn,
    recurrent,
    task,
    token_ids,
)

K = 6


def numeric_norm(function, size, epsilon=1e-5):
    """The norm of a gradient at 0, by central differences."""
    steps = epsilon * np.eye(size)
    slopes = [(function(s) - function(-s)) / (2 * epsilon) for s in steps]
    return np.linalg.norm(slopes)


def numeric_flow(model, ids, t, kind, chosen=None):
    """The norms for the loss at t, by perturbing what is handed on, or the inputs."""
    reference = Reference(model)
    before = [reference.zeros(), *reference.states(ids)]
    sizes = [s.size for layer in before[0] for s in layer]

    def loss(distance, added):
        place = t - distance
        state, start = before[place + 1], place + 1
        if kind == "input":
            x = reference.embeddings[ids[place]] + added
            state = reference.step(x, before[place])
        elif distance:
            parts = iter(np.split(added, np.cumsum(sizes)[:-1]))
            state = [[s + next(parts) for s in layer] for layer in state]
        for token in ids[start : t + 1]:
            state = reference.step(reference.embeddings[token], state)
        hidden = state[-1][0]
        if kind == "state" and not distance:
            hidden = hidden + added
        return reference.loss(hidden, ids[t + 1])

    norms = []
    for distance in range(K + 1):
        if kind == "input" or not distance:
            size, places = reference.width, slice(None)
        else:
            size, places = sum(sizes), chosen or slice(None)

        def moved(added, distance=distance, size=size, places=places):
            whole = np.zeros(size)
            whole[places] = added
            return loss(distance, whole)

        norms.append(numeric_norm(moved, np.zeros(size)[places].size))
    return norms


def test_a_tanh_network_has_the_norms_of_products_of_jacobians():
    model, ids = recurrent("rnn"), token_ids(K + 9)
    reference = Reference(model)
    h = np.stack([state[0][0] for state in reference.states(ids)])
    recurrent_kernel = reference.cells[0][1]
    expected = []
    for t in (K, len(ids) - 2):  # the first t that is possible, and the last
        scores = reference.embeddings @ h[t] + reference.bias
        slope = np.exp(scores) / np.exp(scores).sum()
        slope[ids[t + 1]] -= 1
        gradient, norms = slope @ reference.embeddings, []
        for k in range(K + 1):
            norms.append(np.linalg.norm(gradient))
            gradient = recurrent_kernel @ ((1 - h[t - k] ** 2) * gradient)
        expected.append(norms)
    flow = gradient_flow(model, ids, max_distance=K, positions=2)
    np.testing.assert_allclose(flow.samples, expected, rtol=1e-4)
    np.testing.assert_allclose(flow.norms, np.mean(expected, axis=0), rtol=1e-4)
    assert flow.distances.tolist() == list(range(K + 1))


@pytest.mark.parametrize("factor", [0.5, 1.5])
def test_a_linear_network_vanishes_or_explodes_with_its_kernel(factor):
    model = recurrent("rnn")
    cell = model.stack.recurrent_layers[0].cell
    cell.activation = lambda x: x
    draw = np.random.default_rng(0).standard_normal((4, 4))
    cell.recurrent_kernel.assign(factor * np.linalg.qr(draw)[0])
    flow = gradient_flow(model, token_ids(40), max_distance=30, positions=3)
    np.testing.assert_allclose(flow.relative, factor ** np.arange(31.0), rtol=1e-4)


@pytest.mark.parametrize(
    ("cell", "layer", "chosen"),
    [
        ("lstm", None, None),
        ("lstm", 0, slice(6)),
        ("lstm", -1, slice(6, None)),
        ("gru", None, None),
    ],
)
def test_states_by_finite_differences(cell, layer, chosen):
    model, ids = recurrent(cell, num_layers=2, hidden_dim=3), token_ids(K + 4)
    flow = gradient_flow(model, ids, layer=layer, max_distance=K, positions=2)
    for sample, t in zip(flow.samples, (K, len(ids) - 2), strict=True):
        expected = numeric_flow(model, ids, t, "state", chosen)
        np.testing.assert_allclose(sample, expected, rtol=1e-3)


def test_inputs_by_finite_differences():
    model, ids = recurrent("lstm", num_layers=2, hidden_dim=3), token_ids(K + 4)
    flow = gradient_flow(model, ids, wrt="input", max_distance=K, positions=2)
    for sample, t in zip(flow.samples, (K, len(ids) - 2), strict=True):
        expected = numeric_flow(model, ids, t, "input")
        np.testing.assert_allclose(sample, expected, rtol=1e-3)


def transformer(context_length=3, **options):
    model = TransformerLanguageModel(
        VOCABULARY,
        num_layers=1,
        hidden_dim=4,
        num_heads=2,
        context_length=context_length,
        **options,
    )
    return drawn(model)


def mamba(**options):
    return drawn(
        MambaLanguageModel(
            VOCABULARY, num_layers=1, hidden_dim=4, state_dim=2, expansion=1, **options
        )
    )


def run(model, ids, state=None, rows=1):
    """Runs ids `[T]` in several rows that differ in their states."""
    ids = ops.convert_to_tensor(np.tile(ids, (rows, 1)))
    return model.run(ids, model.initial_state(rows) if state is None else state)


ARCHITECTURES = [transformer, pytest.param(mamba, marks=pytest.mark.slow)]


@pytest.mark.parametrize("make", ARCHITECTURES)
def test_states_of_other_architectures_by_finite_differences(make):
    model, ids, epsilon = make(), token_ids(6), 1e-2
    flow = gradient_flow(model, ids, max_distance=3, positions=2)
    for distance in (1, 2, 3):
        before, after = np.split(ids[:-1], [len(ids) - 1 - distance])
        _, state = run(model, before)
        leaves = {path: leaf for path, leaf in keras.tree.flatten_with_path(state)}
        sizes = [0 if p[-1] == "real" else np.size(x) for p, x in leaves.items()]
        # A row for each number of the state, moved up, and one moved down.
        moves = np.concatenate([np.eye(sum(sizes)), -np.eye(sum(sizes))]) * epsilon
        parts = np.split(moves.astype("float32"), np.cumsum(sizes)[:-1], axis=1)
        moved = [
            np.repeat(x, len(moves), axis=0) + (p.reshape(-1, *x.shape[1:]) if n else 0)
            for x, p, n in zip(leaves.values(), parts, sizes, strict=True)
        ]
        moved = [ops.convert_to_tensor(x, dtype="float32") for x in moved]
        moved = keras.tree.pack_sequence_as(state, moved)
        hidden, _ = run(model, after, moved, rows=len(moves))
        scores = ops.convert_to_numpy(model.logits(hidden[:, -1])).astype("float64")
        losses = np.log(np.exp(scores).sum(axis=1)) - scores[:, ids[-1]]
        up, down = np.split(losses, 2)
        expected = np.linalg.norm((up - down) / (2 * epsilon))
        np.testing.assert_allclose(
            flow.samples[1, distance], expected, rtol=0.02, atol=1e-4
        )


@pytest.mark.parametrize("make", ARCHITECTURES)
def test_inputs_of_other_architectures_are_rows_of_the_embedding(make):
    # Where each token occurs once, its row's gradient is that of its place.
    model, ids = make(tie_embeddings=False), np.random.default_rng(0).permutation(9)
    flow = gradient_flow(model, ids, wrt="input", max_distance=7)

    def loss(tables):
        def embed(call, token_ids, training=False):
            return ops.matmul(ops.one_hot(token_ids, VOCABULARY), tables[0])

        with intercepted(model.embedding, "call", embed):
            hidden, _ = run(model, ids)
        return -ops.log_softmax(model.logits(hidden[0, -2]))[ids[-1]]

    (gradient,) = compiled_gradient(loss)([ops.copy(model.embedding.embeddings)])
    rows = ops.convert_to_numpy(gradient)[ids[-2::-1]]
    np.testing.assert_allclose(
        flow.samples[0], np.linalg.norm(rows, axis=1), rtol=1e-4, atol=1e-7
    )


def test_a_window_of_attention_ends_the_gradient():
    model, ids = transformer(context_length=5), token_ids(12)
    states = gradient_flow(model, ids, max_distance=9).norms
    # Each hands on what the one before did, and more.
    assert (np.diff(states[1:6]) < 0).all() and (states[1:5] > 0).all()
    assert (states[5:] == 0).all()
    inputs = gradient_flow(model, ids, wrt="input", max_distance=9).norms
    assert (inputs[:5] > 0).all() and (inputs[5:] == 0).all()


@pytest.mark.parametrize("wrt", ["state", "input"])
def test_texts_and_places_are_as_each_alone(wrt, monkeypatch):
    model = recurrent("gru")
    texts = [token_ids(n, seed=n) for n in (K + 2, 31)]
    options = {"wrt": wrt, "max_distance": K, "positions": 4}
    together = gradient_flow(model, texts, **options).samples
    assert len(together) == 5
    # In other pieces, and one row at a time where memory is short.
    monkeypatch.setattr("seqkit.inspect.text_windows.PIECE", 3)
    monkeypatch.setattr("seqkit.inspect.text_windows.BYTES", 1)
    alone = gradient_flow(model, texts[1], **options).samples
    np.testing.assert_allclose(together[1:], alone, rtol=1e-5)


def test_a_dictionary_gives_a_dictionary_and_a_task_reads_text():
    models = {"old": task(recurrent("rnn")), "new": task(recurrent("lstm"))}
    text, options = "ab (a)\nba $b", {"wrt": "input", "max_distance": 4}
    flows = gradient_flow(models, [text, text * 2], **options)
    assert list(flows) == ["old", "new"]
    assert [flow.name for flow in flows.values()] == ["old", "new"]
    alone = gradient_flow(models["new"], [text, text * 2], **options)
    np.testing.assert_array_equal(alone.samples, flows["new"].samples)
    assert alone.name == "lstm"


def test_the_model_is_left_as_it_was_and_nothing_is_dropped():
    model = recurrent("lstm", dropout=0.5, input_dropout=0.5, output_dropout=0.5)
    ids, held = token_ids(12), set(vars(model.embedding))
    before = ops.convert_to_numpy(model(ids[None]))
    first = gradient_flow(model, ids, wrt="input", max_distance=4).samples
    assert set(vars(model.embedding)) == held
    np.testing.assert_array_equal(ops.convert_to_numpy(model(ids[None])), before)
    again = gradient_flow(model, ids, wrt="input", max_distance=4).samples
    np.testing.assert_array_equal(again, first)


def test_a_gradient_that_is_zero_has_no_relative_norm():
    flow = GradientFlow("dead", np.zeros((2, 3)))
    assert np.isnan(flow.relative).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_distance": 20}, r"row 0: expected at least max_distance \+ 2 = 22"),
        ({"max_distance": 0}, "max_distance: expected at least 1"),
        ({"positions": 0}, "positions: expected at least 1"),
        ({"wrt": "cell"}, "wrt: expected 'state' or 'input', found 'cell'"),
        ({"layer": 2}, "layer: expected a number from -2 to 1, found 2"),
        ({"layer": 0, "wrt": "input"}, "layer: expected None with wrt='input'"),
        ({"texts": "abab"}, "token ids with a bare model"),
        ({"texts": []}, "texts: expected at least one"),
        ({"texts": [[]]}, "at least one token"),
        ({"texts": [3, 99]}, "expected ids from 0 to 11, found 99"),
        ({"texts": [[0.5, 1.5]]}, "float64"),
        ({"models": {}}, "models: expected at least one"),
        ({"models": object()}, "found object, which has no run"),
    ],
)
def test_what_is_wrong_is_said(options, message):
    arguments = {
        "models": recurrent("lstm", num_layers=2),
        "texts": token_ids(12),
        "max_distance": 4,
    }
    with pytest.raises(SeqkitError, match=message):
        gradient_flow(**arguments | options)
