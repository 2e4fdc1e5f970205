"""Sounds of any form as one channel at one rate."""

import io

import datasets
import numpy as np
import pytest
import soundfile

from seqkit.data import Recordings, load_speech, read_audio
from seqkit.errors import DataError

TONE = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000).astype("float32") / 2


def encoded(samples, rate=16000, kind="WAV", subtype="PCM_16"):
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind, subtype=subtype)
    return file.getvalue()


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [("WAV", "PCM_16"), ("WAV", "PCM_24"), ("WAV", "FLOAT"), ("FLAC", "PCM_16")],
)
@pytest.mark.parametrize("rate", [8000, 11025, 16000, 44100])
def test_any_rate_and_number_of_channels(kind, subtype, rate):
    times = np.arange(rate) / rate
    tone = np.sin(2 * np.pi * 440 * times) / 2
    stereo = np.stack([tone, 0 * tone], axis=1)
    found = read_audio(encoded(stereo, rate, kind, subtype), 16000)
    assert found.dtype == np.float32 and abs(len(found) - 16000) <= 2
    inner = slice(1000, 15000)
    np.testing.assert_allclose(found[inner], TONE[inner] / 2, atol=5e-3)


def test_samples_are_taken_as_they_are():
    np.testing.assert_array_equal(read_audio(TONE), TONE)
    whole = (TONE * 32768).astype("int16")
    np.testing.assert_allclose(read_audio(whole), TONE, atol=1e-4)


@pytest.mark.parametrize(
    ("content", "found"),
    [(b"", "an empty file"), (b"no sound at all", "cannot be decoded")],
)
def test_what_is_wrong_is_said_with_file_and_row(tmp_path, content, found):
    (tmp_path / "good.wav").write_bytes(encoded(TONE))
    (tmp_path / "bad.wav").write_bytes(content)
    with pytest.raises(DataError, match=found) as raised:
        read_audio(tmp_path / "bad.wav")
    assert "bad.wav" in str(raised.value)
    paths = [str(tmp_path / name) for name in ("good.wav", "bad.wav")]
    with pytest.raises(DataError, match=r"bad\.wav, row 1: expected a readable sound"):
        Recordings.make(paths, 8000, cache_dir=tmp_path / "cache")
    kept = Recordings.make(paths, 8000, on_error="skip", cache_dir=tmp_path / "cache")
    assert kept.lengths.tolist() == [8000, 0] and list(kept.errors) == [1]
    assert "1 of 2 sounds left out" in kept.summary()


@pytest.mark.parametrize(
    ("samples", "found"),
    [([], "no samples"), ([np.nan], "NaN"), (["a"], "could not convert")],
)
def test_samples_that_are_none(samples, found):
    with pytest.raises(DataError, match=found):
        read_audio(samples)


def folder(tmp_path):
    (tmp_path / "train").mkdir()
    for name in ("a", "b"):
        (tmp_path / "train" / f"{name}.wav").write_bytes(encoded(TONE))
    return tmp_path


LINES = (
    '{"file_name": "%sa.wav", "text": "one"}\n{"file_name": "%sb.wav", "text": "two"}\n'
)


@pytest.mark.parametrize("where", ["split", "root", "csv", "rows", "hub"])
def test_datasets_of_any_form(tmp_path, where):
    place = folder(tmp_path)
    paths = [str(place / "train" / name) for name in ("a.wav", "b.wav")]
    dataset = place
    if where == "split":
        (place / "train" / "metadata.jsonl").write_text(LINES % ("", ""))
    elif where == "root":
        (place / "metadata.jsonl").write_text(LINES % ("train/", "train/"))
    elif where == "csv":
        dataset = place / "table.csv"
        dataset.write_text("path,sentence\ntrain/a.wav,one\ntrain/b.wav,two\n")
    elif where == "rows":
        dataset = [{"audio": encoded(TONE), "text": "one"}, (paths[1], "two")]
    else:
        rows = {"audio": paths, "text": ["one", "two"]}
        dataset = datasets.Dataset.from_dict(rows)
        dataset = dataset.cast_column("audio", datasets.Audio())
    header = True if where == "csv" else None
    splits = load_speech(
        dataset, header=header, validation_fraction=0, cache_dir=tmp_path / "cache"
    )
    rows = splits["train"]
    assert rows["text"][:] == ["one", "two"]
    for path in rows["audio"]:
        np.testing.assert_allclose(read_audio(path), TONE, atol=1e-4)


def test_a_missing_file_is_named_with_its_line(tmp_path):
    (tmp_path / "train.csv").write_text("audio,text\nnone.wav,one\n")
    with pytest.raises(DataError, match=r"train\.csv, line 2: .*no file .*none\.wav"):
        load_speech(tmp_path, cache_dir=tmp_path / "cache")
