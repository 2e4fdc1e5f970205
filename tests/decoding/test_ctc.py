"""CTC's searches against the sums over all paths."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.decoding import Fusion, ctc_beam_search, ctc_greedy

RNG = np.random.default_rng(0)


def collapse(path):
    return tuple(c for i, c in enumerate(path) if c and (i == 0 or c != path[i - 1]))


def texts(logits):
    """The log-probability of each text, by all paths."""
    log_probs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    found = {}
    for path in itertools.product(range(logits.shape[1]), repeat=len(logits)):
        score = sum(log_probs[step, one] for step, one in enumerate(path))
        text = collapse(path)
        found[text] = np.logaddexp(found.get(text, -np.inf), score)
    return found


def rows(decoded):
    """The texts of each row with their scores."""
    ids, lengths, scores = (
        ops.convert_to_numpy(x)
        for x in (decoded.token_ids, decoded.lengths, decoded.scores)
    )
    return [
        [
            (tuple(ids[b, n, : lengths[b, n]].tolist()), float(scores[b, n]))
            for n in range(ids.shape[1])
        ]
        for b in range(len(ids))
    ]


@pytest.mark.parametrize(("steps", "tokens"), [(1, 2), (4, 3), (5, 2)])
def test_with_beams_for_all_prefixes_the_search_is_exact(steps, tokens):
    logits = RNG.normal(size=(3, steps, tokens + 1)).astype("float32")
    found = rows(ctc_beam_search(logits, num_beams=130))
    for row, one in zip(found, logits, strict=True):
        expected = sorted(texts(one).items(), key=lambda item: -item[1])
        real = [item for item in row if np.isfinite(item[1])]
        assert len({text for text, _ in real}) == len(real) == len(expected)
        for (text, score), (right, its) in zip(real, expected, strict=True):
            assert score == pytest.approx(its, abs=1e-4)
            assert text == right
        assert not np.isfinite([score for _, score in row[len(expected) :]]).any()


def test_narrow_beams_find_no_more_than_there_is():
    logits = RNG.normal(size=(4, 6, 4)).astype("float32")
    found = rows(ctc_beam_search(logits, num_beams=3, num_return_sequences=2))
    for row, one in zip(found, logits, strict=True):
        right = texts(one)
        assert len(row) == 2
        for text, score in row:
            assert score <= right[text] + 1e-4


def test_greedy_is_the_likeliest_path():
    logits = RNG.normal(size=(5, 7, 4)).astype("float32")
    for row, one in zip(rows(ctc_greedy(logits)), logits, strict=True):
        ((text, _),) = row
        assert text == collapse(one.argmax(-1).tolist())


def test_sure_blanks_after_a_row_change_nothing():
    logits = RNG.normal(size=(2, 4, 3)).astype("float32")
    blank = np.array([0.0, -1e4, -1e4], "float32")
    padded = np.concatenate([logits, np.tile(blank, (2, 3, 1))], axis=1)
    for search in (ctc_greedy, lambda x: ctc_beam_search(x, num_beams=40)):
        for one, other in zip(rows(search(logits)), rows(search(padded)), strict=True):
            for (text, score), (again, same) in zip(one, other, strict=True):
                if np.isfinite(score):
                    assert text == again
                    assert score == pytest.approx(same, abs=1e-3)


@pytest.mark.parametrize("end_id", [None, 3])
def test_fusion_adds_what_a_language_model_says(end_id):
    """Of a model of bigrams, whose state is the last token."""
    bigrams = RNG.normal(size=(6, 6)).astype("float32")
    names = np.array([0, 5, 4], "int32")  # of ours in its vocabulary

    def step(ids, state):
        return ops.take(ops.convert_to_tensor(bigrams), ids, axis=0), [ids[:, None]]

    fusion = Fusion(
        step,
        lambda count: [ops.zeros((count, 1), "int32")],
        names,
        weight=0.7,
        bonus=0.3,
        start_id=2,
        end_id=end_id,
    )
    logits = RNG.normal(size=(2, 4, 3)).astype("float32")
    found = rows(ctc_beam_search(logits, num_beams=40, fusion=fusion))
    table = bigrams - np.log(np.exp(bigrams).sum(-1, keepdims=True))
    for row, one in zip(found, logits, strict=True):
        expected = {}
        for text, score in texts(one).items():
            ids = [2, *(names[c] for c in text)]
            language = sum(table[a, b] for a, b in itertools.pairwise(ids))
            if end_id is not None:
                language += table[ids[-1], end_id]
            expected[text] = score + 0.7 * language + 0.3 * len(text)
        real = [item for item in row if np.isfinite(item[1])]
        assert len(real) == len(expected)
        for text, score in real:
            assert score == pytest.approx(expected[text], abs=1e-4)
        scores = [score for _, score in real]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="of graphs")
def test_in_a_graph_of_any_shape():
    import tensorflow as tf

    spec = tf.TensorSpec([None, None, 4], tf.float32)
    search = tf.function(
        lambda x: ctc_beam_search(x, num_beams=3)[:3], [spec], autograph=False
    )
    for steps in (3, 5):
        logits = RNG.normal(size=(2, steps, 4)).astype("float32")
        expected = ctc_beam_search(logits, num_beams=3)
        for one, other in zip(search(logits), expected[:3], strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)
