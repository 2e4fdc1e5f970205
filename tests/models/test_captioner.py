"""What every model from regions of an image to a sentence must hold."""

import json

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.decoding import BeamSearch, decode
from seqkit.errors import SeqkitError
from seqkit.models import (
    RecurrentCaptioner,
    SmallImageEncoder,
    TransformerCaptioner,
    image_encoder,
)
from seqkit.models.recurrent_captioner import doubly_stochastic_penalty
from seqkit.testing.arrays import assert_close, to_numpy
from seqkit.training import TokenCrossentropy

from .cases import WITHOUT_GRAPH, parameters
from .stepping import END, START, check_steps, ids, sentences

V, F, S, D = 20, 5, 6, 8
RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(4, S, F)).astype("float32")
TARGET = sentences(RNG, 4, 6, V, start=START)
INPUTS = {"encoder_features": FEATURES, "decoder_token_ids": TARGET}

TRANSFORMER = {"hidden_dim": D, "num_heads": 2, "intermediate_dim": 16}
CASES = {
    "lstm": (RecurrentCaptioner, {"gate": True}),
    "gru-fed": (
        RecurrentCaptioner,
        {
            "cell": "gru",
            "num_layers": 2,
            "input_feeding": True,
            "attention": "general",
            "gate": True,
        },
    ),
    "rnn-dot": (
        RecurrentCaptioner,
        {
            "cell": "rnn",
            "attention": "dot",
            "deep_output": False,
            "region_positions": False,
            "tie_embeddings": False,
        },
    ),
    "lstm-initial-state": (RecurrentCaptioner, {"attention": None}),
    "transformer": (TransformerCaptioner, {**TRANSFORMER, "num_layers": 1}),
    "transformer-decoder": (TransformerCaptioner, {**TRANSFORMER, "encoder_layers": 0}),
}
VARIANTS = {"rnn-dot", "transformer-decoder"}


def build(name, **more):
    model_cls, kwargs = CASES[name]
    model = model_cls(V, F, S, **{"hidden_dim": D, **kwargs, **more})
    model.build()
    return model


@pytest.fixture(params=parameters(CASES, VARIANTS))
def make(request):
    return lambda **more: build(request.param, **more)


class ByRow:
    """A captioner whose source are numbers of rows of `FEATURES`."""

    def __init__(self, model):
        self.model = model

    def encode(self, rows):
        return self.model.encode(ops.take(FEATURES, rows[:, 0], axis=0))

    def __getattr__(self, name):
        return getattr(self.model, name)


def test_logits_are_float32_and_built_without_data(make):
    model = make()
    weights = len(model.weights)
    logits = model(INPUTS)
    assert logits.shape == (4, 6, V) and len(model.weights) == weights
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"


def test_features_of_half_precision_are_the_same(make):
    model, half = make(), FEATURES.astype("float16")
    got = model({**INPUTS, "encoder_features": half})
    want = model({**INPUTS, "encoder_features": half.astype("float32")})
    assert_close([got], [want], 1e-6)


def test_steps_equal_whole_sequences(make):
    check_steps(ByRow(make()), np.arange(4)[:, None])


def test_padding_and_neighbours_change_nothing(make):
    model = make()
    want, keep = to_numpy(model(INPUTS)), TARGET != 0
    wide = {**INPUTS, "decoder_token_ids": np.pad(TARGET, ((0, 0), (0, 3)))}
    assert_close([to_numpy(model(wide))[:, :6][keep]], [want[keep]], 1e-5)
    alone = {name: value[-1:] for name, value in INPUTS.items()}
    alone["decoder_token_ids"] = alone["decoder_token_ids"][:, : keep[-1].sum()]
    assert_close([model(alone)[0]], [want[-1][keep[-1]]], 1e-5)


def test_no_position_sees_what_comes_after_it(make):
    model, changed = make(), TARGET.copy()
    changed[:, 3:] = 5
    got = model({**INPUTS, "decoder_token_ids": changed})
    assert_close([got[:, :3]], [model(INPUTS)[:, :3]], 1e-6)


def test_alignment_is_a_distribution_over_the_regions(make):
    attention = make().alignment(INPUTS)
    if attention is not None:
        assert attention.shape == (4, 6, S)
        np.testing.assert_allclose(to_numpy(attention).sum(-1), 1, rtol=1e-5)


