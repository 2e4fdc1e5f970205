"""The recognizer: padding, pieces, and its loss by all ways to write a text."""

import itertools

import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.models import SpeechRecognizer
from seqkit.training import CTCLoss

RNG = np.random.default_rng(0)
SOUND = RNG.normal(scale=0.1, size=(2, 4000)).astype("float32")


def make(**options):
    settings = {"hidden_dim": 8, "num_layers": 2, "num_mels": 12, "num_heads": 2}
    model = SpeechRecognizer(7, 8000, **settings | options)
    model.build()
    return model


def logits(model, samples, counts):
    found = model({"samples": samples, "num_samples": np.array(counts, "int32")})
    return ops.convert_to_numpy(found)


@pytest.mark.parametrize("architecture", ["gru", "transformer", "mamba"])
def test_padding_changes_nothing_and_is_a_sure_blank(architecture):
    model = make(architecture=architecture)
    found = logits(model, SOUND, [4000, 2500])
    alone = logits(model, SOUND[1:, :2500], [2500])
    steps = model.num_steps(2500)
    assert alone.shape[1] == steps
    np.testing.assert_allclose(found[1, :steps], alone[0], atol=1e-4)
    assert (found[1, steps:].argmax(-1) == 0).all()
    assert np.ptp(found[1, steps:], axis=-1).min() > 1000


@pytest.mark.parametrize("subsampling", [1, 2, 4])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_pieces_are_the_whole(subsampling, cell):
    model = make(architecture=cell, bidirectional=False, subsampling=subsampling)
    assert model.follows
    whole = logits(model, SOUND, [4000, 4000])
    state, found = model.initial_state(2), []
    frames = 4 * subsampling
    for first in range(0, model.features.num_frames(4000) - frames + 1, frames):
        begin = first * 80
        piece = SOUND[:, begin : begin + (frames - 1) * 80 + 200]
        output, state = model.run(piece, state)
        found.append(ops.convert_to_numpy(output))
    found = np.concatenate(found, axis=1)
    np.testing.assert_allclose(found, whole[:, : found.shape[1]], atol=1e-4)


def test_a_model_that_reads_both_ways_does_not_follow():
    assert not make().follows
    assert not make(architecture="transformer", bidirectional=False).follows


def test_loss_is_of_all_ways_to_write_a_text():
    scores = RNG.normal(size=(2, 4, 3)).astype("float32")
    targets = np.array([[1, 1], [2, 0]], "int32")
    loss = CTCLoss(reduction=None)
    found = ops.convert_to_numpy(loss(targets, scores))
    table = scores - np.log(np.exp(scores).sum(-1, keepdims=True))
    for row, text in enumerate([(1, 1), (2,)]):
        total = -np.inf
        for path in itertools.product(range(3), repeat=4):
            kept = [c for i, c in enumerate(path) if c and path[i - 1 : i] != (c,)]
            if tuple(kept) == text:
                total = np.logaddexp(total, sum(table[row, range(4), path]))
        assert found[row] == pytest.approx(-total / len(text), rel=1e-4)
    # Of a batch: of all tokens; rows that fill up count nothing.
    mean = CTCLoss()(targets, scores, sample_weight=np.array([2.0, 0.0], "float32"))
    assert float(mean) == pytest.approx(float(found[0]), rel=1e-5)


@pytest.mark.parametrize(
    "name", ["architecture", "subsampling", "kernel_size", "trailing_silence"]
)
def test_wrong_arguments(name):
    values = {"architecture": "tree", "subsampling": 3, "kernel_size": 1}
    values["trailing_silence"] = -0.1
    with pytest.raises(SeqkitError, match=f"{name}: expected"):
        make(**{name: values[name]})


def test_trailing_silence_is_that_of_a_sound_that_ends_in_it():
    plain, silent = (
        make(bidirectional=False),
        make(bidirectional=False, trailing_silence=0.1),
    )
    silent.set_weights(plain.get_weights())
    noise = SOUND.copy()
    noise[1, 2500:] = 1.0  # is not of its row
    found = logits(silent, noise, [4000, 2500])
    for row, count in enumerate((4000, 2500)):
        ended = np.pad(SOUND[row, :count], (0, 800))
        expected = logits(plain, ended[None], [len(ended)])[0]
        assert len(expected) == silent.num_steps(count) == plain.num_steps(count + 800)
        begin = silent.unwritten_steps
        assert begin == 5 and (found[row, :begin].argmax(-1) == 0).all()
        np.testing.assert_allclose(
            found[row, begin : len(expected)], expected[begin:], atol=1e-4
        )


LENGTHS = [900, 150, 520, 899, 401, 900, 333]


def test_adapts_to_the_frames_of_sounds():
    model, sounds = make(), [SOUND[0, :length] for length in LENGTHS]
    model.adapt(sounds)
    frames = [ops.convert_to_numpy(model.features(one[None]))[0] for one in sounds]
    frames = np.concatenate(frames)
    for found, expected in (
        (model.mean, frames.mean(axis=0)),
        (model.deviation, frames.std(axis=0) + 1e-3),
    ):
        np.testing.assert_allclose(
            ops.convert_to_numpy(found), expected, rtol=1e-5, atol=1e-5
        )


COUNTED = """
import jax
import numpy as np
from seqkit.models import SpeechRecognizer

programs = []


def count(name, *_, **__):
    if name.endswith("backend_compile_duration"):
        programs.append(name)


jax.monitoring.register_event_duration_secs_listener(count)
model = SpeechRecognizer(7, 8000, hidden_dim=8, num_layers=1)
model.build()
for lengths in ([900, 150], {lengths}, [1000, 150]):
    before = len(programs)
    model.adapt([np.ones(length, "float32") for length in lengths])
    print(len(programs) - before)
"""


def test_jax_compiles_for_the_longest_sound_alone(run_python):
    pytest.importorskip("jax")
    printed = run_python(COUNTED.format(lengths=LENGTHS), KERAS_BACKEND="jax")
    first, others, longer = map(int, printed.split())
    assert first > 0 and longer > 0  # these are counted
    assert others == 0
