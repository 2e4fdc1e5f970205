"""The CRF against the enumeration of all tag sequences, in float64."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import CRF, crf_sums, tagging_constraints
from seqkit.testing.arrays import assert_close, gradients, to_numpy

B, T, N = 4, 4, 3
LENGTHS = [4, 2, 1, 3]
RNG = np.random.default_rng(0)
EMISSIONS = RNG.standard_normal((B, T, N)).astype("float32")
MASK = np.arange(T) < np.array(LENGTHS)[:, None]
TAGS = ["O", "B", "I"]
CONSTRAINTS = {
    "free": {},
    "BIO": tagging_constraints(TAGS, "BIO"),
    "pairs alone": {"allowed_transitions": np.array(~np.eye(N, dtype=bool)).tolist()},
}
# Allowed under each of the constraints; anything at padding.
GOLD = np.array([[1, 2, 0, 1], [0, 1, -1, 7], [1, -1, 3, 0], [0, 1, 2, -5]])
RUBBISH = np.where(MASK[:, :, None], EMISSIONS, np.nan)


def make(constraints="free", **kwargs):
    layer = CRF(N, **CONSTRAINTS[constraints], **kwargs)
    rng = np.random.default_rng(1)
    layer.set_weights([rng.standard_normal(w.shape) for w in layer.weights])
    return layer


@pytest.fixture(params=["products", "exponents"])
def way(request, monkeypatch):
    """Both ways of summing, on numbers that both can sum."""
    if request.param == "exponents":
        monkeypatch.setattr(crf_sums, "LEAST_MESSAGE", np.inf)


def paths(layer, row, emissions=EMISSIONS, weights=None):
    """Every allowed path of one row with its score, best first."""
    weights = weights or layer.get_weights()
    pairs, start, end = (w.astype("float64") for w in weights)
    emissions, found = emissions[row].astype("float64"), []
    for path in itertools.product(range(N), repeat=LENGTHS[row]):
        steps = list(itertools.pairwise(path))
        if not is_allowed(layer, path, steps):
            continue
        score = start[path[0]] + end[path[-1]] + sum(pairs[s] for s in steps)
        found.append((path, score + sum(emissions[t, j] for t, j in enumerate(path))))
    return sorted(found, key=lambda item: -item[1])


def is_allowed(layer, path, steps):
    checks = [(layer.allowed_start, path[:1]), (layer.allowed_end, path[-1:])]
    checks.append((layer.allowed_transitions, steps))
    return all(a is None or all(a[i] for i in places) for a, places in checks)


def probabilities(found):
    """Paths with their probabilities."""
    scores = np.array([score for _, score in found])
    weights = np.exp(scores - scores.max())
    return zip([path for path, _ in found], weights / weights.sum(), strict=True)


def expected_counts(layer, row, *numbers):
    """Of each tag at each step `[T, N]` and of each pair `[N, N]`."""
    steps, pairs = np.zeros((T, N)), np.zeros((N, N))
    for path, probability in probabilities(paths(layer, row, *numbers)):
        for t, tag in enumerate(path):
            steps[t, tag] += probability
        for pair in itertools.pairwise(path):
            pairs[pair] += probability
    return steps, pairs


@pytest.mark.parametrize("constraints", CONSTRAINTS)
def test_log_likelihood(constraints):
    layer = make(constraints)
    got = layer.log_likelihood(RUBBISH, GOLD, MASK)
    want = [
        np.log(dict(probabilities(paths(layer, row)))[tuple(GOLD[row, :length])])
        for row, length in enumerate(LENGTHS)
    ]
    assert_close([got], [np.array(want, "float32")], 1e-5)


def test_likelihoods_of_all_allowed_tags_sum_to_one():
    layer = make("BIO")
    for row, length in enumerate(LENGTHS):
        tag_ids = np.array([path for path, _ in paths(layer, row)])
        emissions = np.repeat(EMISSIONS[row : row + 1, :length], len(tag_ids), axis=0)
        got = to_numpy(layer.log_likelihood(emissions, tag_ids))
        np.testing.assert_allclose(np.exp(got).sum(), 1, rtol=1e-5)


def test_tags_that_break_the_constraints_have_the_likelihood_without_them():
    tag_ids = np.where(MASK, 2, 0)  # I first
    got = to_numpy(make("BIO").log_likelihood(EMISSIONS, tag_ids, MASK))
    want = make("free").log_likelihood(EMISSIONS, tag_ids, MASK)
    assert_close([got], [want], 1e-5)
    assert (got < 0).all()


@pytest.mark.parametrize("constraints", CONSTRAINTS)
def test_marginals(constraints):
    layer = make(constraints)
    want = np.stack([expected_counts(layer, row)[0] for row in range(B)])
    want = want.astype("float32")  # 0 at padding
    assert_close([layer.marginals(RUBBISH, MASK)], [want], 1e-5)
    want = np.where(MASK[..., None], want, np.float32(1 / N))
    assert_close([layer(RUBBISH, mask=MASK)], [want], 1e-5)


def test_without_transitions_it_is_a_softmax():
    assert_close([CRF(N)(EMISSIONS)], [ops.softmax(EMISSIONS)], 1e-6)


@pytest.mark.parametrize("constraints", CONSTRAINTS)
def test_decode(constraints):
    layer = make(constraints)
    tag_ids, scores = map(to_numpy, layer.decode(RUBBISH, MASK))
    for row, length in enumerate(LENGTHS):
        path, score = paths(layer, row)[0]
        assert tuple(tag_ids[row, :length]) == path
        np.testing.assert_allclose(scores[row], score, rtol=1e-5)
    assert (tag_ids[~MASK] == 0).all()


@pytest.mark.parametrize("constraints", CONSTRAINTS)
@pytest.mark.parametrize("n", [1, 30])
def test_decode_n_best(constraints, n):
    layer = make(constraints)
    tag_ids, scores = map(to_numpy, layer.decode_n_best(RUBBISH, MASK, n))
    assert tag_ids.shape == (B, n, T) and scores.shape == (B, n)
    for row, length in enumerate(LENGTHS):
        want = paths(layer, row)[:n]
        for rank, (path, score) in enumerate(want):
            assert tuple(tag_ids[row, rank, :length]) == path
            np.testing.assert_allclose(scores[row, rank], score, rtol=1e-5, atol=1e-5)
        assert (tag_ids[row, :, length:] == 0).all()
        assert (tag_ids[row, len(want) :] == 0).all()
        assert (scores[row, len(want) :] == -np.inf).all()


class Likelihood(keras.Model):
    """The log-likelihood as a model; with `best` the score of the best tags."""

    def __init__(self, crf, best=False, **kwargs):
        super().__init__(**kwargs)
        self.crf, self.best = crf, best

    def call(self, data, training=False):
        emissions, tag_ids, mask = data
        if self.best:
            return self.crf.decode(emissions, mask)[1]
        return self.crf.log_likelihood(emissions, tag_ids, mask)


def gradients_of_likelihood(layer, emissions, tag_ids):
    model, data = Likelihood(layer), [emissions, tag_ids, MASK]
    model([ops.convert_to_tensor(a) for a in data])
    return gradients(model, data, inputs_too=True)


def counts_less_expected_counts(layer, emissions, tag_ids, free=None):
    """Gradients of `gradients_of_likelihood`; `free` is the layer of broken rows."""
    want = [np.zeros((N, N)), np.zeros(N), np.zeros(N), np.zeros((B, T, N))]
    weights = np.random.default_rng(3).standard_normal(B)  # those of `gradients`
    for row, length in enumerate(LENGTHS):
        gold = tag_ids[row, :length]
        allowed = is_allowed(layer, tuple(gold), list(itertools.pairwise(gold)))
        of_row = layer if allowed else free
        steps, pairs = (-c for c in expected_counts(of_row, row, emissions))
        steps[np.arange(length), gold] += 1
        np.add.at(pairs, (gold[:-1], gold[1:]), 1)
        for total, part in zip(
            want, (pairs, steps[0], steps[length - 1], None), strict=True
        ):
            if part is not None:
                total += weights[row] * part
        want[3][row] = weights[row] * steps
    return want


@pytest.mark.parametrize("constraints", CONSTRAINTS)
def test_gradients_are_counts_less_expected_counts(constraints, way):
    layer = make(constraints)
    want = counts_less_expected_counts(layer, EMISSIONS, GOLD)
    assert_close(gradients_of_likelihood(layer, EMISSIONS, GOLD), want, 1e-5)


def test_a_row_that_breaks_the_constraints_leaves_the_others_alone():
    layer, free = make("BIO"), make("free")
    tag_ids = GOLD.copy()
    tag_ids[3, :3] = 2, 0, 2  # I first, and I behind O
    got = to_numpy(layer.log_likelihood(EMISSIONS, tag_ids, MASK))
    want = to_numpy(layer.log_likelihood(EMISSIONS, GOLD, MASK)).copy()
    want[3] = to_numpy(free.log_likelihood(EMISSIONS, tag_ids, MASK))[3]
    np.testing.assert_allclose(got, want, rtol=1e-5)
    want = counts_less_expected_counts(layer, EMISSIONS, tag_ids, free)
    assert_close(gradients_of_likelihood(layer, EMISSIONS, tag_ids), want, 1e-5)


@pytest.mark.parametrize("scale", [30, 1e3, 1e4])
def test_what_float32_has_no_exponential_for(scale):
    """Constraints against emissions beside which all that is allowed is nothing."""
    layer = make("BIO")
    emissions = (scale * EMISSIONS).round().astype("float32")
    emissions[0] = scale * np.array([[3, 0, 1], [0, 0, 4], [4, 0, 4], [0, 3, 4]])
    found = [paths(layer, row, emissions) for row in range(B)]
    likelihoods = [
        dict(all_paths)[tuple(GOLD[row, : LENGTHS[row]])]
        - np.logaddexp.reduce([score for _, score in all_paths])
        for row, all_paths in enumerate(found)
    ]
    got = to_numpy(layer.log_likelihood(emissions, GOLD, MASK))
    np.testing.assert_allclose(got, likelihoods, rtol=1e-5, atol=1e-6 * scale)
    marginals = [expected_counts(layer, row, emissions)[0] for row in range(B)]
    got = to_numpy(layer.marginals(emissions, MASK))
    np.testing.assert_allclose(got, marginals, atol=1e-6 * scale)
    want = counts_less_expected_counts(layer, emissions, GOLD)
    got = gradients_of_likelihood(layer, emissions, GOLD)
    assert_close(got, want, 5e-6 * scale)


class Probabilities(keras.Model):
    """The call of the layer as a model of emissions and mask."""

    def __init__(self, crf):
        super().__init__()
        self.crf = crf

    def call(self, data, training=False):
        return self.crf(data[0], mask=data[1])


@pytest.mark.parametrize("constraints", CONSTRAINTS)
def test_gradients_of_probabilities_are_finite_differences(constraints, way):
    layer = make(constraints)
    model, data = Probabilities(layer), [EMISSIONS, MASK]
    model([ops.convert_to_tensor(a) for a in data])
    got = gradients(model, data, inputs_too=True)
    weights = np.random.default_rng(3).standard_normal((B, T, N))
    numbers = [*layer.get_weights(), EMISSIONS]
    numbers = [a.astype("float64") for a in numbers]

    def total():
        *of_layer, emissions = numbers
        return sum(
            (expected_counts(layer, row, emissions, of_layer)[0] * weights[row]).sum()
            for row in range(B)
        )

    for found, array in zip(got, numbers, strict=True):
        for place in np.ndindex(array.shape):
            value, sides = array[place], []
            for side in (1e-4, -1e-4):
                array[place] = value + side
                sides.append(total())
            array[place] = value
            want = (sides[0] - sides[1]) / 2e-4
            np.testing.assert_allclose(found[place], want, atol=1e-5)


def test_the_gradient_of_the_best_score_counts_the_best_tags():
    layer = make("BIO")
    model, data = Likelihood(layer, best=True), [EMISSIONS, GOLD, MASK]
    tag_ids = to_numpy(model.crf.decode(EMISSIONS, MASK)[0])
    model([ops.convert_to_tensor(a) for a in data])
    *_, d_emissions = gradients(model, data, inputs_too=True)
    weights = np.random.default_rng(3).standard_normal(B)
    want = np.eye(N)[tag_ids] * MASK[:, :, None] * weights[:, None, None]
    assert_close([d_emissions], [want.astype("float32")], 1e-5)


def test_more_padding_changes_nothing():
    layer = make("BIO")
    emissions = np.pad(RUBBISH, ((0, 0), (0, 3), (0, 0)), constant_values=np.inf)
    gold, mask = (np.pad(a, ((0, 0), (0, 3))) for a in (GOLD, MASK))
    for got, want in (
        (layer.log_likelihood(emissions, gold, mask),
         layer.log_likelihood(RUBBISH, GOLD, MASK)),
        (layer.decode(emissions, mask)[0][:, :T], layer.decode(RUBBISH, MASK)[0]),
        (layer.decode_n_best(emissions, mask, 3)[1],
         layer.decode_n_best(RUBBISH, MASK, 3)[1]),
    ):  # fmt: skip
        assert_close([got], [want], 1e-5)


def test_one_word_and_no_word():
    layer = make("free")
    emissions, mask = EMISSIONS[:, :1], np.array([[True], [True], [True], [False]])
    _, start, end = layer.get_weights()
    scores = emissions[:, 0] + start + end
    tag_ids, best = map(to_numpy, layer.decode(emissions, mask))
    assert tag_ids[:3, 0].tolist() == scores[:3].argmax(-1).tolist()
    np.testing.assert_allclose(best[:3], scores[:3].max(-1), rtol=1e-5)
    n_best = layer.decode_n_best(emissions, mask, n=2)[1]
    np.testing.assert_allclose(
        to_numpy(n_best)[:3], -np.sort(-scores[:3])[:, :2], rtol=1e-5
    )
    tags = np.array([[0], [1], [2], [2]])
    got = to_numpy(layer.log_likelihood(emissions, tags, mask))
    want = to_numpy(ops.log_softmax(scores))[np.arange(4), tags[:, 0]]
    np.testing.assert_allclose(got, [*want[:3], 0], rtol=1e-5)
    assert tag_ids[3, 0] == 0 and best[3] == 0
    assert (to_numpy(layer.marginals(emissions, mask))[3] == 0).all()


@pytest.mark.parametrize("scheme", ["IOB1", "BIO", "BIOES"])
def test_constraints_hold_for_any_emissions(scheme):
    tags = ["O", "B-X", "I-X", "B-Y", "I-Y"]
    tags += ["E-X", "S-X", "E-Y", "S-Y"] if scheme == "BIOES" else []
    allowed = tagging_constraints(tags, scheme)
    layer = CRF(len(tags), **allowed, transitions_initializer="random_normal")
    emissions = 30 * RNG.standard_normal((20, 5, len(tags)))
    mask = np.arange(5) < 1 + np.arange(20)[:, None] % 5
    n_best, scores = layer.decode_n_best(emissions, mask, n=3)
    best = to_numpy(layer.decode(emissions, mask)[0])
    possible = np.isfinite(to_numpy(scores))
    assert possible.sum() > 50
    found = np.concatenate([best[:, None], to_numpy(n_best)], axis=1)
    possible = np.pad(possible, ((0, 0), (1, 0)), constant_values=True)
    for row, rank in np.argwhere(possible):
        path = found[row, rank, mask[row]]
        steps = list(itertools.pairwise(path))
        assert is_allowed(layer, path, steps), (path, row, rank)
    marginals = to_numpy(layer.marginals(emissions, mask))
    assert (marginals[:, 0, ~allowed["allowed_start"]] == 0).all()


def test_where_nothing_is_allowed_the_score_says_so():
    none = np.zeros((N, N), bool)
    layer = CRF(N, allowed_transitions=none)
    tag_ids, scores = map(to_numpy, layer.decode(EMISSIONS, MASK))
    assert np.isfinite(scores).tolist() == [length == 1 for length in LENGTHS]
    assert (to_numpy(layer.decode_n_best(EMISSIONS, MASK, 2)[1])[0] == -np.inf).all()
    assert np.isfinite(to_numpy(layer.marginals(EMISSIONS, MASK))).all()
    want = CRF(N).log_likelihood(EMISSIONS, GOLD, MASK)
    assert_close([layer.log_likelihood(EMISSIONS, GOLD, MASK)], [want], 1e-5)
    for gradient in gradients_of_likelihood(layer, EMISSIONS, GOLD):
        assert np.isfinite(gradient).all()


class Both(Likelihood):
    """The log-likelihood and the probabilities, to be run as a graph."""

    def call(self, data, training=False):
        return super().call(data), self.crf(data[0], mask=data[2])


def test_half_precision_and_long_rows():
    layer = make("BIO", dtype="mixed_float16")
    length = 2000
    emissions = (4 * RNG.standard_normal((1, length, N))).astype("float16")
    tag_ids = np.resize([0, 1, 2], (1, length))
    data = [emissions, tag_ids, np.ones((1, length), bool)]
    likelihood, got = Both(layer, dtype="mixed_float16").predict_on_batch(data)
    assert likelihood.dtype == "float32" and got.dtype == "float16"
    pairs, start, end = (w.astype("float64") for w in layer.get_weights())
    pairs = np.where(layer.allowed_transitions, pairs, -np.inf)
    steps = emissions[0].astype("float64")
    alpha = np.where(layer.allowed_start, start, -np.inf) + steps[0]
    alphas = [alpha]
    score = (
        start[0] + end[tag_ids[0, -1]] + pairs[tag_ids[0, :-1], tag_ids[0, 1:]].sum()
    )
    score += steps[np.arange(length), tag_ids[0]].sum()
    for step in steps[1:]:
        alpha = np.logaddexp.reduce(alpha[:, None] + pairs, axis=0) + step
        alphas.append(alpha)
    want = score - np.logaddexp.reduce(alpha + end)
    np.testing.assert_allclose(likelihood, [want], rtol=1e-5)
    behind, marginals = end, []
    for step, before in zip(steps[::-1], alphas[::-1], strict=True):
        marginals.append(np.exp(before + behind - np.logaddexp.reduce(alpha + end)))
        behind = np.logaddexp.reduce(pairs + (step + behind), axis=1)
    np.testing.assert_allclose(got[0], marginals[::-1], atol=2e-3)
    exact = to_numpy(layer.marginals(emissions.astype("float32")))
    np.testing.assert_allclose(exact[0], marginals[::-1], atol=1e-5)


def sentences(number):
    """Tags that follow from the tag before alone: 0 1 2 0 1 2 ..., from 0."""
    lengths = np.resize([5, 3, 1, 4], number)
    mask = np.arange(5) < lengths[:, None]
    return mask.astype("int32"), np.where(mask, np.arange(5) % N, 0), mask


class Tagger(keras.Model):
    """Trains on the likelihood of whole sequences, by plain `fit`."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.embedding = keras.layers.Embedding(2, 4)
        self.dense = keras.layers.Dense(N)
        self.crf = CRF(N)

    def build(self, input_shape):
        self.embedding.build()
        self.dense.build((None, None, 4))

    def call(self, token_ids):
        return self.dense(self.embedding(token_ids))

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        mask = ops.not_equal(x, 0)
        return -ops.mean(self.crf.log_likelihood(y_pred, y, mask))


