"""A study finds good options, loses nothing, and can go on in other processes."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import optuna
import pytest

import seqkit
from seqkit import cards, cli
from seqkit.errors import ArgumentError, SeqkitError
from seqkit.tuning import studies
from tests import tiny
from tests.tuning.quick import Quick  # noqa: F401  (registers it)

RECIPE = "tests.tuning.quick:Quick"
RATE = {"rate": {"low": 0.0, "high": 1.0}}
SIZE = {"size": {"low": 0, "high": 16}}


def card(build=None, /, tune=None, **more):
    ranges = {"build": {**RATE, **SIZE} if build is None else build}
    contents = {"recipe": RECIPE, "seed": 3, "tune": ranges | (tune or {}), **more}
    return cards.make_card(contents, "a card")


def tune(a_card, *arguments, **options):
    said = []
    tuned = seqkit.tune(a_card, *arguments, announce=said.append, **options)
    tuned.study.said = said
    return tuned


def test_it_finds_what_is_better_than_the_card():
    tuned = tune(card(), trials=16)
    first = tuned.trials[0]
    assert (first["build.rate"], first["build.size"]) == (0.5, 4)  # as it stands
    assert tuned.value > first["value"] + 0.2
    assert tuned.value == max(
        t["value"] for t in tuned.trials if t["value"] is not None
    )
    assert (tuned.metric, tuned.direction) == ("score", "maximize")
    assert len(tuned.trials) == 16
    assert set(tuned.importance) == {"build.rate", "build.size"}
    assert sum(tuned.importance.values()) == pytest.approx(1, abs=0.01)


def test_the_same_study_again_has_the_same_trials():
    def without_time(tuned):
        return [{**one, "seconds": 0} for one in tuned.trials]

    one, other = tune(card(), trials=8), tune(card(), trials=8)
    assert without_time(one) == without_time(other)
    another = card(seed=4)
    assert without_time(tune(another, trials=8)) != without_time(one)


def test_the_best_card_is_written_and_trains_as_it_is(tmp_path):
    a_card = card(
        {"rate": {"choices": [0.3, 0.5]}, "widths": {"choices": [[3], [4, 5]]}},
        tune={"evaluate": {"num_beams": {"choices": [1, 5]}}},
        description="kept",
        build={"target": "fr"},
        fit={"epochs": 2},
        evaluate={"split": ["test"]},
        result={"old": 1},
    )
    tuned = tune(a_card, "data", trials=8, out=tmp_path / "out")
    best = cards.load_card(tmp_path / "out" / "best.yaml")
    assert best == tuned.card and not best.tune
    assert best.build["rate"] == 0.3 and best.build["widths"] in ([3], [4, 5])
    assert best.build["target"] == "fr" and best.build["dataset"] == "data"
    assert best.seed == 3 and best.fit == {"epochs": 2} and best.description == "kept"
    assert best.evaluate["split"] == ["test"] and best.evaluate["num_beams"] in (1, 5)
    assert best.result["validation"]["score"] == pytest.approx(tuned.value, 1e-5)
    assert best.result["trials"] == 8 and best.result["study"].startswith("quick-")
    with open(tmp_path / "out" / "trials.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8 and rows[0]["state"] == "complete"
    assert rows[0]["build.widths"] == "[3]" and float(rows[0]["value"])
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files == {"best.yaml", "trials.csv", "study.db", ".begin.lock"}


def test_a_folder_is_continued(tmp_path):
    out = tmp_path / "out"
    first = tune(card(), trials=4, out=out)
    tuned = tune(card(), trials=7, out=out)
    assert tuned.trials[:4] == first.trials and len(tuned.trials) == 7
    assert "Continuing a study of 4 trials" in tuned.study.said
    before = (out / "best.yaml").read_text()
    assert tune(card(), trials=7, out=out).trials == tuned.trials
    assert (out / "best.yaml").read_text() == before
    # As one without a break would have had them.
    whole = tune(card(), trials=7)
    assert [t["build.rate"] for t in tuned.trials] == [
        t["build.rate"] for t in whole.trials
    ]
    with pytest.raises(SeqkitError, match="expected the study of this card, found"):
        tune(card(seed=9), trials=7, out=out)


def test_a_storage_holds_several_studies(tmp_path):
    storage = f"sqlite:///{tmp_path}/shared.sqlite"
    for seed in (1, 2):
        tune(card(seed=seed), trials=2, storage=storage, out=tmp_path / f"{seed}")
    assert len(optuna.get_all_study_names(storage)) == 2
    assert not (tmp_path / "1" / "study.db").exists()
    again = tune(card(seed=1), trials=3, storage=storage)
    assert (
        len(again.trials) == 3 and "Continuing a study of 2 trials" in again.study.said
    )
    with pytest.raises(SeqkitError, match="nonesuch://x: expected a storage of Optuna"):
        tune(card(), trials=1, storage="nonesuch://x")


def test_a_trial_that_does_badly_is_pruned(tmp_path):
    a_card = card(
        {"rate": {"choices": [0.3, 0.31, 0.32, 100.0]}},
        fit={"epochs": 9},
        build={"rate": 0.3},
        tune={"sampler": "random"},
    )
    tuned = tune(a_card, trials=12)
    states = {one["build.rate"]: set() for one in tuned.trials}
    for one in tuned.trials:
        states[one["build.rate"]].add(one["state"])
    assert "pruned" in states[100.0] and states[0.3] == {"complete"}
    assert all(
        t["epochs"] < 9 and t["value"] is None
        for t in tuned.trials
        if t["state"] == "pruned"
    )
    never = cards.make_card(
        {"recipe": RECIPE, "tune": a_card.tune | {"pruner": "none"}}, "a card"
    )
    assert {one["state"] for one in tune(never, trials=8).trials} == {"complete"}


def test_trials_that_fail_are_recorded_and_the_study_goes_on():
    a_card = card(
        {"size": {"choices": [4, 91, 92, 93, 96]}}, tune={"sampler": "random"}
    )
    tuned = tune(a_card, trials=16)
    failed = {
        one["build.size"]: one for one in tuned.trials if one["state"] == "failed"
    }
    assert set(failed) == {91, 92, 93, 96} and len(tuned.trials) == 16
    assert "size, rate: expected others that go together" in failed[91]["error"]
    assert failed[92]["error"] == "expected a finite loss, found nan"
    assert failed[93]["error"] == "MemoryError: MemoryError"
    assert "expected a finite figure, found nan" in failed[96]["error"]
    assert tuned.card.build["size"] == 4
    assert any("failed: MemoryError" in line for line in tuned.study.said)


def test_no_trial_that_ends_is_an_error(tmp_path):
    a_card = card({"size": {"choices": [92, 93]}}, build={"size": 92})
    with pytest.raises(SeqkitError, match="at least one trial that ends.*failed: "):
        tune(a_card, trials=3, out=tmp_path / "out")
    assert len((tmp_path / "out" / "trials.csv").read_text().splitlines()) == 4


def test_ctrl_c_keeps_what_there_is_and_tries_again_later(tmp_path):
    choices = {"size": {"choices": [4, 94]}}
    a_card = card(choices, tune={"sampler": "random"})
    with pytest.raises(KeyboardInterrupt):
        tune(a_card, trials=30, out=tmp_path / "out")
    rows = (tmp_path / "out" / "trials.csv").read_text().splitlines()
    assert 2 <= len(rows) < 31
    assert cards.load_card(tmp_path / "out" / "best.yaml").build["size"] == 4
    with pytest.raises(KeyboardInterrupt):  # the trial that was interrupted comes again
        tune(a_card, trials=len(rows), out=tmp_path / "out")


def test_a_timeout_ends_a_trial_and_does_not_count_it(tmp_path):
    a_card = card(build={"patience": 0.2}, fit={"epochs": 30})
    tuned = None
    with pytest.raises(SeqkitError, match="found none among 0"):
        tuned = tune(a_card, trials=5, timeout=0.5, out=tmp_path / "out")
    assert tuned is None
    study = optuna.load_study(
        study_name=studies.name_of(a_card), storage=f"sqlite:///{tmp_path}/out/study.db"
    )
    assert studies.count(study) == 0 and study.trials[-1].state.name == "WAITING"


def test_another_figure_and_direction():
    tuned = tune(card(tune={"direction": "minimize"}), trials=15)
    assert tuned.value == min(
        t["value"] for t in tuned.trials if t["value"] is not None
    )
    with pytest.raises(
        SeqkitError, match="tune.metric: expected one of score, beams, f"
    ):
        tune(card(tune={"metric": "bleu"}), trials=3)


def test_each_task_is_kept_if_asked(tmp_path):
    tune(card(tune={"pruner": "none"}), trials=2, out=tmp_path / "out", keep=True)
    kept = sorted(path.name for path in (tmp_path / "out" / "trials").iterdir())
    assert kept == ["0000", "0001"]
    from tests.tuning.quick import Quick

    loaded = seqkit.load(tmp_path / "out" / "trials" / "0000", recipe=Quick)
    assert loaded.options.rate == 0.5


def test_what_is_refused_before_the_work(tmp_path):
    (tmp_path / "thesis.tex").touch()
    plain = cards.make_card({"recipe": RECIPE}, "a card")
    for message, options in {
        "expected a card with this section": {"card": plain},
        "trials: expected an integer from 1": {"trials": 0},
        "timeout: expected a number above 0": {"timeout": -1.0},
        "found other files": {"out": tmp_path},
        "expected a folder .out. for several": {"jobs": 2},
        "found a dataset in memory": {"jobs": 2, "dataset": ["a"], "out": "new"},
        "expected a folder .out. for the trained": {"keep": True},
        "expected a validation split": {"dataset": "unvalidated"},
    }.items():
        with pytest.raises(SeqkitError, match=message):
            tune(**{"a_card": options.pop("card", card()), **options})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_the_cards_own_values_outside_of_the_ranges_are_said():
    tuned = tune(card({"rate": {"low": 0.6, "high": 0.9}}), trials=2)
    assert any("no range holds build.rate 0.5" in line for line in tuned.study.said)
    assert all(0.6 <= one["build.rate"] <= 0.9 for one in tuned.trials)


def test_several_processes_share_a_study(tmp_path, monkeypatch):
    a_card = card(build={"patience": 0.1})
    (tmp_path / "mine.py").write_text("import os; open(f'{os.getpid()}.mine', 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    options = {"out": tmp_path / "out", "imports": ["mine"]}
    tuned = tune(a_card, trials=6, jobs=2, **options)
    assert len(tuned.trials) == 6 and len(list(tmp_path.glob("*.mine"))) == 2
    processes = {one.user_attrs["by"] for one in tuned.study.trials}
    assert len(processes) == 2 and str(os.getpid()) not in str(processes)
    assert cards.load_card(tmp_path / "out" / "best.yaml") == tuned.card


def test_a_process_that_is_killed_is_a_failed_trial(tmp_path):
    a_card = card({"size": {"choices": [4, 95]}}, tune={"sampler": "random"})
    tuned = tune(a_card, trials=6, jobs=2, out=tmp_path / "out")
    assert len(tuned.trials) == 6
    errors = {one["error"] for one in tuned.trials if one["build.size"] == 95}
    assert errors == {
        "the process was ended by SIGKILL, as the system does if memory runs out"
    }


def test_a_study_that_was_killed_goes_on(tmp_path):
    """The trial that was going on is not lost, and is the next one."""
    code = f"""
