import keras
import numpy as np
import pytest
from keras import ops

from seqkit.decoding import Sampling, decode
from seqkit.decoding.noise import uniform
from seqkit.decoding.sampling import nucleus
from seqkit.errors import SeqkitError
from tests.decoding.fakes import HashModel, assert_same, to_lists

LOGITS = np.array([3.0, 0.2, 3.0, 0.0, 1.0, 0.5, -1.0, 2.0, -2.0, 1.5], "float32")


def draw(strategy, suppress_ids=(0, 2), steps=1):
    """Counts of `[V]` for one sentence that always has the same distribution."""

    def step(token_ids, state, index):
        return ops.broadcast_to(LOGITS, (*token_ids.shape, len(LOGITS))), state

    decoded = decode(
        step,
        {},
        1,
        strategy=strategy,
        max_length=steps,
        end_id=99,
        suppress_ids=suppress_ids,
    )
    ids = ops.convert_to_numpy(decoded.token_ids)
    return np.bincount(ids.ravel(), minlength=len(LOGITS))


def distribution(temperature=1.0, top_k=None, top_p=None, suppress_ids=(0, 2)):
    """The same in NumPy, by sorting."""
    logits = LOGITS.astype("float64") / temperature
    logits[list(suppress_ids)] = -np.inf
    order = np.argsort(-logits, kind="stable")
    if top_k is not None:
        logits[order[top_k:]] = -np.inf
    probabilities = np.exp(logits) / np.exp(logits).sum()
    if top_p is not None:
        before = np.cumsum(probabilities[order]) - probabilities[order]
        probabilities[order[before >= top_p]] = 0
    return probabilities / probabilities.sum()


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"temperature": 0.5},
        {"temperature": 3.0},
        {"top_k": 3},
        {"top_k": 1},
        {"top_k": 500},
        {"top_p": 0.8},
        {"top_p": 0.01},
        {"top_p": 1.0},
        {"temperature": 2.0, "top_k": 5, "top_p": 0.6},
    ],
)
def test_frequencies_are_the_filtered_distribution(arguments):
    count = 20_000
    strategy = Sampling(**arguments, num_return_sequences=count, seed=3)
    observed, expected = draw(strategy), count * distribution(**arguments)
    allowed = expected > 0
    assert (observed[~allowed] == 0).all()
    chi_square = np.sum((observed - expected)[allowed] ** 2 / expected[allowed])
    # Mean d, standard deviation sqrt(2 d) for d degrees of freedom.
    degrees = allowed.sum() - 1
    assert chi_square <= degrees + 4 * np.sqrt(2 * degrees) + 1e-6


def test_steps_are_independent_draws():
    observed = draw(Sampling(num_return_sequences=100, seed=5), steps=60)
    expected = 6000 * distribution()
    allowed = expected > 0
    chi_square = np.sum((observed - expected)[allowed] ** 2 / expected[allowed])
    assert chi_square < 7 + 4 * np.sqrt(2 * 7)


def sample(sentences, strategy):
    model = HashModel(seed=1, sharpness=0.5)
    state = model.state(sentences, strategy.width)
    return to_lists(
        decode(model.step, state, len(sentences), strategy=strategy, max_length=8)
    )


def test_a_seed_determines_the_output():
    sentences = list(range(8))
    one = sample(sentences, Sampling(seed=1, num_return_sequences=2))
    assert_same(one, sample(sentences, Sampling(seed=1, num_return_sequences=2)))
    seed = ops.array(1)
    assert_same(one, sample(sentences, Sampling(seed=seed, num_return_sequences=2)))
    assert one != sample(sentences, Sampling(seed=2, num_return_sequences=2))
    # More sentences in the batch, or more samples of each, change none of the others.
    few = sample(sentences[:3], Sampling(seed=1, num_return_sequences=2))
    assert_same(one[:3], few)
    more = sample(sentences, Sampling(seed=1, num_return_sequences=5))
    assert_same([sentence[:2] for sentence in more], one)


def test_a_seed_for_each_sentence_frees_it_from_its_place():
    sentences, seeds = np.arange(8), np.arange(8) * 7 - 20
    together = sample(sentences, Sampling(seed=seeds))
    assert_same(sample(sentences[::-1], Sampling(seed=seeds[::-1])), together[::-1])
    assert_same(sample(sentences[5:6], Sampling(seed=seeds[5:6])), together[5:6])


def test_a_seed_generator_gives_another_output_at_each_call():
    strategy = Sampling(seed=keras.random.SeedGenerator(1))
    assert sample([1, 2, 3], strategy) != sample([1, 2, 3], strategy)


def test_log_probs_are_the_models_own():
    model = HashModel(seed=1, sharpness=0.5)
    found = sample([4], Sampling(0.7, top_k=3, seed=1))[0][0]
    tokens, score, log_prob, finished = found
    tokens = (*tokens, 3) if finished else tokens
    expected = sum(
        model.log_probs(4, tokens[:place])[token] for place, token in enumerate(tokens)
    )
    np.testing.assert_allclose([score, log_prob], expected, rtol=1e-5)


def test_nucleus_equals_sorting():
    rng = np.random.default_rng(0)
    weights = np.exp(2 * rng.normal(size=(20, 300))).astype("float32")
    for share in (0.1, 0.5, 0.9, 0.99):
        found = ops.convert_to_numpy(nucleus(ops.convert_to_tensor(weights), share))
        for row, kept in zip(weights.astype("float64"), found, strict=True):
            order = np.argsort(-row)
            reached = np.cumsum(row[order]) >= share * row.sum()
            expected = order[: np.argmax(reached) + 1]
            assert set(np.flatnonzero(kept)) == set(expected)


def test_noise_is_that_of_32_bits_in_numpy():
    """On each backend, so that a seed draws the same there."""

    def finalize(bits):
        for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
            bits = (bits ^ (bits >> np.uint32(shift))) * np.uint32(factor)
        return bits ^ (bits >> np.uint32(16))

    seeds, places = np.uint32([0, 1, 2**31, 2**32 - 1]), np.uint32([3, 0, 7, 2**31 - 1])
    step = (places + np.uint32(1)) * np.uint32(0x9E3779B9)
    expected = finalize(finalize(seeds) + step) >> np.uint32(8)
    found = uniform(ops.convert_to_tensor(seeds), places.astype("int32"))
    np.testing.assert_array_equal(ops.convert_to_numpy(found) * 2.0**24, expected)


def test_noise_is_uniform_and_uncorrelated():
    seeds = ops.arange(200, dtype="uint32")[:, None]
    noise = ops.convert_to_numpy(uniform(seeds, ops.arange(200, dtype="int32")))
    assert noise.min() >= 0 and noise.max() < 1
    counts = np.histogram(noise, bins=20, range=(0, 1))[0]
    assert np.sum((counts - 2000.0) ** 2 / 2000.0) < 19 + 4 * np.sqrt(2 * 19)
    for one, other in (
        (noise[:, 1:], noise[:, :-1]),
        (noise[1:], noise[:-1]),
        (noise[1:, :-1], noise[:-1, 1:]),
    ):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.02


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"temperature": 0.0}, r"temperature: expected a number above 0.*Greedy"),
        ({"top_k": 0}, "top_k: expected at least 1"),
        ({"top_p": 0.0}, "top_p: expected a share above 0"),
        ({"top_p": 1.5}, "top_p: expected a share above 0"),
        ({"num_return_sequences": 0}, "num_return_sequences: expected at least 1"),
    ],
)
def test_arguments_out_of_range(arguments, message):
    with pytest.raises(SeqkitError, match=message):
        Sampling(**arguments)
