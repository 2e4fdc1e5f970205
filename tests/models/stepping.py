"""What a model's steps must give: what the whole sequence gives."""

import keras
import numpy as np
from keras import ops

from seqkit.testing.arrays import assert_close, to_numpy

PAD, START, END = 0, 2, 3


def ids(array):
    return ops.convert_to_tensor(np.asarray(array), dtype="int32")


def sentences(rng, batch_size, length, vocabulary_size, start=None):
    """Right-padded ids, the first sentence of full length, the last the shortest."""
    token_ids = rng.integers(4, vocabulary_size, (batch_size, length))
    lengths = np.linspace(length, 2, batch_size).round().astype(int)
    token_ids[np.arange(batch_size), lengths - 1] = END
    token_ids[np.arange(length) >= lengths[:, None]] = PAD
    if start is not None:
        token_ids[:, 0] = start
    return token_ids.astype("int32")


def check_steps(model, source, num_beams=3, length=5, tolerance=2e-5):
    """Steps of hypotheses that are reordered at random equal whole sequences.

    After each step the K hypotheses descend from random ones of the step before, some
    of them twice, as in a beam search. Their logits and attention must be those of the
    model called with all their tokens.
    """
    rng = np.random.default_rng(5)
    batch_size = len(source)
    rows = np.arange(batch_size)[:, None]
    memory, mask = model.encode(ids(source))
    repeated_memory, repeated_mask = model.encode(ids(np.repeat(source, num_beams, 0)))
    state = model.initial_state(memory, mask, num_beams, length)
    written = np.zeros((batch_size, num_beams, 0), int)
    tokens = np.full((batch_size, num_beams), START)
    for t in range(length):
        written = np.concatenate([written, tokens[..., None]], axis=-1)
        logits, state, attention = model.step(ids(tokens), state, t)
        whole = model.decode(
            ids(written.reshape(-1, t + 1)), repeated_memory, repeated_mask
        )
        for got, want in zip((logits, attention), whole, strict=True):
            assert (got is None) == (want is None)
            if got is not None:
                want = to_numpy(want)[:, -1].reshape(got.shape)
                assert_close([got], [want], tolerance)
        parents = rng.integers(0, num_beams, tokens.shape)
        written = written[rows, parents]
        beams = keras.tree.map_structure(
            lambda x, parents=parents: ops.convert_to_tensor(
                ops.convert_to_numpy(x)[rows, parents]
            ),
            state["beams"],
        )
        state = {**state, "beams": beams}
        tokens = rng.integers(4, logits.shape[-1], tokens.shape)


def check_padding(model, source, target, extra=4, tolerance=1e-5):
    """More padding on either side, and sentences beside it, change nothing."""
    inputs = {"encoder_token_ids": ids(source), "decoder_token_ids": ids(target)}
    want = to_numpy(model(inputs))
    wide = {
        name: ops.pad(value, ((0, 0), (0, extra))) for name, value in inputs.items()
    }
    got = to_numpy(model(wide))[:, : target.shape[1]]
    keep = target != PAD
    assert_close([got[keep]], [want[keep]], tolerance)
    # The shortest alone: each further shape is one more for JAX to compile.
    row = -1
    alone = {
        "encoder_token_ids": ids(source[row:, : (source[row] != PAD).sum()]),
        "decoder_token_ids": ids(target[row:, : keep[row].sum()]),
    }
    assert_close([model(alone)[0]], [want[row][keep[row]]], tolerance)
