"""The recurrent model: each cell with each attention, and what it learns."""

import json

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.models import RecurrentSeq2Seq
from seqkit.testing.arrays import assert_close, to_numpy
from seqkit.training import TokenCrossentropy

from .stepping import START, check_steps, ids, sentences

V, D = 20, 8
RNG = np.random.default_rng(0)
SOURCE = sentences(RNG, 3, 6, V)
TARGET = sentences(RNG, 3, 5, V, start=START)
INPUTS = {"encoder_token_ids": SOURCE, "decoder_token_ids": TARGET}


def make(**kwargs):
    model = RecurrentSeq2Seq(V, hidden_dim=D, **kwargs)
    model.build()
    return model


@pytest.mark.parametrize("input_feeding", [False, True])
@pytest.mark.parametrize("attention", ["additive", None, "general"])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_steps_equal_whole_sequences(cell, attention, input_feeding):
    model = make(cell=cell, attention=attention, input_feeding=input_feeding)
    check_steps(model, SOURCE, num_beams=2, length=4)


@pytest.mark.parametrize("attention", ["dot", "scaled_dot", "cosine", "location"])
def test_other_scores(attention):
    check_steps(make(attention=attention), SOURCE, num_beams=2, length=3)


@pytest.mark.parametrize("attention", ["additive", None])
def test_input_feeding_is_the_recursion_of_luong(attention):
    """In NumPy, one step after the other, for a vanilla cell of one layer."""
    model = make(cell="rnn", attention=attention, input_feeding=True)
    memory, mask = model.encode(ids(SOURCE))
    embedding = to_numpy(model.embedding.embeddings)
    kernel, recurrent, bias = model.decoder.stack.recurrent_layers[0].get_weights()
    projection, offset = model.decoder.output_projection.get_weights()
    h = to_numpy(memory["states"][0][0])
    fed = np.zeros((len(TARGET), D), "float32")
    logits = []
    for t in range(TARGET.shape[1]):
        x = np.concatenate([embedding[TARGET[:, t]] * D**0.5, fed], axis=1)
        h = np.tanh(x @ kernel + h @ recurrent + bias)
        out = h
        if attention:
            context, _ = model.decoder.attention(
                ops.convert_to_tensor(h[:, None]), memory["sequence"], memory_mask=mask
            )
            out = np.concatenate([to_numpy(context)[:, 0], h], axis=1)
        fed = np.tanh(out @ projection + offset)
        logits.append(fed @ embedding.T)
    assert_close([model(INPUTS)], [np.stack(logits, 1)], 1e-5)


def test_without_attention_only_the_states_pass():
    model = make(attention=None, num_layers=2)
    memory, mask = model.encode(ids(SOURCE))
    assert [[tuple(s.shape) for s in layer] for layer in memory["states"]] == [
        [(3, D), (3, D)],
        [(3, D), (3, D)],
    ]
    state = model.initial_state(memory, mask, 2, 5)
    assert state["sentences"] == {}
    assert model.alignment(INPUTS) is None


def test_nothing_of_the_source_is_repeated_for_each_beam():
    model = make(attention="general")
    memory, mask = model.encode(ids(SOURCE))
    state = model.initial_state(memory, mask, 4, 5)
    assert {tuple(x.shape[:2]) for x in keras.tree.flatten(state["beams"])} == {(3, 4)}
    sentences = {name: tuple(x.shape) for name, x in state["sentences"].items()}
    assert sentences == {"keys": (3, 6, D), "memory": (3, 6, D), "mask": (3, 6)}


@pytest.mark.parametrize("input_feeding", [False, True])
def test_dropout_is_drawn_anew_in_training_alone(input_feeding):
    model = make(num_layers=2, dropout=0.5, input_feeding=input_feeding)
    assert_close([model(INPUTS)], [model(INPUTS)], 0)
    first, second = (to_numpy(model(INPUTS, training=True)) for _ in range(2))
    assert np.abs(first - second).max() > 1e-3


def test_the_output_layer_shares_the_embedding_or_does_not():
    names = [w.path for w in make(tie_embeddings=False).weights]
    assert sum("embedding" in name for name in names) == 2
    assert sum("embedding" in w.path for w in make().weights) == 1


@keras.saving.register_keras_serializable(package="seqkit-tests")
def half_dot(query, keys):
    return ops.matmul(query, ops.transpose(keys, (0, 2, 1))) / 2


def test_a_score_of_ones_own_lasts(tmp_path):
    model = make(attention=half_dot)
    json.dumps(model.get_config())
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert_close([loaded(INPUTS)], [model(INPUTS)], 0)


def test_unknown_names_are_refused():
    with pytest.raises(SeqkitError, match="cell: expected one of lstm, gru, rnn"):
        make(cell="transformer")
    with pytest.raises(SeqkitError, match="score: expected one of additive"):
        make(attention="bahdanau")


@pytest.mark.slow
@pytest.mark.parametrize("input_feeding", [False, True])
def test_it_learns_to_reverse(input_feeding):
    """Sequences never seen come out reversed; each needs attention to be right."""
    rng = np.random.default_rng(1)
    body = rng.integers(4, 10, (1024, 4))
    end = np.full((1024, 1), 3)
    source = np.concatenate([body, end], axis=1)
    target = np.concatenate([body[:, ::-1], end], axis=1)
    shifted = np.concatenate([np.full((1024, 1), START), target[:, :-1]], axis=1)
    model = RecurrentSeq2Seq(
        10, cell="gru", hidden_dim=32, dropout=0.0, input_feeding=input_feeding
    )
    model.build()
    model.compile(
        keras.optimizers.Adam(1e-2),
        loss=TokenCrossentropy(),
        weighted_metrics=["accuracy"],
    )
    inputs = {"encoder_token_ids": source, "decoder_token_ids": shifted}
    train = {name: value[:896] for name, value in inputs.items()}
    held_out = {name: value[896:] for name, value in inputs.items()}
    model.fit(train, target[:896], batch_size=64, epochs=12, verbose=0)
    predicted = np.argmax(to_numpy(model(held_out)), axis=-1)
    assert (predicted == target[896:]).mean() > 0.98
