"""Tagger: loss and tags against all tag sequences, and what a model must hold."""

import inspect
import itertools
import json

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.inspect.compiled import compiled
from seqkit.layers import tagging_constraints
from seqkit.models import Tagger
from seqkit.testing.arrays import assert_close, to_numpy
from tests.graphs import check_runs_anywhere

from .cases import WITHOUT_GRAPH, half_policy, parameters

V, N, L, B, T, C = 20, 3, 4, 4, 4, 5
LENGTHS = np.array([4, 1, 2, 3])
MASK = np.arange(T) < LENGTHS[:, None]
TAGS = ["O", "B", "I"]
BIO = tagging_constraints(TAGS, "BIO")
RNG = np.random.default_rng(0)
ON_TENSORFLOW = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="what TensorFlow compiles"
)


def sentences(mask, num_characters=C):
    """Ids of words of 1 to C characters, all 0 at padding."""
    shape = mask.shape
    characters = RNG.integers(1, 9, (*shape, num_characters))
    kept = (
        np.arange(num_characters)
        < RNG.integers(1, num_characters + 1, shape)[..., None]
    )
    inputs = {
        "word_ids": RNG.integers(1, V, shape) * mask,
        "character_ids": characters * kept * mask[..., None],
        "shape_ids": RNG.integers(1, 6, shape) * mask,
    }
    return {name: ids.astype("int32") for name, ids in inputs.items()}


INPUTS = sentences(MASK)
TARGETS = {
    # Allowed by BIO, 0 at padding.
    "tags": np.array([[1, 2, 0, 1], [0, 0, 0, 0], [1, 1, 0, 0], [0, 1, 2, 0]], "int32"),
    "label": np.array([0, 3, 1, 1], "int32"),
}
PARTS = {"num_characters": 9, "num_shapes": 6, "character_units": 3}
SMALL = {"hidden_dim": 4, "embedding_dim": 6, "character_dim": 4, "shape_dim": 2}
CASES = {
    "lstm": {**PARTS, **BIO},
    "lstm, labels": {**PARTS, **BIO, "num_labels": L, "label_weight": 0.5},
    "gru, softmax, words alone": {"architecture": "gru", "crf": False},
    "rnn, deep, characters by lstm": {
        **PARTS,
        "architecture": "rnn",
        "num_layers": 2,
        "character_mode": "lstm",
    },
    "transformer, labels": {
        **PARTS,
        "architecture": "transformer",
        "num_layers": 2,
        "num_heads": 2,
        "kernel_sizes": (2, 3),
        "num_labels": L,
        "label_pooling": "attention",
    },
}
VARIANTS = {"rnn, deep, characters by lstm"}


def make(name, **more):
    options = {"dropout": 0.0, **SMALL, **CASES[name], **more}
    model = Tagger(V, N, **options)
    model.build()
    if model.crf is not None:
        rng = np.random.default_rng(1)
        for weight in model.crf.weights:
            weight.assign(rng.standard_normal(weight.shape))
    return model


@pytest.fixture(params=parameters(CASES, VARIANTS))
def name(request):
    return request.param


def targets(model):
    return TARGETS if model.num_labels else {"tags": TARGETS["tags"]}


def heads(outputs):
    return list(outputs.values()) if isinstance(outputs, dict) else [outputs]


def all_paths(model, emissions):
    """Every allowed tag sequence of one sentence, with its score, in float64."""
    pairs, start, end = np.zeros((N, N)), np.zeros(N), np.zeros(N)
    allowed = dict.fromkeys(BIO)
    if model.crf is not None:
        pairs, start, end = (w.astype("float64") for w in model.crf.get_weights())
        allowed = {rule: getattr(model.crf, rule) for rule in BIO}
    found = {}
    for path in itertools.product(range(N), repeat=len(emissions)):
        steps = list(itertools.pairwise(path))
        if allowed["allowed_start"] is not None:
            ends = (
                allowed["allowed_start"][path[0]] and allowed["allowed_end"][path[-1]]
            )
            if not ends or not all(allowed["allowed_transitions"][s] for s in steps):
                continue
        score = start[path[0]] + end[path[-1]] + sum(pairs[s] for s in steps)
        found[path] = score + sum(emissions[t, tag] for t, tag in enumerate(path))
    return found


def log_softmax(x):
    return x - np.logaddexp.reduce(x, axis=-1, keepdims=True)


