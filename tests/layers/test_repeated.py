"""Equal blocks in one loop compute what they do one by one, dropout included."""

import keras
import numpy as np
import pytest

from seqkit import models
from seqkit.layers import dropout, repeated

ON_JAX = keras.backend.backend() == "jax"
only_jax = pytest.mark.skipif(not ON_JAX, reason="JAX alone has the loop")
IDS = np.random.default_rng(0).integers(4, 50, (4, 7)).astype("int32")
PAIR = {"encoder_token_ids": IDS, "decoder_token_ids": IDS}
SIZES = {"num_layers": 2, "hidden_dim": 16, "dropout": 0.2}
MODELS = {
    "seq2seq": (models.TransformerSeq2Seq, {"num_heads": 2}, PAIR),
    "language": (
        models.TransformerLanguageModel,
        {"num_heads": 2, "batch_size": 4, "context_length": 4},
        IDS,
    ),
    "mamba": (models.MambaLanguageModel, {"state_dim": 4, "batch_size": 4}, IDS),
}


@pytest.fixture
def choose(monkeypatch):
    def choose(loop, by_xla):
        from seqkit.layers.compiled_jax import is_traced

        used = []

        def pays(x):
            used.append(loop and is_traced(x))
            return used[-1]

        monkeypatch.setattr(repeated, "loop_pays", pays)
        monkeypatch.setattr(dropout, "draws_by_xla", lambda: by_xla)
        return used

    return choose


def trained(name):
    make, options, inputs = MODELS[name]
    keras.utils.set_random_seed(0)
    model = make(50, **SIZES | options)
    model.build()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="sgd", loss=loss, jit_compile=True)
    losses = [float(model.train_on_batch(inputs, IDS)) for _ in range(2)]
    return losses, [np.array(variable.value) for variable in model.variables]


@only_jax
@pytest.mark.parametrize(
    ("name", "by_xla"), [("seq2seq", False), ("language", True), ("mamba", False)]
)
def test_a_loop_trains_as_blocks_one_by_one_do(choose, name, by_xla):
    choose(False, by_xla)
    losses, variables = trained(name)
    used = choose(True, by_xla)
    found, others = trained(name)
    assert any(used), "the loop was taken"
    assert np.allclose(found, losses, atol=1e-5)
    # States of random generators among them, which decide what is drawn next.
    for one, other in zip(variables, others, strict=True):
        assert np.allclose(one, other, atol=1e-5)


@only_jax
def test_unequal_blocks_stay_one_by_one(choose):
    choose(True, False)
    blocks = [keras.layers.Dense(4), keras.layers.Dense(4, activation="relu")]
    for block in blocks:
        block.build((None, 4))
    assert not repeated._alike(blocks)
    assert repeated._alike([blocks[0], blocks[0]])


@only_jax
def test_dropout_by_xla(choose):
    layer = dropout.Dropout(0.25, noise_shape=(None, 1, None), seed=3)
    x = np.ones((400, 3, 50), "float32")
    choose(False, True)
    first, second = (np.array(layer(x, training=True)) for _ in range(2))
    assert np.allclose(np.unique(first), [0, 1 / 0.75])
    assert abs((first == 0).mean() - 0.25) < 0.02
    assert (first == first[:, :1]).all(), "all steps alike"
    assert abs((first * second).mean() - 1) < 0.03, "draws are independent"
    again = dropout.Dropout(0.25, noise_shape=(None, 1, None), seed=3)
    assert np.array_equal(first, again(x, training=True))
    assert np.array_equal(layer(x), x)


def test_without_an_accelerator_all_is_kerass():
    assert not dropout.draws_by_xla() and not repeated.loop_pays(IDS)
    ours, theirs = dropout.Dropout(0.5, seed=1), keras.layers.Dropout(0.5, seed=1)
    x = np.ones((3, 5), "float32")
    assert np.array_equal(ours(x, training=True), theirs(x, training=True))
    assert ours.get_config() | {"name": ""} == theirs.get_config() | {"name": ""}


def test_results_of_blocks_one_by_one():
    x, more = repeated.run_blocks([1, 2], lambda b, x, s: (x * b + s, x), 5, [3, 4])
    assert (x, more) == (20, [5, 8])


@pytest.mark.skipif(ON_JAX, reason="runs those above")
def test_on_jax(run_tests_on):
    run_tests_on("jax", __file__)