def test_captions_that_share_an_image_are_as_if_each_had_its_own(make):
    """Outputs, attention and gradients."""
    model, shared = make(), FEATURES[:2]
    one = {**INPUTS, "encoder_features": shared}
    other = {**INPUTS, "encoder_features": np.repeat(shared, 2, axis=0)}
    assert_close([model(one)], [model(other)], 1e-5)
    if model.alignment(other) is not None:
        assert_close([model.alignment(one)], [model.alignment(other)], 1e-5)
    if keras.backend.backend() == "tensorflow":
        assert_close(*(gradients(model, inputs) for inputs in (one, other)), 1e-4)


def gradients(model, inputs):
    """Of a fixed weighted sum of the logits."""
    import tensorflow as tf

    weights = np.random.default_rng(1).normal(size=(4, 6, V)).astype("float32")
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(inputs) * weights)
    return tape.gradient(loss, [w.value for w in model.trainable_weights])


def test_as_many_captions_of_each_image(make):
    with pytest.raises(SeqkitError, match="multiple, found 4 rows for 3 images"):
        make()({**INPUTS, "encoder_features": FEATURES[:3]})


def test_the_image_matters(make):
    model = make()
    other = {**INPUTS, "encoder_features": FEATURES[::-1]}
    assert np.abs(to_numpy(model(other)) - to_numpy(model(INPUTS))).max() > 1e-3


@pytest.mark.parametrize(
    ("name", "same"),
    [("rnn-dot", True), ("lstm-initial-state", True)]
    + [("lstm", False), ("transformer", False)],
)
def test_the_place_of_a_region_matters_where_it_is_told(name, same):
    model = build(name)
    if not same:
        positions = model.positions if name == "lstm" else model.region_positions
        positions.embeddings.assign(RNG.normal(size=(S, D)))
    turned = {**INPUTS, "encoder_features": FEATURES[:, ::-1]}
    gap = np.abs(to_numpy(model(turned)) - to_numpy(model(INPUTS))).max()
    assert gap < 1e-5 if same else gap > 1e-3


def test_configuration_and_file_lose_nothing(make, tmp_path):
    model = make(dropout=0.3)
    config = model.get_config()
    again = type(model).from_config(json.loads(json.dumps(config)))
    assert again.get_config() == config
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert_close([loaded(INPUTS)], [model(INPUTS)], 0)
    assert loaded.get_config() == config


TARGETS = np.roll(TARGET, -1, axis=1)
TARGETS[:, -1] = 0


def fit(model, inputs=INPUTS, **options):
    optimizer = keras.optimizers.SGD(options.pop("learning_rate", 1.0))
    model.compile(optimizer, loss=TokenCrossentropy(0.1), **options)
    weights = (TARGETS != 0).astype("float32")
    history = model.fit(inputs, TARGETS, sample_weight=weights, verbose=0)
    return history.history["loss"][0]


def train_a_step(model, inputs=INPUTS, **options):
    before = [to_numpy(w) for w in model.trainable_weights]
    assert np.isfinite(fit(model, inputs, **options))
    for weight, old in zip(model.trainable_weights, before, strict=True):
        assert (to_numpy(weight) != old).any(), f"{weight.path} has no gradient"


@pytest.mark.parametrize("name", ["rnn-dot", "lstm-initial-state"])
def test_a_step_of_training_reaches_every_weight(name):
    train_a_step(build(name, dropout=0.1), **WITHOUT_GRAPH)


@pytest.mark.slow
def test_xla_trains():
    train_a_step(build("gru-fed", dropout=0.1), jit_compile=True)


def test_half_precision(make):
    exact, model = make(), make(dtype="mixed_float16")
    for weight, value in zip(model.weights, exact.weights, strict=True):
        assert keras.backend.standardize_dtype(weight.dtype) == value.dtype
        if keras.backend.is_float_dtype(value.dtype):
            weight.assign(value)
    logits = model(INPUTS)
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
    assert_close([logits], [exact(INPUTS)], 3e-2)


def test_beam_search_scores_are_those_of_the_whole_model(make):
    model = make()
    memory, mask = model.encode(FEATURES)
    decoded = decode(
        model.step,
        model.initial_state(memory, mask, 3, 6),
        len(FEATURES),
        strategy=BeamSearch(3, length_penalty=0.0),
        max_length=6,
        source_mask=mask,
    )
    best = ops.convert_to_numpy(decoded.token_ids)[:, 0].copy()
    for row, length in enumerate(ops.convert_to_numpy(decoded.lengths)[:, 0]):
        best[row, length : length + 1] = END  # counted, but not returned
    written = np.concatenate([np.full((len(best), 1), START), best[:, :-1]], axis=1)
    logits = model({**INPUTS, "decoder_token_ids": written})
    log_probabilities = to_numpy(ops.log_softmax(logits))
    chosen = np.take_along_axis(log_probabilities, best[..., None], axis=-1)[..., 0]
    scores = np.where(best != 0, chosen, 0).sum(1).astype("float32")
    assert_close([decoded.scores[:, 0]], [scores], 1e-4)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def norm(x):
    x = x - x.mean(axis=-1, keepdims=True)
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + 1e-6)