import sys; sys.path[:] = {sys.path!r}
import seqkit; from tests.tuning.test_tuning import card
seqkit.tune(card(build={{"patience": 0.5}}, fit={{"epochs": 90}}), trials=3, out="out")
"""
    process = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path)
    a_card = card(build={"patience": 0.5}, fit={"epochs": 90})
    storage = f"sqlite:///{tmp_path}/out/study.db"
    for _ in range(600):
        time.sleep(0.2)
        if (tmp_path / "out" / "study.db").exists():
            try:
                study = optuna.load_study(
                    study_name=studies.name_of(a_card), storage=storage
                )
            except Exception:
                continue
            if any("by" in one.user_attrs for one in study.trials):
                break
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert studies.count(study) == 1
    studies.take_back(study)
    assert studies.count(study) == 0
    assert [one.state.name for one in study.trials] == ["FAIL", "WAITING"]


def test_a_study_that_two_processes_begin_at_once(tmp_path, monkeypatch):
    """Optuna makes the tables of both; the one that comes second fails."""
    real, calls = optuna.storages.RDBStorage, []

    def make(*given, **more):
        calls.append(given)
        if len(calls) == 1:
            raise RuntimeError("(sqlite3.IntegrityError) UNIQUE constraint failed")
        return real(*given, **more)

    monkeypatch.setattr(optuna.storages, "RDBStorage", make)
    storage = studies.make_storage(f"sqlite:///{tmp_path / 'study.db'}")
    assert storage.get_all_studies() == [] and len(calls) == 2


def write(folder, a_card):
    contents = {"recipe": a_card.recipe, "seed": a_card.seed, "tune": a_card.tune}
    (folder / "card.yaml").write_text(json.dumps(contents))  # which is YAML
    return str(folder / "card.yaml")


def test_the_command_line(tmp_path, capfd):
    words = [
        "tune",
        write(tmp_path, card(tune={"pruner": "none"})),
        "--out",
        str(tmp_path / "out"),
    ]
    assert cli.main([*words, "--trials", "5", "--target", "fr"]) == 0
    out, err = capfd.readouterr()
    lines = out.splitlines()
    assert (
        lines[0].split() == "score trial epochs seconds build.rate build.size".split()
    )
    assert len(lines) == 7 and lines[-1].startswith("importance  build.")
    assert float(lines[1].split()[0]) >= float(lines[2].split()[0])
    assert "best.yaml trains the best" in err and "trial 0: score" in err
    assert cards.load_card(tmp_path / "out" / "best.yaml").build["target"] == "fr"
    assert cli.main(["tune", str(tmp_path / "out" / "best.yaml")]) == 2
    assert "tune: expected a card with this section" in capfd.readouterr().err
    assert cli.main(["tune", words[1], "--rat", "3"]) == 2
    assert "--rat: unknown option" in capfd.readouterr().err


def test_a_real_recipe_and_its_best_card(tmp_path):
    tiny.sentiment_folder(tmp_path)
    contents = {
        "recipe": "sentiment",
        "build": {**tiny.SENTIMENT, "learning_rate": 1e-4},
        "fit": {"epochs": 2},
        "tune": {
            "build": {"learning_rate": {"choices": [1e-4, 3e-2]}},
            "metric": "log_loss",
        },
    }
    a_card = cards.make_card(contents, "a card")
    tuned = tune(a_card, str(tmp_path), trials=3)
    assert tuned.direction == "minimize" and len(tuned.trials) == 3
    best = tuned.card
    assert best.build["learning_rate"] == 3e-2 and tuned.value < 0.6
    assert tuned.value < tuned.trials[0]["value"]
    # It is reproducible: the best card gives the same figure.
    from seqkit import runs

    task, _ = runs.run_card(best, announce=lambda _: None)
    assert task.evaluate("validation")["log_loss"] == pytest.approx(tuned.value, 1e-5)


@pytest.mark.parametrize("monitor", ["score", "loss", None])
def test_the_figure_that_decides_by_default(monkeypatch, monitor):
    if monitor != "score":
        found = monitor and (monitor, ())
        monkeypatch.setattr(Quick, "monitored", lambda self: found)
        monkeypatch.setattr(
            "seqkit.tuning.trials.figures_of", lambda *_: {"val_loss": 1.0}
        )
    tuned = tune(card(), trials=1)
    expected = ("score", "maximize") if monitor == "score" else ("val_loss", "minimize")
    assert (tuned.metric, tuned.direction) == expected


def test_mistakes_of_arguments_come_together(tmp_path):
    with pytest.raises(ArgumentError) as caught:
        tune(card(), ["a"], jobs=2, trials=1)
    assert len(caught.value.problems) == 2
