"""Sequences decoded from inputs of several names, by a model that copies its source."""

import numpy as np
import pytest
from keras import ops

from seqkit.data import pad
from seqkit.decoding import BeamSearch, Greedy, Sampling
from seqkit.inference import SequenceDecoder, n_best_texts
from seqkit.special_ids import END_ID, FIRST_TEXT_ID, PAD_ID, UNKNOWN_ID

WORDS = ["the", "dog", "saw", "a", "cat"]
V = FIRST_TEXT_ID + len(WORDS)
EXTRA = 6  # a static vocabulary: so many words of its own may a row have
TEXTS = [
    "the dog saw Rex",
    "Tom",
    "a cat saw Mia saw Tom saw Mia",
    "",
    "the cat",
    "Zoe saw the zebra",
    "the the the the the the the the Rex",
]
SPECS = {
    "encoder_token_ids": ((None, None), "int32"),
    "extended_token_ids": ((None, None), "int32"),
}


class CopyingModel:
    """Writes what its source holds: words it knows, and others by extended ids."""

    variables = ()

    def encode_inputs(self, inputs):
        mask = inputs["encoder_token_ids"] != PAD_ID
        return (inputs["encoder_token_ids"], inputs["extended_token_ids"]), mask

    def initial_state(self, memory, mask, num_beams, max_length):
        known, extended = memory
        return {"sentences": {"known": known, "extended": extended}}

    def step(self, token_ids, state, index):
        known, extended = (
            ops.take(ids, ops.minimum(index, ops.shape(ids)[1] - 1), axis=1)
            for ids in state["sentences"].values()
        )
        known = ops.where(known == PAD_ID, END_ID, known)
        written = ops.where(known == UNKNOWN_ID, extended, known)
        logits = 9.0 * ops.one_hot(written, V + EXTRA)
        # <unk> would be likelier than a word that is not known.
        logits += 10.0 * ops.one_hot(known, V + EXTRA)
        logits = ops.repeat(logits[:, None], token_ids.shape[1], axis=1)
        return logits, state, None


def rows_of(texts):
    """Source ids, extended ids and words of its own, for each text."""
    for text in texts:
        own = sorted(set(text.split()) - set(WORDS))
        vocabulary = WORDS + own
        extended = [FIRST_TEXT_ID + vocabulary.index(word) for word in text.split()]
        known = [token_id if token_id < V else UNKNOWN_ID for token_id in extended]
        yield [*known, END_ID], [*extended, END_ID], own


KNOWN, EXTENDED, OWN = zip(*rows_of(TEXTS), strict=True)


def batch(rows, length):
    return {
        "encoder_token_ids": pad([KNOWN[row] for row in rows], length),
        "extended_token_ids": pad([EXTENDED[row] for row in rows], length),
    }


def render(rows, ids):
    assert len(rows) == len(ids)
    return [
        " ".join((WORDS + OWN[row])[token_id - FIRST_TEXT_ID] for token_id in one)
        for row, one in zip(rows, ids, strict=True)
    ]


def decoder(strategy=None, **options):
    options = {"max_length": 20, "suppress": (UNKNOWN_ID,), **options}
    return SequenceDecoder(CopyingModel(), strategy or Greedy(), SPECS, **options)


LENGTHS = [len(ids) for ids in KNOWN]


@pytest.mark.parametrize("batch_size", [1, 2, 5, 64])
@pytest.mark.parametrize("strategy", [Greedy(), BeamSearch(2)], ids=["greedy", "beam"])
def test_a_copying_model_writes_words_that_only_its_row_has(strategy, batch_size):
    n_best = decoder(strategy).run(LENGTHS, batch, batch_size)
    assert n_best_texts(n_best, render) == TEXTS


def test_n_best_lists_are_rendered_by_row():
    strategy = BeamSearch(3, num_return_sequences=2)
    # Beside the best there is <unk>, but for what is known.
    n_best = decoder(strategy, suppress=(0, UNKNOWN_ID)).run(LENGTHS, batch, 3)

    def with_rows(rows, ids):
        return [f"{row} {len(one)}" for row, one in zip(rows, ids, strict=True)]

    found = n_best_texts(n_best, with_rows, num_return_sequences=2, return_scores=True)
    for number, (row, pairs) in enumerate(zip(found, n_best, strict=True)):
        assert row == [(f"{number} {len(ids)}", score) for ids, score in pairs]
        assert len(row) == 2 and row[0][1] >= row[1][1]


def test_what_is_suppressed_is_not_written():
    rows = decoder(suppress=()).run(LENGTHS, batch)
    assert rows[1][0][0] == [UNKNOWN_ID]
    rows = decoder().run(LENGTHS, batch)
    assert rows[1][0][0] == [V]
    # The others share the probability of what is suppressed.
    first = 9 - np.log(np.exp(9) + V + EXTRA - 2)
    second = 19 - np.log(np.exp(19) + V + EXTRA - 2)
    assert rows[1][0][1] == pytest.approx(first + second, rel=1e-4)


@pytest.mark.parametrize("batch_size", [2, 64])
def test_limits_are_those_of_each_row(batch_size):
    endless = {"suppress": (UNKNOWN_ID, END_ID), "max_length": 9}
    found = decoder(relative_length=(2, 1), **endless).run(LENGTHS, batch, batch_size)
    wanted = [min(2 * length + 1, 9) for length in LENGTHS]
    assert [len(ids) for [(ids, _)] in found] == wanted
    found = decoder(**endless).run(LENGTHS, batch, batch_size)
    assert {len(ids) for [(ids, _)] in found} == {9}


def test_draws_are_those_of_each_row():
    one = decoder(Sampling(9.0))
    found = one.run(LENGTHS, batch, 64, seed=3)
    for batch_size in (1, 4):
        again = one.run(LENGTHS, batch, batch_size, seed=3)
        assert [row[0][0] for row in again] == [row[0][0] for row in found]
        for row, other in zip(again, found, strict=True):
            assert row[0][1] == pytest.approx(other[0][1], rel=1e-4)
    other = one.run(LENGTHS, batch, 64, seed=4)
    assert [row[0][0] for row in other] != [row[0][0] for row in found]


def test_no_rows():
    assert decoder().run([], batch) == []
