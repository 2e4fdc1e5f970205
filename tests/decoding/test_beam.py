import numpy as np
import pytest
from keras import ops

from seqkit.decoding import BeamSearch, Greedy, decode
from seqkit.decoding.loop import make_request, run_loop
from seqkit.errors import SeqkitError
from tests.decoding.fakes import (
    END,
    START,
    HashModel,
    assert_same,
    read,
    speller,
    to_lists,
)
from tests.decoding.reference import beam_search, exhaustive_search

LETTERS = (1, 4, 5, 6)  # <unk> may be generated
ALPHAS = (0.0, 0.6, 1.0, 2.0)
RULES = ("never", False, True)


def search(model, sentences, strategy, **arguments):
    state = model.state(sentences, strategy.width)
    decoded = decode(model.step, state, len(sentences), strategy=strategy, **arguments)
    return to_lists(decoded)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("beta", [0.0, 0.3])
def test_a_beam_as_wide_as_the_tree_equals_exhaustive_search(alpha, beta):
    model, letters, limit = HashModel(seed=1), (4, 5, 6), 4
    sentences = list(range(12))
    strategy = BeamSearch(
        4 * 27, length_penalty=alpha, coverage_penalty=beta, num_return_sequences=60
    )
    found = search(
        model,
        sentences,
        strategy,
        max_length=limit,
        suppress_ids=(0, 1, 2),
        source_mask=np.ones((12, 3), bool),
    )
    for sentence, hypotheses in zip(sentences, found, strict=True):
        expected = exhaustive_search(model, sentence, letters, limit, alpha, beta)
        assert len(expected) == 1 + 3 + 9 + 27 + 81
        assert_same([hypotheses], [expected[:60]])


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("early_stopping", RULES)
def test_each_rule_equals_a_plain_search_by_it(alpha, early_stopping):
    """The plain one for "never" goes on to the limit."""
    model, limit, sentences = HashModel(seed=2), 9, list(range(40))
    for count in (1, 3):
        strategy = BeamSearch(
            3,
            length_penalty=alpha,
            num_return_sequences=count,
            early_stopping=early_stopping,
        )
        found = search(model, sentences, strategy, max_length=limit)
        for sentence, hypotheses in zip(sentences, found, strict=True):
            expected = beam_search(
                model, sentence, LETTERS, limit, alpha, 3, early_stopping, count
            )
            assert_same([hypotheses], [expected[:count]])


def counted(model, sentences, strategy, max_length):
    """The result, and the number of steps that were taken."""
    request = make_request(
        len(sentences), max_length, None, end_id=END, pad_id=0, suppress_ids=(0, 2),
        source_mask=None,
    )  # fmt: skip
    state = model.state(sentences, strategy.width) | {"shared": ops.zeros((), "int32")}

    def step(token_ids, state, index):
        logits, new, _ = model.step(token_ids, state, index)
        return logits, {"beams": new["beams"], "shared": state["shared"] + 1}

    start = ops.full((len(sentences), strategy.width), START, "int32")
    searched, state = run_loop(step, state, start, strategy, request)
    return to_lists(strategy.finish(searched, request)), int(state["shared"])


@pytest.mark.parametrize("alpha", [0.0, 2.0])
def test_rules_that_stop_sooner_take_fewer_steps_and_may_find_less(alpha):
    model, sentences, limit = HashModel(seed=3), list(range(20)), 20
    found, steps = {}, {}
    for rule in RULES:
        strategy = BeamSearch(3, length_penalty=alpha, early_stopping=rule)
        found[rule], steps[rule] = counted(model, sentences, strategy, limit)
    scores = {rule: [one[0][1] for one in rows] for rule, rows in found.items()}
    for rule in (True, False):
        assert steps[rule] <= steps["never"] < limit + (alpha > 0)
        better = np.subtract(scores["never"], scores[rule])
        assert (better >= -1e-5).all() and ((better > 1e-3).any() or not alpha)
    if not alpha:  # nothing is gained by length, so the rule is exact
        assert_same(found[False], found["never"])


@pytest.mark.parametrize("early_stopping", RULES)
def test_ends_that_are_unlikely_but_in_the_beam(early_stopping):
    """Each step has one of them, as if a trained model knew nothing likelier."""
    step, state = speller(["abcdefgh"])

    def knowing(token_ids, state, index):
        logits, state = step(token_ids, state, index)
        return logits + 3.0 * ops.one_hot(END, logits.shape[-1]), state

    strategy = BeamSearch(3, early_stopping=early_stopping)
    ids = decode(knowing, state, 1, strategy=strategy, max_length=12).token_ids
    best = read(ops.convert_to_numpy(ids)[0, 0])
    assert best == ("ab" if early_stopping is True else "abcdefgh")


