"""What a language model that streams must hold, whatever it is made of."""

import keras
import numpy as np
from keras import ops

from seqkit.testing.arrays import to_numpy
from seqkit.training import TokenCrossentropy
from tests.graphs import check_runs_anywhere

# A cycle in which one token does not tell what comes next.
CYCLE = np.array([4, 4, 4, 5, 4, 4, 6, 5, 5])


def tensor(token_ids):
    return ops.convert_to_tensor(np.asarray(token_ids, "int32"))


def check_pieces(model, token_ids, tolerance=1e-5):
    """Runs of pieces of any lengths, and steps, equal one run and the call."""
    batch_size, length = token_ids.shape
    whole = to_numpy(model({"token_ids": tensor(token_ids)}))
    for cuts in ([5], [2, 3, 9]):
        state, found = model.initial_state(batch_size), []
        for piece in np.split(token_ids, cuts, axis=1):
            hidden, state = model.run(tensor(piece), state)
            found.append(to_numpy(model.logits(hidden)))
        np.testing.assert_allclose(
            np.concatenate(found, axis=1), whole, atol=tolerance, err_msg=str(cuts)
        )
    state = model.initial_state(batch_size)
    shapes = [tuple(s.shape) for s in keras.tree.flatten(state)]
    for t in range(length):
        logits, state = model.step(tensor(token_ids[:, t]), state)
        np.testing.assert_allclose(to_numpy(logits), whole[:, t], atol=tolerance)
        # The same room after any number of tokens.
        assert [tuple(s.shape) for s in keras.tree.flatten(state)] == shapes


def cycle_batches(batch_size, length, num_batches):
    """Inputs and targets of `fit`: one text in lanes, cut into pieces."""
    text = np.resize(CYCLE, batch_size * length * num_batches + 1).astype("int32")
    token_ids, targets = (
        np.concatenate(np.split(t.reshape(batch_size, -1), num_batches, axis=1))
        for t in (text[:-1], text[1:])
    )
    begins = np.repeat([True] + [False] * (num_batches - 1), batch_size)
    return {"token_ids": token_ids, "begins": begins}, targets


def check_learns_across_cuts(make, epochs=6):
    """Pieces of two tokens of a cycle that only what went before them tells.

    Args:
        make: `make(batch_size) -> model`.
        epochs: Passes over 30 batches.
    """
    model = make(4)
    inputs, targets = cycle_batches(4, 2, 30)
    # To nothing in the end: at a constant rate the loss of some seeds jumps about.
    rate = keras.optimizers.schedules.CosineDecay(0.01, 30 * epochs)
    model.compile(keras.optimizers.Adam(rate), TokenCrossentropy())
    options = {"batch_size": 4, "verbose": 0}
    model.fit(inputs, targets, epochs=epochs, shuffle=False, **options)
    carried = model.evaluate(inputs, targets, **options)
    anew = {**inputs, "begins": np.ones_like(inputs["begins"])}
    assert carried < 0.25
    assert model.evaluate(anew, targets, **options) > 2 * carried


def check_exports(model, token_ids):
    """Graphs of `run` and `step` for any batch and length, free of XLA's ops."""
    import tensorflow as tf

    state = model.initial_state(1)
    specs = keras.tree.map_structure(
        lambda s: tf.TensorSpec((None, *s.shape[1:]), s.dtype), state
    )
    ids = tf.TensorSpec((None, None), tf.int32)
    one = tf.TensorSpec((None,), tf.int32)
    begin = tf.function(lambda i: model.initial_state(tf.shape(i)[0]), [ids])
    run = tf.function(model.run, [ids, specs])
    call = tf.function(lambda i: model({"token_ids": i}), [ids])
    step = tf.function(model.step, [one, specs])
    whole = to_numpy(model(token_ids))
    np.testing.assert_allclose(call(token_ids), whole, atol=1e-5)
    for length in (1, 6, token_ids.shape[1] - 1):
        hidden, state = run(token_ids[:, :length], begin(token_ids))
        np.testing.assert_allclose(model.logits(hidden), whole[:, :length], atol=1e-5)
        logits, _ = step(token_ids[:, length], state)
        np.testing.assert_allclose(logits, whole[:, length], atol=1e-5)
    for function in (begin, run, call, step):
        check_runs_anywhere(function)


def check_training(make, token_ids, **compile_options):
    """A step reaches every weight, with finite gradients. Returns the new weights.

    It is the second of two pieces: the carried states have no gradient.
    """
    model = make(len(token_ids))
    half = token_ids.shape[1] // 2
    model({"token_ids": token_ids[:, :half], "begins": np.ones(len(token_ids), bool)})
    before = [to_numpy(w) for w in model.trainable_weights]
    model.compile(keras.optimizers.SGD(1.0), TokenCrossentropy(), **compile_options)
    piece = token_ids[:, half:]
    inputs = {"token_ids": piece, "begins": np.zeros(len(piece), bool)}
    assert np.isfinite(model.train_on_batch(inputs, np.roll(piece, -1, axis=1)))
    after = [to_numpy(w) for w in model.trainable_weights]
    for weight, old, new in zip(model.trainable_weights, before, after, strict=True):
        assert np.isfinite(new).all() and (new != old).any(), weight.path
    return after


def check_xla_trains_alike(make, token_ids):
    """A step compiled by XLA gives the weights that a plain graph gives."""
    model = make(len(token_ids))

    def again(batch_size):
        copy = make(batch_size)
        copy.set_weights(model.get_weights())
        return copy

    weights = [
        check_training(again, token_ids, jit_compile=jit_compile)
        for jit_compile in (False, True)
    ]
    for plain, compiled in zip(*weights, strict=True):
        np.testing.assert_allclose(compiled, plain, atol=1e-4)


def check_config(model, token_ids, folder):
    """The configuration names every argument and rebuilds; a file answers alike."""
    import inspect
    import json

    config = json.loads(json.dumps(model.get_config()))
    names = set(inspect.signature(type(model)).parameters) - {"kwargs"}
    assert names <= set(config)
    again = type(model).from_config(config)
    assert again.get_config() == model.get_config()
    expected = to_numpy(model(token_ids))
    model.save(folder / "model.keras")
    loaded = keras.saving.load_model(folder / "model.keras")
    np.testing.assert_allclose(to_numpy(loaded(token_ids)), expected, atol=1e-6)
    for new, old in zip(loaded.weights, model.weights, strict=True):
        np.testing.assert_array_equal(to_numpy(new), to_numpy(old))
