"""The pointer network: steps, masks, and what it never does."""

import keras
import numpy as np
import pytest

from seqkit.data import pad_points
from seqkit.decoding import BeamSearch, Sampling
from seqkit.inference import SequenceDecoder
from seqkit.models import PointerNetwork

SETS = [np.random.default_rng(n).random((n, 2)) for n in (3, 5, 4)]
SPECS = {"points": ((None, None, 2), "float32"), "lengths": ((None,), "int32")}


def make(**options):
    keras.utils.set_random_seed(3)
    settings = {"num_layers": 1, "hidden_dim": 8, "num_heads": 2, **options}
    model = PointerNetwork(2, **settings)
    model.build()
    return model


def whole(model, sets, ids, bound=None):
    inputs = {**pad_points(sets, bound), "decoder_token_ids": np.array(ids, "int32")}
    return keras.ops.convert_to_numpy(model(inputs))


@pytest.mark.parametrize("architecture", ["transformer", "lstm", "gru"])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_one_step_at_a_time_equals_the_whole(architecture, cell):
    model = make(architecture=architecture, cell=cell)
    ids = np.array([[2, 4, 6], [2, 8, 5], [2, 5, 4]], "int32")
    memory, mask = model.encode_inputs(pad_points(SETS))
    state = model.initial_state(memory, mask, 1, 3)
    expected = whole(model, SETS, ids)
    for index in range(3):
        logits, state, _ = model.step(ids[:, index : index + 1], state, index)
        found = keras.ops.convert_to_numpy(logits)[:, 0]
        kept = np.isfinite(found)
        np.testing.assert_array_equal(kept, expected[:, index] > -6e4)
        np.testing.assert_allclose(
            found[kept], expected[:, index][kept], rtol=1e-4, atol=1e-5
        )


@pytest.mark.parametrize("architecture", ["transformer", "lstm"])
def test_more_padding_changes_nothing(architecture):
    model, ids = make(architecture=architecture), [[2, 4, 6]] * 3
    short, long = whole(model, SETS, ids), whole(model, SETS, ids, bound=9)
    np.testing.assert_allclose(long[..., :9], short, rtol=1e-4, atol=1e-5)
    assert (long[..., 9:] == -6e4).all()


def test_a_transformer_reads_a_set_and_its_place_and_size_do_not_matter():
    model, ids = make(), [[2, 4]]
    points, places = SETS[1], [3, 0, 4, 2, 1]
    found = whole(model, [points], ids)[0]
    mixed = whole(model, [points[places]], [[2, 4 + places.index(0)]])[0]
    np.testing.assert_allclose(
        mixed[:, 4:], found[:, 4:][:, places], rtol=1e-4, atol=1e-5
    )
    moved = whole(model, [1000 * points - 77], ids)[0]
    np.testing.assert_allclose(moved, found, rtol=1e-2, atol=1e-3)
    ordered = make(position_encoding=True)
    a = whole(ordered, [points], ids)[0, 0, 4:][places]
    b = whole(ordered, [points[places]], ids)[0, 0, 4:]
    assert np.abs(a - b).max() > 1e-3


@pytest.mark.parametrize("strategy", [BeamSearch(3), Sampling(seed=1), BeamSearch(1)])
@pytest.mark.parametrize("complete", [False, True])
def test_no_point_comes_twice_and_a_tour_has_all(strategy, complete):
    decoder = SequenceDecoder(
        make(complete=complete), strategy, SPECS, max_length=9, relative_length=(1, 1)
    )
    found = decoder.run(
        [3, 5, 4], lambda rows, size: pad_points([SETS[row] for row in rows], size)
    )
    for points, row in zip(SETS, found, strict=True):
        ids = [one - 4 for one in row[0][0]]
        assert len(set(ids)) == len(ids) >= 1 and max(ids) < len(points)
        assert not complete or sorted(ids) == list(range(len(points)))


def test_with_repeats_a_point_may_come_again():
    logits = whole(make(repeats=True), SETS, [[2, 4, 4]] * 3)
    assert (logits[:, :, 4] > -6e4).all()
    assert (whole(make(), SETS, [[2, 4, 4]] * 3)[:, 1:, 4] == -6e4).all()


def test_a_beam_equals_exhaustive_search():
    model, points = make(), SETS[0]
    decoder = SequenceDecoder(
        model, BeamSearch(16, length_penalty=0.0, num_return_sequences=15), SPECS,
        max_length=4,
    )  # fmt: skip
    found = decoder.run([3], lambda rows, size: pad_points([points], size))[0]
    scores = {}

    def visit(order, total):
        ids = [2, *(4 + one for one in order)]
        row = whole(model, [points], [ids])[0, -1].astype("float64")
        logs = row - np.log(np.exp(row - row.max()).sum()) - row.max()
        if order:
            scores[order] = total + logs[3]
        for one in range(3):
            if one not in order:
                visit((*order, one), total + logs[4 + one])

    visit((), 0.0)
    assert len(found) == len(scores) == 15
    for ids, score in found:
        assert score == pytest.approx(scores[tuple(one - 4 for one in ids)], abs=1e-4)