def test_a_large_vocabulary_is_searched_as_exactly_as_a_small_one():
    model = HashModel(vocabulary_size=1000, sharpness=3.0, seed=4)
    letters = (1, *range(4, 1000))
    strategy = BeamSearch(4, num_return_sequences=4)
    found = search(model, [0, 1, 2], strategy, max_length=5)
    for sentence in range(3):
        expected = beam_search(model, sentence, letters, 5, 0.6, 4)
        assert_same([found[sentence]], [expected[:4]])


@pytest.mark.parametrize("early_stopping", RULES)
def test_one_beam_equals_greedy(early_stopping):
    model, sentences = HashModel(seed=5), list(range(60))
    strategy = BeamSearch(1, length_penalty=0.0, early_stopping=early_stopping)
    beam = search(model, sentences, strategy, max_length=9)
    assert_same(beam, search(model, sentences, Greedy(), max_length=9))


@pytest.mark.parametrize("rule", RULES)
def test_neither_batch_nor_order_nor_room_changes_a_sentence(rule):
    model = HashModel(seed=6)
    strategy = BeamSearch(
        3, num_return_sequences=3, coverage_penalty=0.2, early_stopping=rule
    )
    sentences, limits = np.arange(16), np.arange(16) % 6 + 1
    mask = np.arange(16)[:, None] % 3 >= np.arange(3)

    def run(rows, max_length):
        return search(
            model,
            sentences[rows],
            strategy,
            max_length=max_length,
            max_lengths=limits[rows],
            source_mask=mask[rows],
        )

    together = run(np.arange(16), 6)
    assert_same(run(np.arange(16), 11), together)
    assert_same(run(np.arange(16)[::-1], 6), together[::-1])
    for row in (0, 5, 10):
        assert_same(run(np.array([row]), 6), [together[row]])


def test_source_padding_does_not_count_as_uncovered():
    model = HashModel(source_length=5, seed=7)
    model.attention[:, 3:] = 0
    strategy = BeamSearch(3, coverage_penalty=0.5)
    mask = np.array([[True, True, True, False, False]])
    [[(tokens, score, log_prob, finished)]] = search(
        model, [1], strategy, max_length=8, source_mask=mask
    )
    assert finished
    covered = np.minimum(model.coverage(1, (*tokens, 3))[:3], 1)
    expected = log_prob / ((5 + len(tokens) + 1) / 6) ** 0.6
    np.testing.assert_allclose(score, expected + 0.5 * np.log(covered).sum(), rtol=1e-5)


def test_words_come_back_and_other_hypotheses_rank_below():
    words = ["a", "hello", "beams"]
    step, state = speller(words)
    strategy = BeamSearch(4, num_return_sequences=4)
    decoded = decode(step, state, 3, strategy=strategy, max_length=6)
    ids, scores = (ops.convert_to_numpy(x) for x in (decoded.token_ids, decoded.scores))
    assert [read(row[0]) for row in ids] == words
    assert (np.diff(scores, axis=1) <= 0).all()
    assert ids.dtype == "int32" and scores.dtype == "float32"


def test_what_does_not_end_is_cut_and_says_so():
    step, state = speller(["endless"])
    decoded = decode(step, state, 1, strategy=BeamSearch(1), max_length=4)
    [[(tokens, score, log_prob, finished)]] = to_lists(decoded)
    assert read(tokens) == "endl" and not finished
    np.testing.assert_allclose(score, log_prob / (9 / 6) ** 0.6, rtol=1e-6)


def test_places_without_a_hypothesis_are_empty():
    # After one step there are only the end and three letters.
    found = search(
        HashModel(),
        [0],
        BeamSearch(8, num_return_sequences=8),
        max_length=1,
        suppress_ids=(0, 1, 2),
    )[0]
    assert [h[0] for h in found[4:]] == [()] * 4
    assert all(h[1] == -np.inf and not h[3] for h in found[4:])
    assert found[0][0] == () and found[0][3]


def test_not_a_number_in_one_sentence_leaves_the_others_alone():
    model = HashModel(seed=8)
    strategy = BeamSearch(3)
    alone = search(model, [0, 1], strategy, max_length=6)

    def step(token_ids, state, index):
        logits, state, _ = model.step(token_ids, state, index)
        broken = ops.arange(3)[:, None, None] == 2
        return ops.where(broken, float("nan"), logits), state

    state = model.state([0, 1, 2], 3)
    decoded = decode(step, state, 3, strategy=strategy, max_length=6)
    assert_same(to_lists(decoded)[:2], alone)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_beams": 0}, "num_beams: expected at least 1, found 0"),
        ({"num_return_sequences": 6}, "expected 1 to num_beams=5, found 6"),
        ({"length_penalty": -0.1}, "length_penalty: expected 0 or more"),
        ({"coverage_penalty": -1}, "coverage_penalty: expected 0 or more"),
        ({"early_stopping": "always"}, "expected True, False or 'never', found 'alw"),
    ],
)
def test_arguments_out_of_range(arguments, message):
    with pytest.raises(SeqkitError, match=message):
        BeamSearch(**arguments)