@pytest.mark.parametrize("input_feeding", [False, True])
def test_the_equations_in_numpy(input_feeding):
    """One step after the other, for a vanilla cell of one layer."""
    model = build("lstm", cell="rnn", input_feeding=input_feeding)
    embedding = to_numpy(model.embedding.embeddings)
    decoder, dense = model.decoder, lambda layer: map(to_numpy, layer.weights)
    kernel, recurrent, bias = dense(decoder.stack.recurrent_layers[0])
    (to_state, state_bias), (w, b) = (
        dense(model.bridges[0]),
        dense(decoder.output_projection),
    )
    (to_memory, memory_bias), (g, g_bias) = (
        dense(model.memory_projection),
        dense(decoder.gate_projection),
    )
    query_kernel, memory_kernel, v = (
        to_numpy(weight) for weight in decoder.attention.weights
    )
    memory = norm(FEATURES @ to_memory + memory_bias)
    memory = memory + to_numpy(model.positions.embeddings)
    h = np.tanh(norm(FEATURES.mean(axis=1)) @ to_state + state_bias)
    fed, logits, alignment = np.zeros((4, D)), [], []
    for t in range(6):
        e = embedding[TARGET[:, t]] * D**0.5
        x = np.concatenate([e, fed], axis=1) if input_feeding else e
        h = np.tanh(x @ kernel + h @ recurrent + bias)
        scores = np.tanh((h @ query_kernel)[:, None] + memory @ memory_kernel) @ v
        weights = np.exp(scores[..., 0])
        weights /= weights.sum(axis=1, keepdims=True)
        z = np.einsum("bs,bsd->bd", weights, memory) * sigmoid(h @ g + g_bias)
        fed = np.tanh(np.concatenate([z, h, e], axis=1) @ w + b)
        logits.append(fed @ embedding.T)
        alignment.append(weights)
    assert_close([model(INPUTS)], [np.stack(logits, 1).astype("float32")], 1e-5)
    alignment = np.stack(alignment, 1).astype("float32")
    assert_close([model.alignment(INPUTS)], [alignment], 1e-5)


def test_the_penalty_is_the_sum_of_the_paper_over_its_number():
    weights = RNG.dirichlet(np.ones(S), (5, 6)).astype("float32")
    lengths = [6, 4, 3, 1, 0]  # the last caption is there to fill a batch
    mask = np.arange(6) < np.array(lengths)[:, None]
    total = 0.0
    for row, length in enumerate(lengths[:4]):
        for region in range(S):
            looked = sum(weights[row, t, region] for t in range(length))
            total += (1 - looked) ** 2
    got = doubly_stochastic_penalty(
        ops.convert_to_tensor(weights), ops.convert_to_tensor(mask)
    )
    assert float(got) == pytest.approx(total / (4 * S), rel=1e-5)


def test_training_adds_the_penalty():
    model = build("lstm", dropout=0.0, doubly_stochastic=3.0)
    weights = (TARGETS != 0).astype("float32")
    without = TokenCrossentropy(0.1)(TARGETS, model(INPUTS), sample_weight=weights)
    assert not model.losses  # none but in training
    penalty = doubly_stochastic_penalty(model.alignment(INPUTS), ids(TARGET) != 0)
    assert float(penalty) > 0.01
    loss = fit(model, learning_rate=0.0, **WITHOUT_GRAPH)
    assert loss == pytest.approx(float(without) + 3 * float(penalty), 1e-5)


def test_without_attention_only_the_states_pass():
    model = build("lstm-initial-state", num_layers=2)
    memory, mask = model.encode(FEATURES)
    assert [[tuple(s.shape) for s in layer] for layer in memory["states"]] == [
        [(4, D), (4, D)],
        [(4, D), (4, D)],
    ]
    assert model.initial_state(memory, mask, 2, 5)["sentences"] == {}
    assert model.alignment(INPUTS) is None
    model(INPUTS, training=True)
    assert not model.losses


def test_features_are_dropped_in_all_regions_alike():
    model = build("lstm", dropout=0.0, feature_dropout=0.5)
    dropped = to_numpy(model.feature_dropout_layer(np.ones((4, S, F)), training=True))
    assert (dropped == dropped[:, :1]).all() and {0.0, 2.0} == set(np.unique(dropped))
    assert_close([model(INPUTS)], [model(INPUTS)], 0)
    gap = to_numpy(model(INPUTS, training=True)) - to_numpy(model(INPUTS))
    assert np.abs(gap).max() > 1e-4


