import keras
import numpy as np
import pytest
from keras import ops

from seqkit.decoding import AdjustableSampling, Greedy, Sampling, decode
from tests.decoding.fakes import HashModel, assert_same, to_lists

# As many tokens as for the search in blocks, and few that are likely.
MODEL = HashModel(vocabulary_size=520, sharpness=3.0, seed=4)
SENTENCES = np.arange(10)


def run(strategy):
    state = MODEL.state(SENTENCES, strategy.width)
    return to_lists(decode(MODEL.step, state, 10, strategy=strategy, max_length=6))


@pytest.mark.parametrize(
    ("parameters", "strategy"),
    [
        ((0.0, 0, 1.0), Greedy()),
        ((0.0, 5, 0.5), Greedy()),
        ((1.0, 1, 1.0), Greedy()),
        ((1.0, 0, 0.0), Greedy()),
        ((1.0, 0, 1.0), Sampling(seed=5)),
        ((0.7, 20, 1.0), Sampling(0.7, top_k=20, seed=5)),
        ((1.3, 0, 0.8), Sampling(1.3, top_p=0.8, seed=5)),
        ((1.3, 30, 0.8), Sampling(1.3, top_k=30, top_p=0.8, seed=5)),
        ((1.3, 9999, 1.0), Sampling(1.3, top_k=9999, seed=5)),
    ],
)
def test_gives_the_tokens_of_fixed_parameters(parameters, strategy):
    assert_same(run(AdjustableSampling(*parameters, seed=5)), run(strategy))


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="for the TensorFlow backend"
)
def test_the_parameters_may_be_inputs_of_a_graph():
    import tensorflow as tf

    specs = [tf.TensorSpec([], d) for d in ("float32", "int32", "float32", "int64")]

    @tf.function(input_signature=specs, autograph=False)
    def function(temperature, top_k, top_p, seed):
        strategy = AdjustableSampling(
            temperature, top_k, top_p, seed=seed, num_return_sequences=2
        )
        state = MODEL.state(SENTENCES, 2)
        return decode(MODEL.step, state, 10, strategy=strategy, max_length=6)

    for temperature, top_k, top_p, seed in ((0.7, 20, 0.9, -3), (1.0, 0, 1.0, 2**40)):
        expected = Sampling(
            temperature,
            top_k=top_k or None,
            top_p=top_p,
            seed=seed,
            num_return_sequences=2,
        )
        found = function(temperature, top_k, top_p, tf.constant(seed, tf.int64))
        assert_same(to_lists(found), run(expected))
    assert function.experimental_get_tracing_count() == 1


def test_largest_share_of_ties():
    def step(token_ids, state, index):  # tokens 4 to 9 are alike
        logits = ops.where(ops.arange(10) < 4, -9.0, 1.0)
        return ops.broadcast_to(logits, (*token_ids.shape, 10)), state

    strategy = AdjustableSampling(1.0, 3, 1.0, seed=1)
    drawn = decode(step, {}, 1, strategy=strategy, max_length=60).token_ids
    assert set(ops.convert_to_numpy(drawn).ravel().tolist()) == {4, 5, 6}