def test_a_tagger_learns_from_the_likelihood_and_is_saved(tmp_path):
    token_ids, tag_ids, mask = sentences(16 * 40)
    model = Tagger()
    model.compile(keras.optimizers.Adam(0.3), jit_compile=True)
    model.fit(token_ids, tag_ids, batch_size=16, verbose=0)
    token_ids, tag_ids, mask = sentences(4)
    found = to_numpy(model.crf.decode(model(token_ids), mask)[0])
    assert (found == tag_ids).all()  # the tokens say nothing of it
    model.save_weights(tmp_path / "tagger.weights.h5")
    again = Tagger()
    again.build((None, None))
    again.load_weights(tmp_path / "tagger.weights.h5")
    found = to_numpy(again.crf.decode(again(token_ids), mask)[0])
    assert (found == tag_ids).all()


def test_a_model_that_ends_in_it_learns_from_cross_entropy(tmp_path):
    token_ids, tag_ids, mask = sentences(16 * 40)
    inputs = keras.Input((None,), dtype="int32")
    emissions = keras.layers.Dense(N)(keras.layers.Embedding(2, 4)(inputs))
    outputs = CRF(N)(emissions, mask=ops.not_equal(inputs, 0))
    model = keras.Model(inputs, outputs)
    model.compile(
        keras.optimizers.Adam(0.3),
        "sparse_categorical_crossentropy",
        jit_compile=keras.backend.backend() == "jax",  # where else each step is slow
    )
    weight = mask.astype("float32")
    history = model.fit(token_ids, tag_ids, 16, sample_weight=weight, verbose=0)
    assert np.isfinite(history.history["loss"]).all()  # padding or no padding
    token_ids, tag_ids, mask = sentences(4)
    got = model.predict(token_ids, verbose=0)
    assert (got.argmax(-1) == tag_ids)[mask].all()
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert_close([loaded(token_ids)], [got], 1e-5)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="other backends know all shapes"
)
@pytest.mark.parametrize(
    "jit_compile", [False, pytest.param(True, marks=pytest.mark.slow)]
)
def test_graphs_of_any_length(jit_compile):
    import tensorflow as tf

    layer = make("BIO")

    def function(emissions, tag_ids, mask):
        with tf.GradientTape() as tape:
            tape.watch(emissions)
            likelihood = layer.log_likelihood(emissions, tag_ids, mask)
        return (
            likelihood,
            tape.gradient(likelihood, emissions),
            layer.marginals(emissions, mask),
            *layer.decode(emissions, mask),
            *layer.decode_n_best(emissions, mask, 2),
        )

    specs = [
        tf.TensorSpec((None, None, N)),
        tf.TensorSpec((None, None), tf.int32),
        tf.TensorSpec((None, None), tf.bool),
    ]
    traced = tf.function(function, specs, jit_compile=jit_compile)
    for length in (T,) if jit_compile else (T, 1):
        data = [a[:, :length] for a in (EMISSIONS, GOLD.astype("int32"), MASK)]
        data = [tf.convert_to_tensor(a) for a in data]
        assert_close(traced(*data), function(*data), 1e-5)


def test_errors_say_what_to_do():
    with pytest.raises(SeqkitError, match="num_tags: expected a whole number"):
        CRF(0)
    with pytest.raises(SeqkitError, match=r"allowed_end: .* \[3\], .* found bool of"):
        CRF(3, allowed_end=[True, False])
    with pytest.raises(SeqkitError, match="expected booleans .* found int64"):
        CRF(2, allowed_transitions=[[1, 0], [0, 1]])
    with pytest.raises(SeqkitError, match=r"\[B, T, 3\].* Put a Dense\(3\) before"):
        CRF(3).decode(np.ones((1, 2, 4)))
