"""Sets of points from files and lists, and the errors of bad rows."""

import json

import pytest

from seqkit.data import load_points
from seqkit.data.points.reading import as_order, as_points
from seqkit.errors import DataError

SQUARE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]


def test_every_format_gives_the_same_rows(tmp_path):
    (tmp_path / "a.txt").write_text("0 0 1 0 1 1 0 1 output 2 3 4 1 2\n")
    row = {"points": SQUARE, "order": [1, 2, 3, 0]}
    (tmp_path / "b.jsonl").write_text(json.dumps(row) + "\n")
    (tmp_path / "c.csv").write_text(
        'points,order\n"[[0, 0], [1, 0], [1, 1], [0, 1]]","[1, 2, 3, 0]"\n'
    )
    for name in "a.txt", "b.jsonl", "c.csv":
        splits = load_points(
            {"test": str(tmp_path / name)}, problem="hull", cache_dir=tmp_path / "cache"
        )
        assert splits["test"][:] == {"points": [SQUARE], "order": [[0, 1, 2, 3]]}


@pytest.mark.parametrize(
    ("points", "order", "said"),
    [
        (SQUARE, [0, 9], "index from 0 to 3, found [0, 9]"),
        (SQUARE, [0, 1, 0], "an index that comes twice, found 0 twice"),
        (SQUARE, [0, 1.5], "a list of at least one index"),
        (SQUARE, [True, False], "a list of at least one index"),
        ([[0, 0], [1]], [0], "a list of at least one vector of finite numbers"),
        ([[0, float("nan")]], [0], "finite numbers"),
        ([], [0], "a list of at least one vector"),
        ("broken", [0], "a list of at least one vector"),
    ],
)
def test_a_bad_row_names_its_place(points, order, said):
    good = (SQUARE, [0, 1])
    with pytest.raises(DataError) as error:
        load_points({"test": [good, (points, order)]})
    assert said in str(error.value) and "split test, row 1: " in str(error.value)
    kept = load_points({"test": [good, (points, order)]}, on_error="skip")
    assert len(kept["test"]) == 1 and kept.skipped == {"test": 1}


def test_problems_have_rules_of_their_own():
    def said(order, **options):
        with pytest.raises(DataError) as error:
            load_points({"test": [(SQUARE, order)]}, **options)
        return str(error.value)

    assert "a tour of all 4 points, found one of 3" in said([0, 1, 2], problem="tour")
    triangles = {"problem": "triangles", "repeats": True}
    assert "three corners of each triangle, found 4" in said([0, 1, 2, 0], **triangles)
    assert "at most 2 indices, found 3" in said([0, 1, 2], max_length=2)
    with pytest.raises(DataError, match="two different columns"):
        load_points({"test": [(SQUARE, [0])]}, points="a", order="a")


def test_all_vectors_have_one_width(tmp_path):
    rows = [(SQUARE, [0]), ([[1, 2, 3]], [0])]
    with pytest.raises(DataError, match="vectors of 2 numbers, found of 3"):
        load_points({"test": rows})
    files = {}
    for name, (points, order) in zip(("train", "test"), rows, strict=True):
        file = tmp_path / f"{name}.jsonl"
        file.write_text(json.dumps({"points": points, "order": order}) + "\n")
        files[name] = str(file)
    options = {"validation_fraction": 0, "cache_dir": tmp_path / "cache"}
    for name, file in files.items():  # each by itself is right, and then stored
        load_points({name: file}, **options)
    with pytest.raises(DataError, match="one width, found 2 in train, 3 in test"):
        load_points(files, **options)


def test_a_line_that_is_no_problem_names_file_and_line(tmp_path):
    (tmp_path / "test.txt").write_text("0 0 1 1 output 1\n0 0 one output 1\n")
    with pytest.raises(DataError, match=r"test.txt, line 2: expected numbers x1 y1"):
        load_points(str(tmp_path / "test.txt"), cache_dir=tmp_path / "cache")


def test_a_missing_order_is_a_row_without_a_target():
    splits = load_points(
        {"train": [(SQUARE, [0])], "test": [(SQUARE, None)]}, validation_fraction=0
    )
    assert list(splits) == ["train"] and splits.skipped == {"test": 1}


def test_text_forms():
    assert as_points("[[0, 1]]").tolist() == as_points("0 1").tolist() == [[0.0, 1.0]]
    assert as_points('{"points": [[0, 1]]}').tolist() == [[0.0, 1.0]]
    row = {"places": [[0, 1]], "order": [0]}
    assert as_points(row, column="places").tolist() == [[0.0, 1.0]]
    assert as_points(json.dumps(row), column="places").tolist() == [[0.0, 1.0]]
    assert as_points("1 2 3", width=3).shape == (1, 3)
    assert as_order("2 0", 3) == as_order("[2, 0]", 3) == [2, 0]
