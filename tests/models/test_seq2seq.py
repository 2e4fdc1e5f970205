"""What every sequence-to-sequence model must hold."""

import json

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.decoding import BeamSearch, decode
from seqkit.models import (
    DecodingModel,
    RecurrentSeq2Seq,
    TransformerSeq2Seq,
    UncachedSteps,
    with_steps,
)
from seqkit.testing.arrays import assert_close, to_numpy
from seqkit.training import TokenCrossentropy

from .cases import WITHOUT_GRAPH, half_policy, parameters
from .stepping import END, START, check_padding, check_steps, ids, sentences

V = 20
RNG = np.random.default_rng(0)
SOURCE = sentences(RNG, 4, 7, V)
TARGET = sentences(RNG, 4, 6, V, start=START)
INPUTS = {"encoder_token_ids": SOURCE, "decoder_token_ids": TARGET}

TRANSFORMER = {"hidden_dim": 8, "num_heads": 2, "intermediate_dim": 16}
CASES = {
    "transformer": (TransformerSeq2Seq, TRANSFORMER),
    "transformer-two-vocabularies": (
        TransformerSeq2Seq,
        {**TRANSFORMER, "num_layers": 1, "source_vocabulary_size": 25},
    ),
    "lstm": (RecurrentSeq2Seq, {"hidden_dim": 8}),
    "lstm-deep": (RecurrentSeq2Seq, {"hidden_dim": 8, "num_layers": 2}),
    "lstm-bottleneck": (RecurrentSeq2Seq, {"hidden_dim": 8, "attention": None}),
    "gru-fed": (
        RecurrentSeq2Seq,
        {"cell": "gru", "hidden_dim": 8, "num_layers": 2, "input_feeding": True},
    ),
    "rnn-two-vocabularies": (
        RecurrentSeq2Seq,
        {
            "cell": "rnn",
            "hidden_dim": 8,
            "attention": "general",
            "source_vocabulary_size": 25,
            "tie_embeddings": False,
        },
    ),
}
VARIANTS = {"transformer-two-vocabularies", "lstm-deep", "lstm-bottleneck"}


@pytest.fixture(params=parameters(CASES, VARIANTS))
def make(request):
    model_cls, kwargs = CASES[request.param]

    def make(**more):
        model = model_cls(V, **{**kwargs, **more})
        model.build()
        return model

    return make


def test_logits_are_float32_and_built_without_data(make):
    model = make()
    weights = len(model.weights)
    logits = model(INPUTS)
    assert logits.shape == (4, 6, V) and len(model.weights) == weights
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"


def test_steps_equal_whole_sequences(make):
    check_steps(make(), SOURCE)


def test_padding_and_neighbours_change_nothing(make):
    check_padding(make(), SOURCE, TARGET)


def test_no_position_sees_what_comes_after_it(make):
    model = make()
    changed = TARGET.copy()
    changed[:, 3:] = 5
    got = model({**INPUTS, "decoder_token_ids": changed})
    assert_close([got[:, :3]], [model(INPUTS)[:, :3]], 1e-6)


def test_alignment_is_a_distribution_over_the_source(make):
    attention = make().alignment({k: ids(v) for k, v in INPUTS.items()})
    if attention is not None:
        attention = to_numpy(attention)
        assert attention.shape == (4, 6, 7)
        np.testing.assert_allclose(attention.sum(-1), 1, rtol=1e-5)
        assert (
            attention[np.broadcast_to((SOURCE == 0)[:, None], (4, 6, 7))] == 0
        ).all()


def test_configuration_and_file_lose_nothing(make, tmp_path):
    model = make(dropout=0.3)
    config = model.get_config()
    again = type(model).from_config(json.loads(json.dumps(config)))
    assert again.get_config() == config
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert_close([loaded(INPUTS)], [model(INPUTS)], 0)
    assert loaded.get_config() == config


