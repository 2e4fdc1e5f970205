"""TransformerLanguageModel: the window, positions, what it is made of."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import RotaryEmbedding
from seqkit.models import TransformerLanguageModel
from seqkit.testing.arrays import to_numpy

from . import streaming

V, B, T, W = 23, 3, 14, 5
IDS = np.random.default_rng(0).integers(4, V, (B, T)).astype("int32")
SMALL = {"num_layers": 2, "hidden_dim": 16, "num_heads": 4, "context_length": W}
ON_TENSORFLOW = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="what TensorFlow compiles"
)
KINDS = {
    "rotary": {},
    "alibi, grouped, untied": {
        "positions": "alibi",
        "num_key_value_heads": 2,
        "tie_embeddings": False,
    },
    "no positions, wide": {"positions": None, "context_length": T + 3},
}


def make(batch_size=None, **options):
    model = TransformerLanguageModel(V, batch_size=batch_size, **(SMALL | options))
    model.build()
    return model


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


def test_it_is_its_blocks_with_attention_to_a_band(kind):
    model = make(**kind)
    distance = np.arange(T)[:, None] - np.arange(T)
    band = (distance >= 0) & (distance < model.context_length)
    x = model.embedding(IDS)
    for block in model.blocks:
        x = x + block.attention(block.attention_norm(x), attention_mask=band)
        x = x + block.feed_forward(block.feed_forward_norm(x))
    want = model.embedding(model.norm(x), reverse=True)
    np.testing.assert_allclose(to_numpy(model(IDS)), to_numpy(want), atol=1e-5)


def test_it_looks_back_as_far_as_it_says():
    model = make()
    reach = SMALL["num_layers"] * (W - 1)
    state = model.initial_state(1)
    changed = np.repeat(IDS[:1], 2, axis=0)
    seen = []
    for behind in (reach, reach + 1):
        changed[1] = changed[0]
        changed[1, T - 1 - behind] += 1 if changed[1, T - 1 - behind] < V - 1 else -1
        logits = to_numpy(model(changed))[:, -1]
        seen.append(np.abs(logits[1] - logits[0]).max())
    assert seen[0] > 1e-5 and seen[1] < 1e-6
    assert tuple(state[0]["keys"].shape) == (1, 4, 4, W - 1)


def test_a_long_text_and_long_pieces():
    """Pieces longer than the window, of which the state is the end."""
    ids = np.resize(IDS, (2, 200))
    model = make()
    want = to_numpy(model(ids))
    state, found = model.initial_state(2), []
    for piece in np.split(ids, [90, 93], axis=1):
        hidden, state = model.run(streaming.tensor(piece), state)
        found.append(to_numpy(model.logits(hidden)))
    np.testing.assert_allclose(np.concatenate(found, 1), want, atol=1e-5)


def test_it_begins_with_even_guesses_and_small_residuals():
    model = make(hidden_dim=64, num_layers=4)
    loss = keras.losses.sparse_categorical_crossentropy(
        IDS[:, 1:], model(IDS)[:, :-1], from_logits=True
    )
    assert float(ops.mean(loss)) < 1.4 * np.log(V)
    # Uniform between -l and l, l² = 6 / (inputs + outputs), and smaller by sqrt(2 L).
    block = model.blocks[0]
    for kernel, inputs, outputs in (
        (block.attention.output_kernel, 64, 64),
        (block.feed_forward.kernel_out, 256, 64),
    ):
        limit = np.sqrt(6 / (inputs + outputs) / 8)
        assert 0.95 * limit < np.abs(to_numpy(kernel)).max() <= limit


def test_a_layer_of_positions_is_saved(tmp_path):
    model = make(positions=RotaryEmbedding(max_wavelength=50))
    streaming.check_config(model, IDS, tmp_path)
    again = TransformerLanguageModel.from_config(model.get_config())
    assert again.blocks[1].attention.rotary.max_wavelength == 50


def test_dropout_is_drawn_in_training_alone():
    for name in ("dropout", "attention_dropout", "embedding_dropout"):
        model = make(**{"dropout": 0.0, name: 0.5})
        plain = to_numpy(model(IDS))
        np.testing.assert_allclose(to_numpy(model(IDS, training=False)), plain)
        dropped = to_numpy(model(IDS, training=True))
        assert np.abs(dropped - plain).max() > 1e-2, name


@pytest.mark.parametrize("context_length", [0, 2.5, None])
def test_a_context_of_nothing_is_refused(context_length):
    with pytest.raises(SeqkitError, match="context_length: expected .* found"):
        make(context_length=context_length)
