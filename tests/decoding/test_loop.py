import keras
import numpy as np
import pytest
from keras import ops

from seqkit.decoding import BeamSearch, Greedy, Sampling, decode
from seqkit.errors import SeqkitError
from tests.decoding.fakes import HashModel, assert_same, read, speller, to_lists

STRATEGIES = [Greedy(), BeamSearch(3), Sampling(top_k=3, seed=1)]


def test_beams_are_reordered_and_shared_is_not():
    width, limit = 3, 6
    model = HashModel(seed=1)

    def step(token_ids, state, index):
        beams, shared = state["beams"], state["shared"]
        logits, inner, _ = model.step(token_ids, {"beams": beams["model"]}, index)
        positions = ops.arange(limit) == index
        history = ops.where(positions, token_ids[..., None], beams["history"])
        # Follows no hypothesis: the sum of all tokens that ever came in.
        total = shared["total"] + ops.sum(token_ids, axis=1)
        beams = {"model": inner["beams"], "history": history, "pair": beams["pair"]}
        seen = ops.cast(ops.sum(history, axis=-1), "float32")[..., None]
        # The state has its say, so a wrong reordering shows in the output.
        logits = logits + 0.01 * seen * ops.cast(ops.arange(7) % 3, "float32")
        return logits, {"beams": beams, "shared": {"total": total}}

    def run(rows):
        state = {
            "beams": {
                "model": model.state(rows, width)["beams"],
                "history": ops.zeros((len(rows), width, limit), "int32"),
                "pair": [ops.zeros((len(rows), width, 2, 2), "bool")],
            },
            "shared": {"total": ops.zeros((len(rows),), "int32")},
        }
        decoded = decode(
            step, state, len(rows), strategy=BeamSearch(width), max_length=limit
        )
        return to_lists(decoded)

    assert_same(run([1, 2, 3]), run([1]) + run([2]) + run([3]))
    for row in (1, 2, 3):
        [[(tokens, _, log_prob, finished)]] = run([row])
        tokens = (*tokens, 3) if finished else tokens
        expected = 0.0
        for place, token in enumerate(tokens):
            logits = model.logits[model._hash(row, tokens[:place])].astype("float64")
            logits += 0.01 * (2 + sum(tokens[:place])) * (np.arange(7) % 3)
            expected += logits[token] - np.log(np.exp(logits).sum())
        np.testing.assert_allclose(log_prob, expected, rtol=1e-5)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only there the loop runs eagerly"
)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_stops_when_all_sentences_are_done(strategy):
    step, state = speller(["ab", "a"])
    calls = []

    def counted(token_ids, state, index):
        calls.append(int(index))
        return step(token_ids, state, index)

    decode(counted, state, 2, strategy=strategy, max_length=50)
    # The speller is sure of itself; a beam may look some steps further.
    assert calls[:3] == [0, 1, 2] and len(calls) < 50
    if not isinstance(strategy, BeamSearch):
        assert len(calls) == 3


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_half_precision_logits(strategy):
    step, state = speller(["hello"])

    def half(token_ids, state, index):
        logits, state = step(token_ids, state, index)
        return ops.cast(logits * 3, "bfloat16"), state

    decoded = decode(half, state, 1, strategy=strategy, max_length=7)
    assert read(to_lists(decoded)[0][0][0]) == "hello"
    assert keras.backend.standardize_dtype(decoded.scores.dtype) == "float32"


def test_each_sentence_may_begin_with_its_own_token():
    def step(token_ids, state, index):  # says the next letter of the alphabet, once
        wanted = ops.where(index == 0, token_ids + 1, 3)
        return 9.0 * ops.one_hot(wanted, 30), state

    decoded = decode(step, {}, 3, start_id=ops.array([4, 7, 9]), max_length=3)
    assert [read(sentence[0][0]) for sentence in to_lists(decoded)] == ["b", "e", "g"]


def test_suppressed_ids_are_never_generated():
    model = HashModel(seed=2, sharpness=0.1)
    for strategy in (Greedy(), BeamSearch(4), Sampling(seed=1), Sampling(top_k=4)):
        decoded = decode(
            model.step,
            model.state(range(20), strategy.width),
            20,
            strategy=strategy,
            max_length=12,
            suppress_ids=(0, 1, 2, 5),
        )
        used = {t for s in to_lists(decoded) for t in s[0][0]}
        assert used <= {4, 6}


def test_other_special_ids():
    def step(token_ids, state, index):
        wanted = ops.where(token_ids == 0, 5, ops.where(token_ids == 5, 6, 1))
        return 9.0 * ops.one_hot(wanted, 8), state

    decoded = decode(
        step, {}, 1, max_length=4, start_id=0, end_id=1, pad_id=7, suppress_ids=(0, 7)
    )
    assert ops.convert_to_numpy(decoded.token_ids).tolist() == [[[5, 6, 7, 7]]]


def keep(token_ids, state, index):
    return ops.zeros((*token_ids.shape, 8)), state


@pytest.mark.parametrize(
    ("step", "arguments", "message"),
    [
        (keep, {"max_length": 0}, "max_length: expected at least 1"),
        (keep, {"state": {"cache": 1}}, r"state: expected .*found \['cache'\]"),
        (
            keep,
            {"strategy": BeamSearch(2, coverage_penalty=0.1)},
            "source_mask: expected a",
        ),
        (
            keep,
            {
                "strategy": BeamSearch(2, coverage_penalty=0.1),
                "source_mask": np.ones((1, 3), bool),
            },
            "step: expected .*attention.*coverage_penalty=0",
        ),
        (lambda t, s, i: ops.zeros((1, 1, 8)), {}, "step: expected it to return"),
        (lambda t, s, i: (ops.zeros((1, 8)), s), {}, r"step: expected logits \[B, K"),
        (
            lambda t, s, i: (ops.zeros((1, 1, 8)), {"shared": (1, 2)}),
            {},
            "step: expected the state back in the structure",
        ),
        (
            lambda t, s, i: (ops.zeros((1, 1, 8)), {"shared": ops.zeros((1,))}),
            {"state": {"shared": ops.zeros((1,), "int32")}},
            "step: expected the state's tensors back as they came",
        ),
    ],
)
def test_mistakes_are_named(step, arguments, message):
    arguments = {"state": {}, "max_length": 4, **arguments}
    with pytest.raises(SeqkitError, match=message):
        decode(step, arguments.pop("state"), 1, **arguments)
