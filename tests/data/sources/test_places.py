"""Rows know where they were read from, also after some are held out."""

from pathlib import Path

import pytest

from seqkit.data import load_labelled, load_pairs, load_tagged


@pytest.mark.parametrize("test_fraction", [0, 0.2])
def test_held_out_rows_keep_their_line(tmp_path, test_fraction):
    path = tmp_path / "a.tsv"
    lines = [f"text {n}\t{n % 2}" for n in range(100)]
    lines[10] = "\t1"
    path.write_text("text\tlabel\n" + "\n".join(lines) + "\n")
    splits = load_labelled(
        path, on_error="skip", cache_dir=tmp_path, test_fraction=test_fraction
    )
    assert sum(map(len, splits.values())) == 99
    for name, split in splits.items():
        assert len(splits.places[name]) == len(split)
        for row, example in enumerate(split):
            place = splits.place_of(name, row)
            assert place["where"] == str(path) and place["row"] is None
            assert lines[place["line"] - 2].split("\t")[0] == example["text"]
    (error,) = splits.errors["train"]
    assert (error.where, error.line) == (str(path), 12)


def test_places_are_stored_with_the_rows(tmp_path):
    for split in ("train", "test"):
        (tmp_path / f"{split}.en").write_text(f"a {split}\nb\n")
        (tmp_path / f"{split}.de").write_text("c\nd\n")
    for _ in range(2):
        splits = load_pairs(
            tmp_path, source="en", target="de", cache_dir=tmp_path / "cache"
        )
        place = splits.place_of("test", 1)
        assert Path(place["where"].split(" and ")[0]).name == "test.en"
        assert (place["line"], place["row"]) == (2, None)


def test_rows_in_memory_have_a_number(tmp_path):
    rows = [(["a", "b"], ["O", "X"]), (["c"], ["O"])]
    splits = load_tagged({"test": rows}, cache_dir=tmp_path)
    assert splits.place_of("test", 1) == {
        "where": "dict, split test",
        "line": None,
        "row": 1,
    }
    assert splits.place("test", lambda row: row["tags"] == ["O"])["row"] == 1


def test_each_file_of_a_class_folder_is_a_place(tmp_path):
    for name in ("good", "bad"):
        (tmp_path / "data" / name).mkdir(parents=True)
        for n in range(3):
            (tmp_path / "data" / name / f"{n}.txt").write_text(f"{name} {n}")
    splits = load_labelled(tmp_path / "data", cache_dir=tmp_path / "cache")
    for name, split in splits.items():
        for row, example in enumerate(split):
            where = Path(splits.place_of(name, row)["where"])
            assert where.read_text() == example["text"]
