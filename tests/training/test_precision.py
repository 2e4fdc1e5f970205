"""`dtype_policy="auto"`: by the accelerator and the processor."""

import pytest

from seqkit.training import precision


@pytest.mark.parametrize(
    ("accelerator", "flags", "policy", "why"),
    [
        ("GPU", set(), "mixed_bfloat16", "a GPU"),
        ("TPU", set(), "mixed_bfloat16", "a TPU"),
        (None, {"avx2", "amx_tile", "amx_bf16"}, "mixed_bfloat16", "AMX"),
        (None, {"avx512_bf16", "amx_tile"}, "float32", "no GPU, no TPU and no AMX"),
        (None, set(), "float32", "no GPU"),
    ],
)
def test_it_follows_the_machine(monkeypatch, accelerator, flags, policy, why):
    monkeypatch.setattr(precision, "_accelerator", lambda: accelerator)
    monkeypatch.setattr(precision, "_flags", lambda: flags)
    found, said = precision.automatic_policy()
    assert found == policy and why in said


def test_the_flags_are_those_of_the_processor(monkeypatch, tmp_path):
    file = tmp_path / "cpuinfo"
    file.write_text("processor : 0\nflags\t\t: fpu amx_bf16 amx_tile\nbugs : x\n")
    monkeypatch.setattr(precision, "Path", lambda _: file)
    assert precision._flags() == {"fpu", "amx_bf16", "amx_tile"}
    file.unlink()
    assert precision._flags() == set()


def test_what_was_chosen_is_said_and_saved(monkeypatch, tmp_path, capsys):
    """A task of another machine loads, answers and is exported with that precision."""
    import seqkit
    from seqkit.recipes import sentiment
    from tests import tiny

    folder = tiny.sentiment_folder(tmp_path)
    monkeypatch.setattr(precision, "_accelerator", lambda: "GPU")
    task = sentiment.build(folder, **tiny.SENTIMENT, dtype_policy="auto")
    said = "dtype_policy=mixed_bfloat16: this machine has a GPU"
    assert said in capsys.readouterr().err
    assert task.options.dtype_policy == task.model.dtype_policy.name == "mixed_bfloat16"
    task.save(tmp_path / "saved")
    monkeypatch.setattr(precision, "_accelerator", lambda: None)
    monkeypatch.setattr(precision, "_flags", set)
    loaded = seqkit.load(tmp_path / "saved")
    assert loaded.options.dtype_policy == loaded.model.dtype_policy.name
    here = sentiment.build(folder, **tiny.SENTIMENT, dtype_policy="auto")
    assert here.options.dtype_policy == "float32"
    assert "dtype_policy=float32: no GPU" in capsys.readouterr().err
    here.model.set_weights(loaded.model.get_weights())
    text = "The film was good."
    one, other = (each.predict(text).probabilities for each in (loaded, here))
    assert all(abs(one[name] - other[name]) < 0.02 for name in one)
