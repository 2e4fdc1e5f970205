"""`seqkit check` and `seqkit init` at the command line."""

import json

import pytest

from seqkit import cli


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for split, first in (("train", 0), ("validation", 300), ("test", 500)):
        rows = [f"the story number {n} was fine\t{'ab'[n % 2]}" for n in range(100)]
        lines = [line.replace("number ", f"number {first}") for line in rows]
        (tmp_path / f"{split}.tsv").write_text(
            "text\tlabel\n" + "\n".join(lines) + "\n"
        )
    return tmp_path


def test_exit_codes_and_output_of_check(data, capsys):
    words = ["check", "sentiment", "--dataset", str(data), "--max-length", "30"]
    assert cli.main(words) == 0
    out = capsys.readouterr().out
    assert "pass  300 rows: train 100, validation 100, test 100" in out
    with open(data / "test.tsv", "a") as file:
        file.write("no label\n")
    assert cli.main(words) == 1
    assert "test.tsv, line 102: expected 2 fields" in capsys.readouterr().out
    assert cli.main([*words, "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    places = [
        place
        for finding in report["checks"]["rows"]["findings"]
        for place in finding["places"]
    ]
    assert [(one["line"], one["row"]) for one in places] == [(102, None)]
    assert cli.main([*words, "--on-error", "skip"]) == 0


def test_wrong_words(data, capsys):
    assert cli.main(["check", "sentiment", "--dataset", "nonesuch"]) == 2
    assert cli.main(["check", "sentiment", "--nonesuch", "1"]) == 2
    assert cli.main(["check", "nonesuch"]) == 2
    err = capsys.readouterr().err
    assert "nothing of that name" in err and "--nonesuch: unknown option" in err
    assert "no such recipe" in err and "Traceback" not in err
    assert cli.main(["check"]) == 2
    assert cli.main(["check", "sentiment", "--help"]) == 0
    assert "--label-separator" in capsys.readouterr().out


def test_a_card_is_checked_with_its_own_dataset(data, capsys):
    assert cli.main(["init", "sentiment", "--dataset", str(data)]) == 0
    card = (data / "sentiment.yaml").read_text()
    assert f'dataset: "{data}"' in card and "# train has 100 rows" in card
    assert cli.main(["check", "sentiment.yaml"]) == 0
    assert cli.main(["check", "sentiment.yaml", "--dataset", "nonesuch"]) == 2
    assert "expected a new file" not in capsys.readouterr().err
    assert cli.main(["init", "sentiment", "--dataset", str(data)]) == 2
    assert "sentiment.yaml: expected a new file" in capsys.readouterr().err
    words = ["init", "sentiment", "--dataset", str(data), "--overwrite"]
    assert cli.main([*words, "--hidden-dim", "12"]) == 0
    assert "hidden_dim: 12" in (data / "sentiment.yaml").read_text()
    names = sorted(path.name for path in data.iterdir())
    assert names == ["sentiment.yaml", "test.tsv", "train.tsv", "validation.tsv"]


def test_nothing_is_written_of_bad_data(data, capsys):
    words = ["init", "sentiment", "--dataset", str(data / "nonesuch.tsv")]
    assert cli.main(words) == 2
    assert not (data / "sentiment.yaml").exists()


def test_a_drafted_card_trains_as_it_is(data, capsys):
    assert cli.main(["init", "sentiment", "--dataset", str(data)]) == 0
    words = [
        "train",
        "sentiment.yaml",
        "--out",
        "run",
        "--epochs",
        "1",
        "--verbose",
        "0",
    ]
    assert cli.main(words) == 0
    assert (data / "run" / "task.json").is_file()
    assert "accuracy" in capsys.readouterr().out


def test_places_that_check_names(data, capsys):
    lines = (data / "train.tsv").read_text().splitlines(keepends=True)
    with open(data / "test.tsv", "a") as file:
        file.writelines(lines[1:6])
    words = ["check", "sentiment", "--dataset", str(data), "--json"]
    for more, count in ([], 3), (["--places", "4"], 4), (["--places", "99"], 5):
        cli.main([*words, *more])
        checks = json.loads(capsys.readouterr().out)["checks"]
        (found,) = (one for one in checks["overlap"]["findings"] if one["count"])
        assert found["count"] == 5 and len(found["places"]) == count
    assert cli.main([*words, "--places", "0"]) == 2
