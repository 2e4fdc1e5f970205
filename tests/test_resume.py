"""A translation run taken up again ends as one without a break."""

import shutil

import keras
import numpy as np

from seqkit.recipes import translation
from tests import tiny

OPTIONS = {
    **tiny.TRANSLATION,
    "architecture": "gru",
    "dropout": 0.3,
    "weight_decay": 0.01,
    "sampling_alpha": 0.2,
}


def build(folder):
    task = translation.build(folder, **OPTIONS)
    task.callbacks = lambda: [_averaging()]  # every few steps, in so short a run
    return task


def _averaging():
    from seqkit.training import WeightAveraging

    return WeightAveraging(0.9, every=2)


def test_a_resumed_run_equals_one_without_a_break(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    tiny.translation_folder(folder)
    whole = build(folder)
    # What lies there when the second epoch begins is what a break would leave.
    keep = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: (
            epoch == 1 and shutil.copytree(tmp_path / "whole", tmp_path / "broken")
        )
    )
    whole.fit(3, verbose=0, checkpoint_dir=tmp_path / "whole", callbacks=[keep])

    resumed = build(folder)
    # As after a look at the data, and at other random numbers.
    next(iter(resumed.train))
    resumed.fit(3, verbose=0, checkpoint_dir=tmp_path / "broken", resume=True)

    assert resumed.history == whole.history
    assert {len(figures) for figures in whole.history.values()} == {3}
    for one, other in zip(
        resumed.model.get_weights(), whole.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, other)