IMAGES = RNG.integers(0, 256, (4, 16, 24, 3)).astype("uint8")
IMAGE_INPUTS = {"images": IMAGES, "decoder_token_ids": TARGET}


def with_encoder(name="lstm", encoder=None):
    model_cls, kwargs = CASES[name]
    if encoder is None:
        encoder = SmallImageEncoder((16, 24), 8, 1, 2)
    model = model_cls(V, image_encoder=encoder, **{"hidden_dim": D, **kwargs})
    model.build()
    return model


@pytest.mark.parametrize("name", ["lstm", "transformer"])
def test_an_encoder_is_trained_and_saved_together(name, tmp_path):
    model = with_encoder(name)
    assert (model.num_regions, model.feature_dim) == (6, 8)
    config = model.get_config()
    again = type(model).from_config(json.loads(json.dumps(config)))
    again.build()
    assert json.dumps(again.get_config()) == json.dumps(config)
    assert len(model.image_encoder.trainable_weights) == 12
    # Every weight of the decoder too.
    train_a_step(model, IMAGE_INPUTS, **WITHOUT_GRAPH)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    want = model(IMAGE_INPUTS)
    assert_close([loaded(IMAGE_INPUTS)], [want], 0)
    features = model.encode_images(IMAGES)
    got = model({"encoder_features": features, "decoder_token_ids": TARGET})
    assert_close([got], [want], 1e-6)


def test_a_frozen_encoder_stays_as_it_is(tmp_path):
    known = keras.Sequential(
        [keras.Input((16, 24, 3)), keras.layers.Conv2D(7, 8, strides=8)]
    )
    encoder = image_encoder(known)
    encoder.trainable = False
    model = with_encoder(encoder=encoder)
    paths = {weight.path for weight in model.trainable_weights}
    assert paths and not paths & {weight.path for weight in known.weights}
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert_close([loaded(IMAGE_INPUTS)], [model(IMAGE_INPUTS)], 0)
    assert len(loaded.trainable_weights) == len(model.trainable_weights)
    assert not loaded.image_encoder.trainable_weights


def test_what_does_not_fit_is_an_error():
    model = build("lstm")
    with pytest.raises(SeqkitError, match="'encoder_features', .* found 'decoder_tok"):
        model({"decoder_token_ids": TARGET})
    with pytest.raises(SeqkitError, match="found images, and the model has no encoder"):
        model(IMAGE_INPUTS)
    for shape in [(4, S, F + 1), (4, S + 1, F), (4, 2, 3, F)]:
        wrong = {**INPUTS, "encoder_features": np.ones(shape, "float32")}
        with pytest.raises(SeqkitError, match=r"\[B, 6, 5\] .* found \[4, "):
            model(wrong)
    with pytest.raises(SeqkitError, match="feature_dim: expected .* found None"):
        RecurrentCaptioner(V, num_regions=S)
    with pytest.raises(SeqkitError, match="num_regions: expected .* found 0"):
        TransformerCaptioner(V, F, 0)
    with pytest.raises(SeqkitError, match="score: expected one of additive"):
        build("lstm", attention="bahdanau")


def test_it_learns_what_is_where():
    """Kinds of four regions in the order of regions, in arrangements never seen."""
    rng = np.random.default_rng(1)
    kinds = rng.integers(0, 6, (896, 4))
    features = rng.normal(size=(6, 8))[kinds].astype("float32")
    target = np.concatenate([kinds + 4, np.full((896, 1), END)], axis=1)
    shifted = np.concatenate([np.full((896, 1), START), target[:, :-1]], axis=1)
    model = RecurrentCaptioner(
        10, 8, 4, cell="gru", hidden_dim=32, dropout=0.0, doubly_stochastic=0.1
    )
    model.build()
    model.compile(keras.optimizers.Adam(1e-2), loss=TokenCrossentropy())
    inputs = {"encoder_features": features, "decoder_token_ids": shifted}
    train = {name: value[:768] for name, value in inputs.items()}
    held_out = {name: value[768:] for name, value in inputs.items()}
    model.fit(train, target[:768], batch_size=64, epochs=10, verbose=0)
    predicted = np.argmax(to_numpy(model(held_out)), axis=-1)
    assert (predicted == target[768:]).mean() > 0.98
    looked = to_numpy(model.alignment(held_out))[:, :4]
    assert np.trace(looked.mean(axis=0)) / 4 > 0.5
