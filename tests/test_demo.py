"""The demo runs from end to end, with a small model and little data."""

import pytest

import seqkit
from seqkit import demo


@pytest.fixture
def dataset():
    from seqkit.samples import translation

    return translation.splits(train=1000, validation=10, test=10)


# A model that has learnt nothing says anything.
@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
def test_everything_is_shown_saved_and_served(tmp_path, dataset, capfd):
    exports = tmp_path / "exports" / "demo"
    (exports / "1").mkdir(parents=True)  # of an earlier run
    small = {"num_layers": 1, "hidden_dim": 16, "max_length": 30}
    demo.main(tmp_path, dataset=dataset, epochs=1, **small)
    shown, notes = capfd.readouterr()
    for part in ("BLEU", "epoch  1 of 1", "reference", "</s>", "Done in"):
        assert part in shown
    assert "the same as task.predict: yes" in shown
    assert "cudart" not in notes
    assert sorted(path.name for path in exports.iterdir()) == ["1", "2"]
    assert (tmp_path / "runs" / "demo-alignment.png").stat().st_size
    assert seqkit.load(tmp_path / "runs" / "demo").recipe == "translation"


def test_what_fails_in_silence_is_heard(capfd):
    with pytest.raises(ImportError), demo._quiet():
        demo.os.write(2, b"why it failed\n")
        raise ImportError
    assert "why it failed" in capfd.readouterr().err