def enumerated(model, sentence_weights=None):
    """Loss, best tags and their probabilities, by enumeration."""
    outputs = model(INPUTS)
    emissions, *logits = (to_numpy(o).astype("float64") for o in heads(outputs))
    weights = np.ones(B) if sentence_weights is None else sentence_weights
    total, tag_ids, scores = 0.0, np.zeros((B, T), int), np.zeros((B, T))
    for b, n in enumerate(LENGTHS):
        paths = all_paths(model, emissions[b, :n])
        log_total = np.logaddexp.reduce(list(paths.values()))
        total += weights[b] * (log_total - paths[tuple(TARGETS["tags"][b, :n])])
        tag_ids[b, :n] = max(paths, key=paths.get)
        for t in range(n):
            scores[b, t] = sum(
                np.exp(score - log_total)
                for path, score in paths.items()
                if path[t] == tag_ids[b, t]
            )
    loss = total / (weights * LENGTHS).sum()
    if logits:
        chosen = log_softmax(logits[0])[np.arange(B), TARGETS["label"]]
        loss -= model.label_weight * (weights * chosen).sum() / weights.sum()
    return loss, tag_ids, scores


def test_the_loss_is_that_of_all_tag_sequences(name):
    model = make(name)
    arguments = {"x": INPUTS, "y": targets(model), "y_pred": model(INPUTS)}
    got = float(model.compute_loss(**arguments))
    assert got == pytest.approx(enumerated(model)[0], rel=1e-5)
    weights = np.array([0.5, 0.0, 2.0, 1.0])
    got = float(model.compute_loss(**arguments, sample_weight=weights))
    assert got == pytest.approx(enumerated(model, weights)[0], rel=1e-5)


