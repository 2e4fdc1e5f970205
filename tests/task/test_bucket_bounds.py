"""Static shapes: few, chosen by the lengths of train, and shared by all splits."""

import numpy as np
import pytest

import seqkit
from seqkit.errors import ArgumentError
from seqkit.registries import recipes
from tests import tiny

FOLDERS = {
    "captioning": (tiny.captioning_folder, tiny.CAPTIONING),
    "sentiment": (tiny.sentiment_folder, tiny.SENTIMENT),
    "tagging": (tiny.tagging_folder, tiny.TAGGING),
    "translation": (
        tiny.translation_folder,
        tiny.TRANSLATION | {"bucket_width": None, "max_length": 120},
    ),
}


def build(name, folder, **more):
    make, options = FOLDERS[name]
    return recipes[name].build(make(folder), **options | {"static_shapes": True} | more)


def shapes(task, split, training=False):
    """Lengths and rows of the targets, or where they have none of the inputs."""
    batches = task.batched(split, training)[0]
    found = set()
    for inputs, targets, *_ in batches.epoch(1):
        arrays = [*inputs.values(), targets]
        if isinstance(targets, dict):
            arrays[-1:] = targets.values()
        found |= {a.shape for a in arrays if getattr(a, "ndim", 0) == 2}
    return found


@pytest.mark.parametrize("name", FOLDERS)
def test_shapes_of_all_splits_are_those_of_train(name, tmp_path, capfd):
    task = build(name, tmp_path, bucket_bounds=2)
    bounds = task.options.bucket_bounds
    assert len(bounds) == 2 and bounds[-1] == task.lengths("train", True).max()
    said = f"bucket_bounds=[{bounds[0]}, {bounds[1]}]: 2 shapes of batches; padding is "
    assert said in capfd.readouterr().err
    trained = shapes(task, "train", training=True)
    assert {length for _, length in trained} == set(bounds)
    rows = {rows for rows, _ in trained}
    for split in ("validation", "test"):
        longest = int(np.max(task.lengths(split, False), initial=1))
        for count, length in shapes(task, split):
            assert length in {*bounds, longest} and (
                longest > bounds[-1] or count in rows
            )


def test_bounds_are_saved_and_given(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    task = build("tagging", folder, bucket_bounds=[9, 40])
    assert {length for _, length in shapes(task, "train", True)} <= {9, 40}
    task.save(tmp_path / "run")
    assert seqkit.load(tmp_path / "run").options.bucket_bounds == [9, 40]
    dynamic = build("tagging", folder, static_shapes=False, bucket_bounds=None)
    assert dynamic.options.bucket_bounds is None


def test_draws_of_subwords_stay_within_the_shapes(tmp_path):
    drawn = {"tokenizer_type": "unigram", "sampling_alpha": 0.1}
    task = build("translation", tmp_path, **drawn)
    batches, _ = task.batched("train", training=True)
    bounds = task.options.bucket_bounds
    kept = total = 0
    for epoch in range(2):
        for step, (_, targets, _) in enumerate(batches.epoch(epoch)):
            assert targets.shape[1] in bounds
            rows = batches.rows(epoch, step)
            own = batches.pairs.token_ids(rows)[1]
            same = [len(ids) + 1 for ids in own] == (targets != 0).sum(1)[: len(rows)]
            kept, total = kept + int(np.sum(same)), total + len(rows)
    assert kept < total / 3, "most rows have room for their draws"


@pytest.mark.parametrize(
    "options", [{"bucket_bounds": []}, {"bucket_bounds": 3, "bucket_width": 4}]
)
def test_bounds_that_cannot_be(tmp_path, options):
    with pytest.raises(ArgumentError, match="bucket_bounds"):
        build("translation", tmp_path, **options)
