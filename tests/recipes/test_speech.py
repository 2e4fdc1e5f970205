"""What is particular to the recipe speech."""

from pathlib import Path

import numpy as np
import pytest

import seqkit
from seqkit.data import read_audio
from seqkit.errors import SeqkitError
from seqkit.recipes import language_modeling, speech
from tests import tiny


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tiny.speech_folder(tmp_path_factory.mktemp("speech"))


@pytest.fixture(scope="module")
def follower(data):
    task = speech.build(data, **tiny.SPEECH, bidirectional=False)
    tiny.scatter(task.model)
    return task


@pytest.mark.parametrize("size", [97, 1000, 10**6])
def test_a_stream_writes_what_predict_writes(follower, size):
    path = follower.split("test")["audio"][0]
    sound, stream = read_audio(path, 8000), follower.stream()
    pieces = [
        stream.update(sound[begin : begin + size])
        for begin in range(0, len(sound), size)
    ]
    pieces.append(stream.end())
    assert stream.text == follower.predict(path) == follower.predict(sound)
    assert stream.text and "".join(pieces).strip() == stream.text
    times = [seconds for _, seconds in stream.tokens]
    assert times == sorted(times) and times[-1] <= len(sound) / 8000
    with pytest.raises(SeqkitError, match="a stream that goes on"):
        stream.update(sound)


def test_a_model_of_both_ways_has_no_stream(data):
    task = speech.build(data, **tiny.SPEECH)
    with pytest.raises(SeqkitError, match="bidirectional=False"):
        task.stream()


def test_a_language_model_takes_part_and_is_saved(data, tmp_path):
    texts = ["two nine two nine", "nine two", "one two three four five six"]
    rest = "seven eight zero"
    lm = language_modeling.build(
        {"train": [*texts, rest] * 9, "validation": texts}, **tiny.LANGUAGE_MODELING
    )
    tiny.scatter(lm.model, 2.0)
    lm.save(tmp_path / "lm")
    task = speech.build(
        data, **tiny.SPEECH, language_model=str(tmp_path / "lm"), num_beams=4
    )
    tiny.scatter(task.model)
    sounds = task.split("test")["audio"][:3]
    with_it = task.predict(sounds, return_scores=True)
    without = task.predict(sounds, return_scores=True, language_weight=0.0)
    assert with_it != without
    task.save(tmp_path / "run")
    loaded = seqkit.load(tmp_path / "run")
    assert loaded.predict(sounds) == task.predict(sounds)
    several = loaded.predict(sounds, num_return_sequences=3, return_scores=True)
    for row in several:
        scores = [score for _, score in row]
        assert len(row) == 3 and scores == sorted(scores)[::-1]
    with pytest.raises(SeqkitError, match="at most num_beams=4, found 5"):
        task.predict(sounds, num_return_sequences=5)


def test_an_export_answers_for_damaged_files_and_floats(follower, tmp_path):
    import tensorflow as tf

    follower.export(tmp_path / "export")
    loaded = tf.saved_model.load(str(tmp_path / "export"))
    paths = follower.split("test")["audio"][:2]
    good = [Path(path).read_bytes() for path in paths]
    other_rate = good[0][:24] + (16000).to_bytes(4, "little") + good[0][28:]
    files = tf.constant([good[0], b"nothing", other_rate, good[1], good[1][:50]])
    found = loaded.signatures["serving_default"](audio=files)
    expected = follower.predict(paths)
    texts = [text.decode() for text in found["texts"].numpy()]
    assert texts == [expected[0], "", "", expected[1], ""]
    finite = np.isfinite(found["scores"].numpy()).tolist()
    assert finite == [True, False, False, True, False]
    sound = read_audio(paths[0], 8000)
    padded = np.pad(sound, (0, 999), constant_values=0.5)[None]
    found = loaded.signatures["samples"](
        samples=tf.constant(padded), num_samples=tf.constant([len(sound)])
    )
    assert found["texts"].numpy()[0].decode() == expected[0]


def test_sounds_that_cannot_be_learnt_from_are_left_out_and_said(data, capsys):
    task = speech.build(data, **tiny.SPEECH, max_seconds=0.8)
    said = capsys.readouterr().err
    assert "more than max_seconds=0.8 and are left out" in said
    assert len(task.usable("train")) < len(task.split("train"))


def test_a_language_model_needs_a_beam_search():
    with pytest.raises(SeqkitError, match="num_beams, language_model: expected"):
        speech.build(language_model="lm")