class Parts(keras.utils.PyDataset):
    """The sentences in batches of a size, with weights."""

    def __init__(self, size, weights):
        super().__init__()
        self.size, self.weights = size, weights

    def __len__(self):
        return -(-B // self.size)

    def __getitem__(self, step):
        rows = slice(self.size * step, self.size * (step + 1))
        x, y = ({k: v[rows] for k, v in part.items()} for part in (INPUTS, TARGETS))
        return x, y, self.weights[rows]


def test_the_loss_of_an_epoch_is_that_of_all_its_words_and_sentences():
    """Also of batches of other sizes, and of rows of weight 0."""
    model, weights = make("lstm, labels"), np.array([0.5, 0.0, 2.0, 1.0])
    model.compile(jit_compile=False)
    for size in (1, 3):
        found = model.evaluate(Parts(size, weights), verbose=0, return_dict=True)
        assert found["loss"] == pytest.approx(enumerated(model, weights)[0], rel=1e-5)
        assert found.keys() == {"loss", "label_accuracy"}


def test_tags_are_the_best_of_all_and_scores_their_probabilities(name):
    model = make(name)
    found = model.predict_tags(INPUTS)
    _, tag_ids, scores = enumerated(model)
    assert keras.backend.standardize_dtype(found["tag_ids"].dtype) == "int32"
    np.testing.assert_array_equal(to_numpy(found["tag_ids"]), tag_ids)
    np.testing.assert_allclose(to_numpy(found["scores"]), scores, atol=1e-5)
    assert ("label_probabilities" in found) == bool(model.num_labels)
    if model.num_labels:
        got = to_numpy(found["label_probabilities"])
        want = np.exp(log_softmax(to_numpy(model(INPUTS)["label"])))
        np.testing.assert_allclose(got, want, atol=1e-6)
    alone = model.predict_tags(INPUTS, scores=False)
    assert set(found) - set(alone) == {"scores"}
    np.testing.assert_array_equal(to_numpy(alone["tag_ids"]), tag_ids)


def test_without_a_crf_training_reports_the_accuracy_of_words():
    model = make("gru, softmax, words alone")
    model.compile("sgd", **WITHOUT_GRAPH)
    words = {"word_ids": INPUTS["word_ids"]}
    tag_ids = to_numpy(model.predict_tags(words)["tag_ids"])
    tag_ids[0, :2] = (tag_ids[0, :2] + 1) % N  # two of ten words wrong
    found = model.test_on_batch(words, {"tags": tag_ids}, return_dict=True)
    assert found["word_accuracy"] == pytest.approx(0.8)


@pytest.mark.slow
def test_it_learns_what_stands_around_a_word():
    """Every word is the same; the tag is told by the next one's shape."""
    rng = np.random.default_rng(3)
    mask = np.arange(6) < rng.integers(2, 7, 512)[:, None]
    inputs = {
        "word_ids": mask.astype("int32"),
        "shape_ids": (rng.integers(1, 6, mask.shape) * mask).astype("int32"),
    }
    following = np.pad(inputs["shape_ids"], ((0, 0), (0, 1)))[:, 1:]
    tags = np.where(mask, following % N, 0).astype("int32")
    label = mask.sum(1) > 4
    data = inputs, {"tags": tags, "label": label.astype("int32")}
    model = Tagger(
        2, N, num_shapes=6, num_labels=2, hidden_dim=16, embedding_dim=4, dropout=0.1
    )
    model.compile(keras.optimizers.Adam(0.03))
    before = model.evaluate(*data, batch_size=64, verbose=0, return_dict=True)
    model.fit(*data, batch_size=16, epochs=3, verbose=0)
    after = model.evaluate(*data, batch_size=64, verbose=0, return_dict=True)
    assert after["loss"] < 0.2 * before["loss"]
    assert after["label_accuracy"] > 0.95
    found = to_numpy(model.predict_tags(inputs)["tag_ids"])
    assert (found == tags)[mask].mean() > 0.97


def test_padding_of_words_and_characters_changes_nothing(name):
    model = make(name)
    more = {
        key: np.pad(ids, [(0, 0), (0, 3)] + [(0, 2)] * (ids.ndim - 2))
        for key, ids in INPUTS.items()
    }
    got, want = model(more), model(INPUTS)
    got, want = (dict(enumerate(heads(outputs))) for outputs in (got, want))
    assert_close([to_numpy(got[0])[:, :T][MASK]], [to_numpy(want[0])[MASK]], 1e-5)
    if 1 in got:
        assert_close([got[1]], [want[1]], 1e-5)
    found, fewer = model.predict_tags(more), model.predict_tags(INPUTS)
    for key in ("tag_ids", "scores"):
        assert (to_numpy(found[key])[:, T:] == 0).all()
        assert_close([found[key][:, :T]], [fewer[key]], 1e-5)
    padded = {"tags": np.pad(TARGETS["tags"], ((0, 0), (0, 3)), constant_values=2)}
    padded["label"] = TARGETS["label"]
    assert float(
        model.compute_loss(x=more, y=padded, y_pred=model(more))
    ) == pytest.approx(
        float(model.compute_loss(x=INPUTS, y=TARGETS, y_pred=model(INPUTS))), rel=1e-5
    )


def test_a_row_is_the_same_alone(name):
    model = make(name)
    alone = {key: ids[2:3, : LENGTHS[2]] for key, ids in INPUTS.items()}
    (got, *label), (want, *labels) = heads(model(alone)), heads(model(INPUTS))
    assert_close([got], [want[2:3, : LENGTHS[2]]], 1e-5)
    assert_close(label, [logits[2:3] for logits in labels], 1e-5)


def test_the_call_is_its_two_halves(name):
    model = make(name)
    embedded = model.embed(INPUTS)
    got = model.call_embedded(embedded, MASK)
    assert_close(heads(got), heads(model(INPUTS)), 1e-6)
    assert embedded.shape[:2] == (B, T) and len(embedded.shape) == 3


def test_configuration_and_file_lose_nothing(name, tmp_path):
    model = make(name, dropout=0.3, input_dropout=0.1, variational=False)
    config = json.loads(json.dumps(model.get_config()))
    assert set(inspect.signature(Tagger).parameters) - {"kwargs"} <= set(config)
    again = Tagger.from_config(config)
    assert again.get_config() == model.get_config()
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.get_config() == model.get_config()
    want, got = model.predict_tags(INPUTS), loaded.predict_tags(INPUTS)
    assert_close([got[key] for key in want], list(want.values()), 1e-6)


def train_a_step(model, **options):
    before = [to_numpy(w) for w in model.trainable_weights]
    model.compile(keras.optimizers.SGD(1.0), **options)
    history = model.fit(INPUTS, targets(model), verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    # A CRF's tags are not those of the highest emissions.
    assert ("word_accuracy" in history.history) == (model.crf is None)
    for weight, old in zip(model.trainable_weights, before, strict=True):
        new = to_numpy(weight)
        assert np.isfinite(new).all() and (new != old).any(), weight.path


def test_a_step_of_training_reaches_every_weight(name):
    model = make(name, dropout=0.1)
    assert len(model.trainable_weights) == len(
        [w for w in model.weights if keras.backend.is_float_dtype(w.dtype)]
    )
    train_a_step(model, **WITHOUT_GRAPH)


@pytest.mark.slow
@ON_TENSORFLOW
def test_xla_trains():
    train_a_step(make("lstm, labels"), jit_compile=True)


@half_policy
def test_half_precision(name, policy):
    exact, model = make(name), make(name, dtype=policy)
    model.set_weights(exact.get_weights())
    got = heads(model(INPUTS))
    assert {keras.backend.standardize_dtype(o.dtype) for o in got} == {"float32"}
    tolerance = 3e-2 if policy == "mixed_float16" else 2e-1
    want = heads(exact(INPUTS))
    assert_close([to_numpy(got[0])[MASK]], [to_numpy(want[0])[MASK]], tolerance)
    loss = model.compute_loss(x=INPUTS, y=TARGETS, y_pred=model(INPUTS))
    assert keras.backend.standardize_dtype(loss.dtype) == "float32"


def test_half_precision_trains():
    train_a_step(make("lstm, labels", dtype="mixed_float16"), **WITHOUT_GRAPH)


@pytest.mark.parametrize(
    "case", ["lstm", pytest.param("transformer, labels", marks=pytest.mark.slow)]
)
def test_a_sentence_of_2000_words(case):
    model = make(case)
    inputs = sentences(np.ones((1, 2000), bool))
    inputs = {key: ops.convert_to_tensor(ids) for key, ids in inputs.items()}

    def tag(inputs):
        found = model.predict_tags(inputs)
        y = {"tags": found["tag_ids"], "label": ops.ones((1,), "int32")}
        loss = model.compute_loss(x=inputs, y=y, y_pred=model(inputs))
        return {**found, "loss": loss}

    found = compiled(tag)(inputs)
    tag_ids, scores = to_numpy(found["tag_ids"]), to_numpy(found["scores"])
    assert tag_ids.shape == (1, 2000)
    assert (scores > 0).all() and (scores <= 1 + 1e-4).all()
    assert np.isfinite(to_numpy(found["loss"]))


def test_dropout_acts_in_training_alone():
    for option in ("input_dropout", "dropout", "output_dropout"):
        model = make("lstm", num_layers=2, **{option: 0.5})
        plain = to_numpy(model(INPUTS))
        assert_close([model(INPUTS)], [plain], 0)
        dropped = to_numpy(model(INPUTS, training=True))
        assert np.abs(dropped - plain)[MASK].max() > 1e-3, option
    model = make("lstm", dropout=0.4)
    assert model.input_dropout == model.output_dropout == 0.4


def test_word_vectors_of_ones_own():
    model = make("gru, softmax, words alone", trainable_words=False)
    own = to_numpy(model.embedding.embeddings)
    found = np.arange(V) % 3 == 2
    matrix = RNG.standard_normal((V, 6))
    model.set_word_vectors(matrix, found)
    want = np.where(found[:, None], matrix, own).astype("float32")
    np.testing.assert_array_equal(to_numpy(model.embedding.embeddings), want)
    train_a_step(model, **WITHOUT_GRAPH)
    np.testing.assert_array_equal(to_numpy(model.embedding.embeddings), want)
    with pytest.raises(SeqkitError, match=r"matrix: .* \[20, 6\] .* found \[20, 5\]"):
        model.set_word_vectors(matrix[:, :5], found)
    with pytest.raises(SeqkitError, match="found: expected 20 booleans.* found int64"):
        model.set_word_vectors(matrix, found.astype("int64"))


@ON_TENSORFLOW
@pytest.mark.parametrize(
    "case",
    ["lstm, labels", pytest.param("transformer, labels", marks=pytest.mark.slow)],
)
def test_graphs_of_any_length(case):
    import tensorflow as tf

    model = make(case)
    specs = {
        key: tf.TensorSpec((None,) * ids.ndim, tf.int32) for key, ids in INPUTS.items()
    }
    function = tf.function(model.predict_tags, [specs], autograph=False)
    check_runs_anywhere(function)
    for length in (T, 1):
        inputs = {
            key: ops.convert_to_tensor(ids[:, :length]) for key, ids in INPUTS.items()
        }
        got, want = function(inputs), model.predict_tags(inputs)
        assert_close([got[key] for key in want], list(want.values()), 1e-5)


def test_errors_say_what_to_do():
    with pytest.raises(SeqkitError, match="architecture: expected one of .*'lstn'"):
        make("lstm", architecture="lstn")
    with pytest.raises(SeqkitError, match="allowed_start: expected None with crf=Fal"):
        make("lstm", crf=False, allowed_transitions=None)
    with pytest.raises(SeqkitError, match="expected inputs with 'character_ids', foun"):
        make("lstm")({"word_ids": INPUTS["word_ids"]})