def train_a_step(model, **options):
    before = [to_numpy(w) for w in model.trainable_weights]
    model.compile(keras.optimizers.SGD(1.0), TokenCrossentropy(0.1), **options)
    targets = np.roll(TARGET, -1, axis=1)
    targets[:, -1] = 0
    history = model.fit(
        INPUTS, targets, sample_weight=(targets != 0).astype("float32"), verbose=0
    )
    assert np.isfinite(history.history["loss"]).all()
    for weight, old in zip(model.trainable_weights, before, strict=True):
        assert (to_numpy(weight) != old).any(), f"{weight.path} has no gradient"


def test_a_step_of_training_reaches_every_weight(make):
    train_a_step(make(dropout=0.1), **WITHOUT_GRAPH)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["transformer-two-vocabularies", "lstm-deep", "gru-fed"]
)
def test_xla_trains(name):
    model_cls, kwargs = CASES[name]
    model = model_cls(V, **kwargs, dropout=0.1)
    model.build()
    train_a_step(model, jit_compile=True)


@half_policy
def test_half_precision(make, policy):
    exact, model = make(), make(dtype=policy)
    for weight, value in zip(model.weights, exact.weights, strict=True):
        assert keras.backend.standardize_dtype(weight.dtype) == value.dtype
        if keras.backend.is_float_dtype(value.dtype):
            weight.assign(value)
    logits = model(INPUTS)
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
    tolerance = 3e-2 if policy == "mixed_float16" else 2e-1
    assert_close([logits], [exact(INPUTS)], tolerance)
    check_steps(model, SOURCE, tolerance=tolerance)


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_beam_search_scores_are_those_of_the_whole_model(make, policy):
    model = make(dtype=policy)
    memory, mask = model.encode(ids(SOURCE))
    decoded = decode(
        model.step,
        model.initial_state(memory, mask, 3, 6),
        len(SOURCE),
        strategy=BeamSearch(3, length_penalty=0.0),
        max_length=6,
        source_mask=mask,
    )
    best = ops.convert_to_numpy(decoded.token_ids)[:, 0].copy()
    for row, length in enumerate(ops.convert_to_numpy(decoded.lengths)[:, 0]):
        best[row, length : length + 1] = END  # counted, but not returned
    start = np.full((len(best), 1), START)
    written = np.concatenate([start, best], axis=1)
    logits = model({**INPUTS, "decoder_token_ids": written[:, :-1]})
    log_probabilities = to_numpy(ops.log_softmax(logits))
    chosen = np.take_along_axis(log_probabilities, best[..., None], axis=-1)[..., 0]
    scores = np.where(best != 0, chosen, 0).sum(1)
    tolerance = 1e-4 if policy == "float32" else 0.5
    assert_close([decoded.scores[:, 0]], [scores.astype("float32")], tolerance)


def test_steps_of_a_model_that_has_none(make):
    model = make()
    assert with_steps(model) is model and isinstance(model, DecodingModel)
    check_uncached = UncachedSteps(model)
    memory, mask = check_uncached.encode(ids(SOURCE))
    state = check_uncached.initial_state(memory, mask, 2, 6)
    want = model(INPUTS)
    for t in range(3):
        tokens = np.stack([TARGET[:, t], TARGET[:, t]], axis=1)
        logits, state, attention = check_uncached.step(ids(tokens), state, t)
        assert attention is None
        assert_close([logits[:, 0], logits[:, 1]], [want[:, t]] * 2, 1e-5)


@pytest.mark.parametrize("kind", [RecurrentSeq2Seq, TransformerSeq2Seq])
def test_a_saved_model_still_copies(kind, tmp_path):
    """On every backend: a word that the source alone knows has its probability."""
    made = kind(9, num_layers=1, hidden_dim=16, copy=True, max_extra=2, coverage=True)
    made.build()
    data = {
        "encoder_token_ids": np.array([[4, 9, 5, 3]], "int32"),
        "decoder_token_ids": np.array([[START, 9]], "int32"),
    }
    want = to_numpy(made(data))
    assert want.shape == (1, 2, 11)
    assert (np.exp(want[..., 9]) > 1e-6).all() and (np.exp(want[..., 10]) == 0).all()
    made.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert_close([loaded(data)], [want], 1e-6)
    assert kind(9, num_layers=1, hidden_dim=16).copying is None
