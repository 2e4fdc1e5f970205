"""One pass of validation: Keras's figures, and what is read of the outputs."""

import keras
import numpy as np
import pytest

from seqkit.inference.rows import RowRunner
from seqkit.recipes import sentiment, tagging
from seqkit.training import StepCallbacks, Validation
from tests import tiny

INPUTS = np.random.default_rng(0).normal(size=(12, 2)).astype("float32")
TARGETS = INPUTS[:, :1] - INPUTS[:, 1:]


def compiled(steps):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    steps = 1 if keras.backend.backend() == "torch" else steps
    model.compile("sgd", "mse", metrics=["mae"], steps_per_execution=steps)
    return model


def fit(model, **how):
    how |= {"batch_size": 4, "epochs": 2, "shuffle": False, "verbose": 0}
    return model.fit(INPUTS, TARGETS, **how).history


class Rows(keras.utils.PyDataset):
    def __init__(self):
        super().__init__()

    def __len__(self):
        return 3

    def __getitem__(self, step):
        rows = slice(4 * step, 4 * step + 4)
        return INPUTS[rows], TARGETS[rows]


@pytest.mark.parametrize("steps", [1, 2])
def test_figures_are_those_of_keras(steps):
    expected = fit(compiled(steps), validation_data=Rows())
    model, passes, seen = compiled(steps), [], []
    validation = Validation(Rows(), lambda x, y: {"x": x, "y": y}, passes.append)
    note = keras.callbacks.Callback()
    note.on_test_batch_end = lambda batch, logs: seen.append(sorted(logs))
    validation.callbacks = StepCallbacks(
        [validation, note], model, epochs=2, steps=3, verbose=0
    )
    found = fit(model, callbacks=validation.callbacks)
    assert sorted(found) == sorted(expected)
    for name, figures in expected.items():
        np.testing.assert_allclose(found[name], figures, rtol=1e-6)
    assert seen == [["loss", "mae"]] * 6
    assert [len(one) for one in passes] == [3, 3]
    np.testing.assert_array_equal(np.concatenate([p["x"] for p in passes[1]]), INPUTS)
    outputs = np.concatenate([one["y"] for one in passes[1]])
    np.testing.assert_allclose(outputs, model.predict(INPUTS, verbose=0), rtol=1e-5)
    # The model's own test step is as it was.
    figures = model.evaluate(Rows(), return_dict=True, verbose=0)
    assert figures["mae"] == pytest.approx(expected["val_mae"][-1], rel=1e-6)


@pytest.mark.parametrize("recipe", ["sentiment", "tagging"])
def test_scores_need_no_second_pass(recipe, tmp_path, monkeypatch):
    module, options = {
        "sentiment": (sentiment, tiny.SENTIMENT),
        "tagging": (tagging, tiny.TAGGING),
    }[recipe]
    folder = getattr(tiny, f"{recipe}_folder")(tmp_path, train=24)
    task = module.build(folder, **options)
    with monkeypatch.context() as patch:
        patch.setattr(RowRunner, "__call__", None)
        task.fit(2, verbose=0)
    scores = task.evaluate("validation")
    best = task.best_epoch - 1
    known = [one[4:] for one in task.history if one[4:] in scores]
    assert len(known) >= 2
    for name in known:
        assert task.history[f"val_{name}"][best] == pytest.approx(scores[name], 1e-5)
