"""The loop inside tf.function, XLA, a SavedModel and jax.jit."""

import keras
import numpy as np
import pytest

from seqkit.decoding import BeamSearch, Decoded, Greedy, Sampling, decode
from tests.decoding.fakes import HashModel, assert_same, to_lists

BACKEND = keras.backend.backend()
needs_tensorflow = pytest.mark.skipif(
    BACKEND != "tensorflow", reason="for the TensorFlow backend"
)
STRATEGIES = [
    Greedy(),
    BeamSearch(3, num_return_sequences=2),
    BeamSearch(3, length_penalty=2.0, early_stopping=False),
    BeamSearch(3, coverage_penalty=0.2, early_stopping=True),
    Sampling(0.8, top_k=4, top_p=0.9, num_return_sequences=2, seed=1),
]
NAMES = ["greedy", "beam", "likely", "coverage", "sampling"]
MODEL = HashModel(seed=1)
SENTENCES = np.arange(5, dtype="int32")
LIMIT = 7


def generate(strategy, sentences, mask, max_length=LIMIT):
    """Decodes `[B]` sentences; B, and on TensorFlow max_length, may be tensors."""
    ops = keras.ops
    batch_size = ops.shape(sentences)[0]
    hashes = ops.zeros((batch_size, strategy.width), "int32") + sentences[:, None]
    return decode(
        MODEL.step,
        {"beams": {"hash": hashes}, "shared": ()},
        batch_size,
        strategy=strategy,
        max_length=max_length,
        source_mask=mask,
    )


def mask_for(sentences):
    return np.ones((len(sentences), 3), bool)


def traced(strategy, **options):
    import tensorflow as tf

    return tf.function(
        lambda sentences, mask, limit: generate(strategy, sentences, mask, limit),
        input_signature=[
            tf.TensorSpec([None], "int32"),
            tf.TensorSpec([None, None], "bool"),
            tf.TensorSpec([], "int32"),
        ],
        autograph=False,
        **options,
    )


@needs_tensorflow
@pytest.mark.parametrize("strategy", STRATEGIES, ids=NAMES)
def test_one_trace_serves_all_sizes(strategy):
    function = traced(strategy)
    for count, limit in ((5, 7), (1, 3), (2, 20)):
        sentences = SENTENCES[:count]
        mask = mask_for(sentences)
        expected = to_lists(generate(strategy, sentences, mask, limit))
        decoded = function(sentences, mask, limit)
        assert decoded.token_ids.shape[2] == limit
        assert_same(to_lists(decoded), expected)
    assert function.experimental_get_tracing_count() == 1


@needs_tensorflow
@pytest.mark.parametrize("strategy", STRATEGIES, ids=NAMES)
def test_xla(strategy):
    import tensorflow as tf

    function = tf.function(
        lambda sentences, mask: generate(strategy, sentences, mask),
        jit_compile=True,
        autograph=False,
    )
    mask = mask_for(SENTENCES)
    found = to_lists(function(SENTENCES, mask))
    assert_same(found, to_lists(generate(strategy, SENTENCES, mask)))


@needs_tensorflow
@pytest.mark.parametrize("strategy", STRATEGIES, ids=NAMES)
def test_saved_model(strategy, tmp_path):
    import tensorflow as tf

    module = tf.Module()
    function = traced(strategy)
    module.serve = tf.function(
        lambda sentences, mask, limit: function(sentences, mask, limit)._asdict(),
        input_signature=function.input_signature,
        autograph=False,
    )
    tf.saved_model.save(module, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    mask = mask_for(SENTENCES)
    arguments = [tf.constant(x) for x in (SENTENCES, mask, LIMIT)]
    decoded = Decoded(**loaded.serve(*arguments))
    assert_same(to_lists(decoded), to_lists(generate(strategy, SENTENCES, mask)))


@needs_tensorflow
def test_the_seed_may_be_an_input_of_the_graph():
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec([], "int64")], autograph=False)
    def function(seed):
        strategy = Sampling(seed=seed)
        return generate(strategy, tf.constant(SENTENCES), mask_for(SENTENCES))

    one, other = (to_lists(function(seed)) for seed in (1, 2))
    assert one != other
    expected = generate(Sampling(seed=1), SENTENCES, mask_for(SENTENCES))
    assert_same(one, to_lists(expected))


@needs_tensorflow
def test_a_seed_generator_advances_inside_a_graph():
    strategy = Sampling(seed=keras.random.SeedGenerator(1))
    function = traced(strategy)
    mask = mask_for(SENTENCES)
    one, other = (to_lists(function(SENTENCES, mask, LIMIT)) for _ in range(2))
    assert one != other


@needs_tensorflow
def test_a_model_that_forgets_static_shapes():
    """As gathers and reshapes in real models do."""
    import tensorflow as tf

    strategy = BeamSearch(3)

    def forget(x):
        return tf.reshape(x, tf.identity(tf.shape(x)))

    def step(token_ids, state, index):
        logits, state, _ = MODEL.step(token_ids, state, index)
        logits = tf.ensure_shape(forget(logits), [None, None, 7])
        return logits, {"beams": {"hash": forget(state["beams"]["hash"])}}

    @tf.function(input_signature=[tf.TensorSpec([None], "int32")], autograph=False)
    def function(sentences):
        hashes = tf.repeat(sentences[:, None], 3, axis=1)
        state = {"beams": {"hash": tf.ensure_shape(hashes, [None, 3])}}
        size = tf.shape(sentences)[0]
        return decode(step, state, size, strategy=strategy, max_length=LIMIT)

    expected = generate(strategy, SENTENCES, mask_for(SENTENCES))
    assert_same(to_lists(function(SENTENCES)), to_lists(expected))


@pytest.mark.skipif(BACKEND != "jax", reason="for the JAX backend")
@pytest.mark.parametrize("strategy", STRATEGIES, ids=NAMES)
def test_jax_jit(strategy):
    import jax

    function = jax.jit(lambda sentences, mask: generate(strategy, sentences, mask))
    mask = mask_for(SENTENCES)
    expected = generate(strategy, keras.ops.convert_to_tensor(SENTENCES), mask)
    assert_same(to_lists(function(SENTENCES, mask)), to_lists(expected))


@pytest.mark.skipif(BACKEND == "tensorflow", reason="there a tensor is welcome")
def test_max_length_must_be_static():
    with pytest.raises(ValueError, match="max_length: expected a Python int"):
        mask = mask_for(SENTENCES)
        limit = keras.ops.array(3)
        generate(Greedy(), keras.ops.convert_to_tensor(SENTENCES), mask, limit)
