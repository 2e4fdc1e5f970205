import keras
import numpy as np
import pytest
from keras import ops

from seqkit.decoding import BeamSearch, Greedy, Sampling, decode, decode_piece
from seqkit.errors import SeqkitError
from tests.decoding.fakes import HashModel

MODEL = HashModel(seed=1, sharpness=0.7)
SENTENCES = np.arange(6)
STRATEGIES = [
    Greedy(),
    Sampling(seed=3),
    Sampling(0.8, top_k=4, top_p=0.9, num_return_sequences=2, seed=3),
]
NAMES = ["greedy", "sampling", "filtered"]


def in_pieces(strategy, lengths, end_id):
    """Token ids and log-probabilities `[B][K]`, joined from pieces of these lengths."""
    width = strategy.width
    state, token_ids = MODEL.state(SENTENCES, width), np.full((6, width), 2)
    found = [[([], []) for _ in range(width)] for _ in SENTENCES]
    over = np.zeros((6, width), bool)
    index = 0
    for length in lengths:
        piece = decode_piece(
            lambda *arguments: MODEL.step(*arguments)[:2],
            state,
            token_ids,
            strategy=strategy,
            max_length=length + 2,  # more room than is used
            max_lengths=np.full(6, length),
            first_index=index,
            end_id=end_id,
        )
        ids, counts, log_probs, ended = map(ops.convert_to_numpy, piece[:4])
        for row, k in np.ndindex(over.shape):
            if not over[row, k]:
                count = counts[row, k]
                found[row][k][0].extend(ids[row, k, :count].tolist())
                scored = count + ended[row, k]
                assert not log_probs[row, k, scored:].any()
                found[row][k][1].extend(log_probs[row, k, :scored].tolist())
        over |= ended
        token_ids = np.take_along_axis(ids, np.maximum(counts - 1, 0)[..., None], 2)
        token_ids, state, index = token_ids[..., 0], piece.state, index + length
    return found


@pytest.mark.parametrize("end_id", [3, None])
@pytest.mark.parametrize("strategy", STRATEGIES, ids=NAMES)
def test_pieces_of_any_lengths_give_what_one_call_gives(strategy, end_id):
    decoded = decode(
        MODEL.step,
        MODEL.state(SENTENCES, strategy.width),
        6,
        strategy=strategy,
        max_length=9,
        end_id=end_id,
    )
    token_ids, lengths, _, log_probs, finished = map(ops.convert_to_numpy, decoded)
    assert finished.any() == (end_id == 3)
    for pieces in ([9], [1] * 9, [4, 2, 3]):
        found = in_pieces(strategy, pieces, end_id)
        for row, k in np.ndindex(lengths.shape):
            ids, scores = found[row][k]
            assert ids == token_ids[row, k, : lengths[row, k]].tolist()
            np.testing.assert_allclose(sum(scores), log_probs[row, k], rtol=1e-5)
            assert len(scores) == len(ids) + finished[row, k]


def test_log_probs_are_the_models_own():
    found = in_pieces(Sampling(0.5, top_k=3, seed=1), [3, 3], None)
    for row, ((ids, scores),) in enumerate(found):
        expected = [MODEL.log_probs(row, ids[:i])[one] for i, one in enumerate(ids)]
        np.testing.assert_allclose(scores, expected, rtol=1e-4)


def test_the_step_is_told_the_position():
    seen = []

    def step(token_ids, state, index):
        if keras.backend.backend() == "tensorflow":  # elsewhere it is traced
            seen.append(int(index))
        # A state of sentences stays whole, and shared ones too.
        new = {"beams": state["beams"] + 1, "sentences": state["sentences"] * 2}
        return ops.zeros((2, 1, 5)), new

    state = {"beams": ops.zeros((2, 1)), "sentences": ops.ones((2,)), "shared": [1.0]}
    piece = decode_piece(
        step, state, np.zeros((2, 1), int), max_length=3, first_index=7, end_id=None
    )
    assert seen in ([7, 8, 9], [])
    assert ops.convert_to_numpy(piece.state["beams"]).ravel().tolist() == [3, 3]
    assert ops.convert_to_numpy(piece.state["sentences"]).tolist() == [8, 8]
    assert float(piece.state["shared"][0]) == 1


def test_without_an_end_token_a_beam_search_fills_its_length():
    decoded = decode(
        MODEL.step,
        MODEL.state(SENTENCES, 3),
        6,
        strategy=BeamSearch(3),
        max_length=5,
        end_id=None,
    )
    assert ops.convert_to_numpy(decoded.lengths).tolist() == [[5]] * 6
    assert not ops.convert_to_numpy(decoded.finished).any()
    ids = ops.convert_to_numpy(decoded.token_ids)
    assert (ids == 3).any() and ids.min() >= 1  # 3 is a token as any other


def test_what_cannot_go_in_pieces():
    with pytest.raises(SeqkitError, match="expected Greedy.*found BeamSearch.*whole"):
        decode_piece(
            MODEL.step,
            MODEL.state([1], 2),
            np.full((1, 2), 2),
            strategy=BeamSearch(2),
            max_length=3,
        )
