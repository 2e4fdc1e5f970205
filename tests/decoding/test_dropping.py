"""Sentences that are done leave the computation, and nothing else changes."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.decoding import BeamSearch, Greedy, Sampling, decode
from tests.decoding.fakes import HashModel, assert_same, speller, to_lists

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only there shapes are dynamic"
)

STRATEGIES = {
    "greedy": Greedy(),
    "beam": BeamSearch(3),
    "beam-coverage": BeamSearch(3, coverage_penalty=0.3, num_return_sequences=2),
    "sampling": Sampling(top_k=3, seed=1, num_return_sequences=2),
}


@pytest.mark.parametrize("name", STRATEGIES)
def test_the_result_is_what_it_is_without(name):
    import tensorflow as tf

    strategy, model = STRATEGIES[name], HashModel(seed=3)
    rng = np.random.default_rng(0)
    rows = np.arange(40, dtype="int32")
    own = rng.normal(size=(40, 7)).astype("float32")  # what only a sentence knows
    limits = rng.integers(0, 30, 40).astype("int32")
    mask = np.ones((40, 3), bool)

    def run(rows, own, limits, mask, dropping):
        hashes = ops.repeat(rows[:, None], strategy.width, axis=1)
        state = {"beams": {"hash": hashes}, "shared": ()}
        if dropping:
            state["sentences"] = {"own": own}

        def step(token_ids, state, index):
            inner = {"beams": state["beams"], "shared": ()}
            logits, inner, attention = model.step(token_ids, inner, index)
            mine = state["sentences"]["own"] if dropping else own
            logits = logits + mine[:, None]
            return logits, {**state, "beams": inner["beams"]}, attention

        return decode(
            step,
            state,
            ops.shape(rows)[0],
            strategy=strategy,
            max_length=30,
            max_lengths=limits,
            source_mask=mask,
        )

    dynamic = [
        tf.TensorSpec((None, *a.shape[1:]), a.dtype) for a in (rows, own, limits, mask)
    ]
    compiled = tf.function(lambda *a: run(*a, True), dynamic, autograph=False)
    got = compiled(rows, own, limits, mask)
    want = run(*map(ops.convert_to_tensor, (rows, own, limits, mask)), False)
    assert_same(to_lists(got), to_lists(want))


def test_rows_leave_when_a_quarter_is_done():
    import tensorflow as tf

    words = ["a"] * 3 + ["abcdef"] * 4 + ["abcdefghijkl"]
    step, state = speller(words)
    sizes = []

    def see(token_ids):
        sizes.append(len(token_ids))
        return token_ids

    def seen_step(token_ids, state, index):
        seen = tf.numpy_function(see, [token_ids], token_ids.dtype)
        seen = tf.ensure_shape(seen, token_ids.shape)
        logits, _ = step(seen, {"shared": state["sentences"]["words"]}, index)
        return logits, state

    @tf.function(input_signature=[tf.TensorSpec((None, None), "int32")])
    def run(spelled):
        return decode(
            seen_step,
            {"sentences": {"words": spelled}},
            ops.shape(spelled)[0],
            strategy=Greedy(),
            max_length=20,
        )

    decoded = run(state["shared"])
    assert ops.convert_to_numpy(decoded.lengths)[:, 0].tolist() == [
        len(word) for word in words
    ]
    assert sizes == [8, 8] + [5] * 5 + [1] * 6
