"""What every language model must hold; a new one is a row of MODELS."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.models import (
    MambaLanguageModel,
    RecurrentLanguageModel,
    TransformerLanguageModel,
)
from seqkit.training import TokenCrossentropy

from . import streaming
from .cases import half_policy, parameters

V, B, T = 23, 3, 14
IDS = np.random.default_rng(0).integers(4, V, (B, T)).astype("int32")
ON_TENSORFLOW = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="what TensorFlow compiles"
)
RECURRENT = {"hidden_dim": 8}
TRANSFORMER = {"num_layers": 2, "hidden_dim": 16, "num_heads": 4, "context_length": 5}
MAMBA = {"num_layers": 2, "hidden_dim": 8, "state_dim": 4}

MODELS = {
    "rnn": (RecurrentLanguageModel, RECURRENT | {"cell": "rnn"}),
    "gru": (RecurrentLanguageModel, RECURRENT | {"cell": "gru"}),
    "lstm": (RecurrentLanguageModel, RECURRENT),
    "lstm, narrow embedding": (
        RecurrentLanguageModel,
        RECURRENT | {"embedding_dim": 6, "num_layers": 3},
    ),
    "lstm, untied": (
        RecurrentLanguageModel,
        RECURRENT | {"embedding_dim": 6, "tie_embeddings": False},
    ),
    "awd": (
        RecurrentLanguageModel,
        RECURRENT
        | {
            "input_dropout": 0.2,
            "dropout": 0.2,
            "output_dropout": 0.2,
            "embedding_dropout": 0.1,
            "weight_drop": 0.3,
            "activation_regularization": 2.0,
            "temporal_activation_regularization": 1.0,
        },
    ),
    "transformer": (TransformerLanguageModel, TRANSFORMER),
    "transformer, alibi, grouped, untied": (
        TransformerLanguageModel,
        TRANSFORMER
        | {"positions": "alibi", "num_key_value_heads": 2, "tie_embeddings": False},
    ),
    "transformer, no positions, wide": (
        TransformerLanguageModel,
        TRANSFORMER | {"positions": None, "context_length": T + 3},
    ),
    "mamba": (MambaLanguageModel, MAMBA),
    "mamba, untied": (
        MambaLanguageModel,
        MAMBA | {"tie_embeddings": False, "conv_width": 1},
    ),
}

VARIANTS = {"lstm, untied", "transformer, no positions, wide", "mamba, untied"}


def build(row, batch_size=None, **more):
    cls, options = MODELS[row]
    keras.utils.set_random_seed(0)
    model = cls(V, batch_size=batch_size, **(options | more))
    model.build()
    return model


def array(x):
    return ops.convert_to_numpy(x)


@pytest.fixture(params=parameters(MODELS, VARIANTS))
def row(request):
    return request.param


def test_pieces_and_steps_equal_the_whole(row):
    streaming.check_pieces(build(row), IDS)


def test_nothing_looks_ahead_and_rows_are_independent(row):
    model = build(row)
    before, changed = array(model(IDS)), IDS.copy()
    changed[0, 6:] = 4 + (IDS[0, 6:] - 3) % (V - 4)
    after = array(model(changed))
    assert np.abs(after[0, :6] - before[0, :6]).max() < 1e-6
    assert np.abs(after[1:] - before[1:]).max() < 1e-6
    assert np.abs(after[0, 6:] - before[0, 6:]).max() > 1e-3


def test_a_stateful_model_goes_on_where_it_ended(row):
    model, free = build(row, batch_size=B), build(row)
    free.set_weights(model.get_weights())
    whole = array(free(IDS))

    def call(ids, begins):
        return array(model({"token_ids": ids, "begins": np.array(begins)}))

    first = call(IDS[:, :5], [True] * B)
    second = call(IDS[:, 5:], [False] * B)
    assert np.abs(np.concatenate([first, second], 1) - whole).max() < 1e-5
    # One row begins anew, the others go on.
    both = call(IDS[:, :5], [False, True, False])
    assert np.abs(both[1] - whole[1, :5]).max() < 1e-5
    assert np.abs(both[0] - whole[0, :5]).max() > 1e-4
    model.reset_states()
    assert np.abs(array(model(IDS)) - whole).max() < 1e-5


def test_a_stateful_model_refuses_another_batch_size(row):
    with pytest.raises(SeqkitError, match=f"batches of {B} rows.*found a batch size"):
        build(row, batch_size=B)(IDS[:2])


def test_configuration_and_file_lose_nothing(row, tmp_path):
    streaming.check_config(build(row), IDS, tmp_path)


def test_carried_states_are_no_weights(row):
    assert len(build(row, batch_size=B).weights) == len(build(row).weights)


@ON_TENSORFLOW
@pytest.mark.parametrize(
    "row",
    parameters(MODELS, VARIANTS | {"awd", "transformer, alibi, grouped, untied"}),
)
def test_graphs_of_any_length(row):
    streaming.check_exports(build(row), IDS)


@ON_TENSORFLOW
@pytest.mark.parametrize(
    "row",
    [
        "lstm",
        pytest.param("transformer", marks=pytest.mark.slow),
        pytest.param("mamba", marks=pytest.mark.slow),
    ],
)
def test_xla_trains_alike(row):
    """And a step reaches every weight."""
    streaming.check_xla_trains_alike(
        lambda size: build(row, batch_size=size, dropout=0.0), IDS
    )


@ON_TENSORFLOW
@pytest.mark.parametrize(
    "row",
    [
        "gru",
        pytest.param("transformer", marks=pytest.mark.slow),
        pytest.param("mamba", marks=pytest.mark.slow),
    ],
)
def test_learns_across_cuts(row):
    options = {"hidden_dim": 32} if row == "gru" else {"context_length": 9}
    options = {} if row == "mamba" else options
    streaming.check_learns_across_cuts(
        lambda size: build(row, batch_size=size, dropout=0.0, **options)
    )


@half_policy
def test_mixed_precision(row, policy):
    if keras.backend.backend() == "jax" and policy == "mixed_bfloat16":
        pytest.skip("one of the two is enough where each compiles for long")
    exact, model = build(row), build(row, dtype=policy, batch_size=B)
    model.set_weights(exact.get_weights())
    logits = model({"token_ids": IDS, "begins": np.ones(B, bool)})
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
    assert np.abs(array(logits) - array(exact(IDS))).max() < 0.1


def test_dropout_and_penalties_act_in_training_alone():
    model = build("awd")
    plain = array(model(IDS))
    assert not model.losses
    dropped = array(model(IDS, training=True))
    assert np.abs(dropped - plain).max() > 1e-3
    assert len(model.losses) == 2


def test_activation_regularization_is_that_of_the_paper():
    model = build("lstm", activation_regularization=2.0)
    other = build("lstm", temporal_activation_regularization=3.0)
    for one in (model, other):
        one(IDS, training=True)
    hidden = array(model.run(ops.convert_to_tensor(IDS), model.initial_state(B))[0])
    alpha, beta = float(model.losses[0]), float(other.losses[0])
    assert alpha == pytest.approx(2.0 * np.mean(hidden**2), rel=1e-4)
    change = np.diff(hidden, axis=1)
    assert beta == pytest.approx(3.0 * np.mean(change**2), rel=1e-4)


def test_initializer_range():
    model = build("lstm", initializer_range=0.05)
    for weight in model.weights:
        largest = np.abs(array(weight)).max()
        assert 0.03 < largest <= 0.05, weight.path


def test_an_unknown_cell_is_named():
    with pytest.raises(SeqkitError, match="cell: expected one of .*found 'lstn'"):
        RecurrentLanguageModel(V, cell="lstn")


def test_truncated_gradient_equals_numpy():
    """One batch from a carried state: no gradient goes back into it.

    A vanilla network by hand in float64, its loss differentiated by finite differences
    with the carried state held fixed.
    """
    model = build("rnn", batch_size=B)
    weights = [array(w).astype("float64") for w in model.weights]

    def read(weights, ids, states):
        embeddings, bias, *layers = weights
        x, last = embeddings[ids], []
        for number, h in enumerate(states):
            kernel, recurrent, b = layers[3 * number : 3 * number + 3]
            outputs = []
            for t in range(ids.shape[1]):
                h = np.tanh(x[:, t] @ kernel + h @ recurrent + b)
                outputs.append(h)
            x = np.stack(outputs, axis=1)
            last.append(h)
        return x @ embeddings.T + bias, last

    def loss(weights, ids, targets, states):
        logits, _ = read(weights, ids, states)
        logits -= logits.max(axis=-1, keepdims=True)
        log_probs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        return -np.take_along_axis(log_probs, targets[..., None], -1).mean()

    first, second, targets = IDS[:, :5], IDS[:, 5:10], IDS[:, 6:11]
    states = read(weights, first, [np.zeros((B, 8))] * 2)[1]
    rate = 0.1
    expected = [w.copy() for w in weights]
    for number, weight in enumerate(weights):
        for place in np.random.default_rng(number).permutation(weight.size)[:6]:
            losses = []
            for change in (1e-5, -1e-5):
                moved = [w.copy() for w in weights]
                moved[number].flat[place] += change
                losses.append(loss(moved, second, targets, states))
            expected[number].flat[place] -= rate * (losses[0] - losses[1]) / 2e-5
    model.compile(keras.optimizers.SGD(rate), TokenCrossentropy())
    model({"token_ids": first, "begins": np.ones(B, bool)})
    model.train_on_batch({"token_ids": second, "begins": np.zeros(B, bool)}, targets)
    for number, weight in enumerate(model.weights):
        found = array(weight)
        moved = np.abs(expected[number] - weights[number]) > 0
        assert moved.any()
        assert np.abs(found - expected[number])[moved].max() < 1e-5
