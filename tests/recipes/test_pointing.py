"""What is particular to pointing: drawn problems, what may follow, forms of points."""

import json

import numpy as np
import pytest

import seqkit
from seqkit.errors import ArgumentError, DataError
from seqkit.results import Order
from tests import tiny

SQUARE = [[0.1, 0.1], [0.9, 0.1], [0.8, 0.9], [0.2, 0.7], [0.5, 0.5]]
DRAWN = {**tiny.POINTING, "examples": 64, "held_out_examples": 16}


def build(dataset=None, **options):
    return seqkit.recipes.pointing.build(dataset, **{**DRAWN, **options})


@pytest.fixture(scope="module")
def task():
    task = build()
    task.fit(2, verbose=0)
    return task


def points_of(task, epoch):
    batches = task.batched("train", training=True)[0]
    return {
        points[:length].tobytes()
        for inputs, *_ in batches.epoch(epoch)
        for points, length in zip(inputs["points"], inputs["lengths"], strict=True)
    }


def test_each_epoch_has_new_sets_and_the_first_is_the_train_split(task):
    train = {
        np.array(one, np.float32).tobytes() for one in task.split("train")["points"]
    }
    first, second = points_of(task, 0), points_of(task, 1)
    assert first == train and len(second) == 64 and not first & second
    assert points_of(build(), 1) == second


def test_other_seeds_have_other_problems_but_the_same_test(task):
    other = build(seed=1)
    assert other.split("test")[:] == task.split("test")[:]
    assert not points_of(other, 0) & points_of(task, 0)


@pytest.mark.parametrize("problem", ["tour", "triangles"])
def test_problems(problem):
    task = build(problem=problem, max_points=6, min_points=4)
    scores = task.evaluate(num_beams=2)
    expected = {"tour": "tour_gap", "triangles": "triangles_found"}[problem]
    assert 0 <= scores["exact"] <= 1 and scores[expected] >= 0
    found = task.predict([SQUARE, SQUARE[:4]])
    if problem == "tour":  # untrained, and a tour all the same
        assert [sorted(one) for one in found] == [[0, 1, 2, 3, 4], [0, 1, 2, 3]]
    else:
        assert len(found[0]) <= 6 * 5


def test_a_test_file_goes_with_drawn_training(tmp_path):
    file = tmp_path / "hull_test.txt"
    file.write_text("0 0 1 0 1 1 0.5 0.4 output 1 2 3 1\n" * 3)
    task = build(str(file), min_points=4, max_points=4)
    assert task.split("test")["order"][:] == [[0, 1, 2]] * 3
    assert task.split_sizes == {"train": 64, "validation": 16, "test": 3}
    rows = [(SQUARE, [0, 1, 2, 3]), (SQUARE[:4], [0, 1, 2, 3])]
    with pytest.raises(DataError, match="a dataset without a train split"):
        build({"train": rows, "test": rows})
    scores = task.evaluate("train", dataset={"train": rows, "validation": rows})
    assert 0 <= scores["exact"] <= 1


def test_a_dataset_of_its_own_of_any_width_and_any_order(tmp_path):
    generator = np.random.default_rng(0)
    rows = []
    for _ in range(40):
        numbers = generator.random((4, 3))
        rows.append((numbers.tolist(), np.argsort(numbers[:, 0]).tolist()))
    options = {**tiny.POINTING, "problem": "order", "architecture": "lstm"}
    task = seqkit.recipes.pointing.build(rows, **options)
    assert task.model.point_dim == 3
    assert {"exact", "accuracy"} <= set(task.evaluate("validation"))
    found = task.predict(rows[0][0])
    assert isinstance(found, Order) and found._repr_html_() is None
    with pytest.raises(DataError, match=r"row 1: expected vectors of 3 numbers"):
        task.predict([rows[0][0], SQUARE])
    task.export(tmp_path / "export")


def test_points_in_any_form_have_one_answer(task):
    expected = task.predict(SQUARE)
    line = " ".join(str(x) for point in SQUARE for x in point)
    forms = [np.array(SQUARE), line, json.dumps(SQUARE), f"{line} output 1 2 1"]
    forms += [json.dumps({"points": SQUARE, "order": [0]})]
    for one in forms:
        assert task.predict(one) == expected
    assert task.predict(forms) == [expected] * 5
    assert task.predict(np.stack([SQUARE, SQUARE])) == [expected] * 2
    frame = pytest.importorskip("pandas").DataFrame({"points": [SQUARE], "x": [1]})
    assert task.predict(frame) == [expected]
    with pytest.raises(DataError, match="inputs, row 1: expected points: a list of"):
        task.predict([SQUARE, [[0.1, None]]])


def test_several_orders_with_scores_are_sorted(task):
    found = task.predict(SQUARE, num_return_sequences=3, return_scores=True)
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True) and len({*map(str, found)}) == 3
    for order, _ in found:
        assert len(set(order)) == len(order)


def test_augmented_training_has_the_same_answers_elsewhere():
    rows = [(SQUARE, [0, 1, 2, 3]), (SQUARE[:4], [0, 1, 2, 3])] * 10
    task = seqkit.recipes.pointing.build(rows, **tiny.POINTING, augment=True)
    seen = points_of(task, 0) | points_of(task, 1)
    assert len(seen) > 4
    cube = [(np.eye(3).tolist(), [0, 1])] * 8
    options = {**tiny.POINTING, "augment": True, "validation_fraction": 0}
    with pytest.raises(DataError, match="points of 3 numbers"):
        seqkit.recipes.pointing.build(cube, **options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"problem": "order"}, "problem, examples: expected hull, tour or triangles"),
        ({"min_points": 9}, "min_points, max_points: expected numbers from 3 on"),
        ({"problem": "tour", "max_points": 13}, "max_points: expected at most 12"),
        ({"problem": "knapsack"}, "problem: expected 'hull', 'tour', 'triangles'"),
    ],
)
def test_mistakes_are_found_before_the_work(options, said):
    with pytest.raises(ArgumentError) as error:
        build(**options)
    assert said in str(error.value)


def test_which_point_looks_where(task):
    looks = task.attention(SQUARE)
    assert looks.order == list(task.predict(SQUARE))
    assert looks.weights.shape == (len(looks.order) + 1, 6)
    given = task.attention(SQUARE, [0, 1, 2])
    assert given.weights[3, :3].max() < 1e-6  # those that were pointed at
    found = task.explain(SQUARE)
    assert found["view"] == "order" and len(found["weights"]) == len(found["order"]) + 1
