"""What may not follow, against n-grams that are counted one at a time."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.decoding import BeamSearch, Greedy, Sampling, decode
from seqkit.decoding.constraints import Constraints, repeating
from seqkit.errors import SeqkitError
from tests.decoding.fakes import END, HashModel, assert_same, to_lists
from tests.decoding.reference import beam_search, exhaustive_search

LETTERS, LIMIT, SENTENCES = (1, 4, 5, 6), 9, list(range(30))
# In the last one all four letters are there after 4 tokens, and only the end is left.
CASES = [(1, 0), (2, 0), (3, 5), (0, 4), (2, 6), (1, 9)]


def repeats(tokens, size):
    """Whether an n-gram is in `tokens` twice."""
    grams = [tuple(tokens[i : i + size]) for i in range(len(tokens) - size + 1)]
    return len(grams) != len(set(grams))


@pytest.mark.parametrize("size", range(1, 5))
def test_repeating_tokens_are_those_that_would_repeat(size):
    rng, length, vocabulary_size = np.random.default_rng(size), 10, 5
    written = rng.integers(vocabulary_size, size=(40, 3, length), dtype="int32")
    blocked = 0
    for index in range(length + 1):
        found = repeating(written, np.int32(index), size, vocabulary_size)
        found = ops.convert_to_numpy(found)
        assert found.shape == (40, 3, vocabulary_size)
        blocked += found.sum()
        for row, beams in zip(written.tolist(), found, strict=True):
            for tokens, got in zip(row, beams, strict=True):
                old, so_far = set(), tokens[:index]
                for i in range(index - size + 1):
                    old.add(tuple(so_far[i : i + size]))
                last = so_far[index - size + 1 :] if index >= size - 1 else None
                for token in range(vocabulary_size):
                    want = last is not None and (*last, token) in old
                    assert got[token] == want, (so_far, token)
    assert blocked


class Constrained(HashModel):
    """Reference log-probabilities, with -inf for what may not follow."""

    size = least = 0

    def log_probs(self, sentence, prefix):
        found = super().log_probs(sentence, prefix)
        for token in range(len(found)):
            if self.size and token != END and repeats([*prefix, token], self.size):
                found[token] = -np.inf
        if len(prefix) < self.least and (found[list(LETTERS)] > -np.inf).any():
            found[END] = -np.inf
        return found


class Looping(HashModel):
    """The next token depends on the last one alone, and seldom ends."""

    def next_hash(self, value, token_id):
        return (value // 100 * 100 + token_id) % self.SIZE

    def state(self, sentences, width):
        return super().state([100 * (one % 10) for one in sentences], width)


def search(model, strategy, limit=LIMIT):
    state = model.state(SENTENCES, strategy.width)
    arguments = {"max_length": limit, "suppress_ids": (0, 2)}
    found = decode(model.step, state, len(SENTENCES), strategy=strategy, **arguments)
    return to_lists(found)


@pytest.mark.parametrize(("size", "least"), CASES)
def test_a_beam_equals_a_plain_one_over_what_is_allowed(size, least):
    model = Constrained(seed=size + least)
    model.size, model.least = size, least
    constraints = {"no_repeat_ngram": size, "min_length": least}
    width = 4
    strategy = BeamSearch(width, num_return_sequences=width, **constraints)
    for sentence, found in zip(SENTENCES, search(model, strategy), strict=True):
        want = beam_search(model, sentence, LETTERS, LIMIT, 0.6, width)
        want = [one for one in want if one[2] > -np.inf][:width]
        assert_same([[one for one in found if one[2] > -np.inf]], [want])


def test_a_beam_as_wide_as_the_tree_finds_the_best_that_is_allowed():
    model, limit = Constrained(seed=9), 4
    model.size, model.least = 2, 2
    strategy = BeamSearch(4**4, no_repeat_ngram=2, min_length=2)
    for sentence, (found,) in zip(
        SENTENCES, search(model, strategy, limit), strict=True
    ):
        want = exhaustive_search(model, sentence, LETTERS, limit, 0.6)
        want = max((one for one in want if one[3]), key=lambda one: one[1])
        assert_same([[found]], [[want]])


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(
    "strategy",
    [Greedy, lambda **k: BeamSearch(3, **k), lambda **k: Sampling(seed=1, **k)],
    ids=["greedy", "beam", "sampling"],
)
def test_nothing_is_repeated_nor_too_short(strategy, size):
    model, least, limit = Looping(seed=5, sharpness=4.0), 3, 16
    free = search(model, strategy(), limit)
    assert any(repeats(one[0][0], size) for one in free)
    assert any(len(one[0][0]) < least for one in free)
    constrained = strategy(no_repeat_ngram=size, min_length=least)
    for ((tokens, _, log_prob, _),) in search(model, constrained, limit):
        assert not repeats(tokens, size), tokens
        assert least <= len(tokens) <= limit
        assert np.isfinite(log_prob)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only there shapes are dynamic"
)
def test_the_vocabulary_may_be_known_only_when_the_graph_runs():
    """As that of a pointer network, which is the positions of a batch."""
    import tensorflow as tf

    model = HashModel(seed=2)
    strategy = BeamSearch(3, no_repeat_ngram=1, min_length=9)

    @tf.function(input_signature=[tf.TensorSpec([None, None])], autograph=False)
    def run(table):
        def step(token_ids, state, index):
            hashes = model.next_hash(state["beams"]["hash"], token_ids)
            return tf.gather(table, hashes), {"beams": {"hash": hashes}, "shared": ()}

        state, size = model.state(SENTENCES, 3), len(SENTENCES)
        arguments = {"max_length": LIMIT, "suppress_ids": (0, 2)}
        return decode(step, state, size, strategy=strategy, **arguments)

    assert_same(to_lists(run(model.logits)), search(model, strategy))


def test_greedy_reports_probabilities_among_all_tokens():
    model = HashModel(seed=6)
    for sentence, ((tokens, _, log_prob, finished),) in zip(
        SENTENCES, search(model, Greedy(no_repeat_ngram=2, min_length=2)), strict=True
    ):
        told = [*tokens, END] if finished else tokens
        parts = [model.log_probs(sentence, told[:i])[t] for i, t in enumerate(told)]
        np.testing.assert_allclose(log_prob, sum(parts), atol=1e-4)


def test_numbers_below_zero_are_named():
    with pytest.raises(SeqkitError, match="min_length: expected 0 or more, found -1"):
        Greedy(min_length=-1)
    with pytest.raises(SeqkitError, match="no_repeat_ngram: expected 0 or more"):
        Constraints(no_repeat_ngram=-2).checked()
