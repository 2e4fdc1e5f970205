"""A run leaves a good result, or none, and loses nothing."""

import pytest

from seqkit import cards, runs
from seqkit.errors import ArgumentError, SeqkitError

pytestmark = pytest.mark.usefixtures("fake")


def test_run_builds_trains_evaluates_and_saves(tmp_path):
    card = cards.Card("fake", build={"target": "fr"}, fit={"epochs": 2}, seed=7)
    card.evaluate.update(split=["train", "test"], num_beams=1)
    out, said = tmp_path / "runs" / "a", []
    task, metrics = runs.run_card(card, dataset="d", out=out, announce=said.append)
    (_, options), _, fit, *evaluated = task.calls
    assert (options["dataset"], options["target"], options["seed"]) == ("d", "fr", 7)
    assert fit == ("fit", 2, str(tmp_path / "runs" / "a.training"), False)
    assert evaluated == [("evaluate", split, 1, "d") for split in ("train", "test")]
    assert metrics == dict.fromkeys(
        ["train", "test"], {"bleu": 34.5678, "signature": "beams:1"}
    )
    assert [path.name for path in out.parent.iterdir()] == ["a"]
    assert said[-1] == f"Saved {out}"


def test_conditions_across_options_are_checked_with_the_dataset_of_the_run(fake):
    card = cards.Card("translation", build={"source": "fr"})
    with pytest.raises(ArgumentError, match="build.source, target: expected en and de"):
        runs.run_card(card)
    card = cards.Card("fake", build={"source": "de"})
    with pytest.raises(ArgumentError, match="build.source, target: expected two"):
        runs.run_card(card)
    assert not fake.built


def test_out_that_holds_other_things_is_refused_before_the_work(tmp_path):
    (tmp_path / "thesis.tex").write_text("")
    (tmp_path / "file").write_text("")
    for out in (tmp_path, tmp_path / "file", tmp_path / "file" / "inner"):
        with pytest.raises(SeqkitError, match="expected a"):
            runs.run_card(cards.Card("fake", build={"none": "such"}), out=out)


def test_an_interrupted_run_is_neither_lost_nor_mixed_up(tmp_path):
    out = tmp_path / "run"
    with pytest.raises(SeqkitError, match="no interrupted run"):
        runs.check_out(out, resume=True)
    (tmp_path / "run.training").mkdir()
    (tmp_path / "run.training" / "checkpoint").touch()
    with pytest.raises(SeqkitError, match="--resume"):
        runs.check_out(out)
    task, _ = runs.run_card(cards.Card("fake"), out=out, resume=True)
    assert task.calls[-1][-1] is True
    assert (out / "task.json").exists() and not (tmp_path / "run.training").exists()


def test_a_trained_task_is_not_replaced_unasked(fake, tmp_path):
    out = tmp_path / "run"
    runs.run_card(cards.Card("fake"), out=out)
    before = (out / "task.json").read_bytes()
    with pytest.raises(SeqkitError, match="found a trained task.*--overwrite"):
        runs.run_card(cards.Card("fake"), out=out)
    assert len(fake.built) == 1 and (out / "task.json").read_bytes() == before
    runs.run_card(cards.Card("fake"), out=out, overwrite=True)
    assert len(fake.built) == 2


def test_a_split_that_is_missing_is_found_before_training(fake, tmp_path):
    card = cards.Card("fake", evaluate={"split": ["test", "nonesuch"]})
    with pytest.raises(SeqkitError, match="expected a nonesuch split, found"):
        runs.run_card(card, out=tmp_path / "run")
    assert "fit" not in [name for name, *_ in fake.built[0].calls]


def test_a_failed_evaluation_leaves_the_trained_task(fake, tmp_path, monkeypatch):
    def fail(*arguments, **options):
        raise RuntimeError("out of luck")

    monkeypatch.setattr(fake, "evaluate", fail)
    with pytest.raises(RuntimeError, match="out of luck"):
        card = cards.Card("fake", evaluate={"split": "test"})
        runs.run_card(card, out=tmp_path / "run")
    assert (tmp_path / "run" / "task.json").exists()


def test_the_card_of_an_interrupted_run_is_kept(fake, tmp_path, monkeypatch):
    def stop(self, *arguments, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(fake, "fit", stop)
        card = cards.Card("fake", build={"target": "fr"}, fit={"epochs": 3}, seed=5)
        with pytest.raises(KeyboardInterrupt):
            runs.run_card(card, dataset="d", out=tmp_path / "run")
    kept = runs.interrupted_card(tmp_path / "run")
    assert kept.build["dataset"] == "d" and kept.build["target"] == "fr"
    assert kept.build["seed"] == 5 and kept.fit == {"epochs": 3}
    with monkeypatch.context() as patch:
        patch.setattr(fake, "fit", stop)
        with pytest.raises(KeyboardInterrupt):
            runs.run_card(cards.Card("fake"), out=tmp_path / "run", resume=True)
    assert runs.interrupted_card(tmp_path / "run") == kept
    task, _ = runs.run_card(kept, out=tmp_path / "run", resume=True)
    assert task.options.target == "fr"
    with pytest.raises(SeqkitError, match="no interrupted run to resume"):
        runs.interrupted_card(tmp_path / "run")


def test_a_run_goes_on_with_the_precision_that_it_began_with(tmp_path, monkeypatch):
    from seqkit.registries import recipes
    from seqkit.training import precision
    from tests import tiny

    def stop(self, *arguments, **options):
        raise KeyboardInterrupt

    policy = ("mixed_bfloat16", "this is another machine")
    monkeypatch.setattr(precision, "automatic_policy", lambda: policy)
    monkeypatch.setattr(recipes["sentiment"], "fit", stop)
    options = {**tiny.SENTIMENT, "dtype_policy": "auto"}
    folder = tiny.sentiment_folder(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        card = cards.Card("sentiment", build=options)
        runs.run_card(card, dataset=str(folder), out=tmp_path / "run")
    kept = runs.interrupted_card(tmp_path / "run")
    assert kept.build["dtype_policy"] == "mixed_bfloat16"


@pytest.mark.parametrize("text", ["", "[]", '{"recipe": "nonesuch"}', "[" * 9999])
def test_a_damaged_card_of_an_interrupted_run(fake, tmp_path, text):
    (tmp_path / "run.training").mkdir()
    (tmp_path / "run.training" / "card.json").write_text(text)
    with pytest.raises(SeqkitError, match="card.json"):
        runs.interrupted_card(tmp_path / "run")


@pytest.mark.parametrize("out", ["a\0b", "x" * 5000])
def test_a_folder_that_cannot_be(out):
    with pytest.raises(SeqkitError):
        runs.check_out(out)
