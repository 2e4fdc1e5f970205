"""A program that several processes run together, and one for comparison.

`python -m tests.distribution.together FOLDER EPOCHS RECIPE…`; with the variable
SEQKIT_TEST_KILLED the process of that number kills itself in the middle of training.
"""

import json
import os
import signal
import sys
from pathlib import Path

import keras

import seqkit
from seqkit.distribution import initialize, on_primary, process_index
from tests import tiny

OPTIONS = {
    "translation": {
        **tiny.TRANSLATION,
        "architecture": "gru",
        "hidden_dim": 8,
        "dropout": 0.3,
        "sampling_alpha": 0.2,
        "average_momentum": 0.8,
    },
    "language_modeling": {
        **tiny.LANGUAGE_MODELING,
        "documents": False,
        "architecture": "lstm",
        "dropout": 0.3,
    },
    "tagging": tiny.TAGGING,
    "sentiment": {**tiny.SENTIMENT, "dropout": 0.3},
    "captioning": tiny.CAPTIONING,
    "forecasting": tiny.FORECASTING,
    "pointing": tiny.POINTING,
}
SIZES = {"translation": {"train": 500}, "tagging": {"train": 40}}


def data(folder, name):
    """The files of a recipe, which one process writes; `None` is the sample."""
    place, write = folder / name, getattr(tiny, f"{name}_folder", None)
    if write is None:
        return None

    def made():
        if not place.exists():
            place.mkdir(parents=True)
            write(place, **SIZES.get(name, {}))

    on_primary("data", made)
    return place / "canteen.csv" if name == "forecasting" else place


class Killed(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if os.environ.get("SEQKIT_TEST_KILLED") == str(process_index()) and epoch == 2:
            print("killed", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)


def main(folder, epochs, *names):
    folder = Path(folder)
    initialize(timeout=100)
    told = {}
    for name in names:
        kept = folder / f"{name}.training"
        found = data(folder, name)
        task = getattr(seqkit.recipes, name).build(found, **OPTIONS[name])
        task.fit(
            int(epochs),
            verbose=2,
            callbacks=[Killed()],
            checkpoint_dir=kept if "JAX_PROCESS_ID" in os.environ else None,
            resume=kept.is_dir() and "JAX_PROCESS_ID" in os.environ,
        )
        task.evaluate("validation")
        task.save(folder / f"{name}-{os.environ.get('JAX_NUM_PROCESSES')}")
        weights = [float(abs(one).sum()) for one in task.model.get_weights()]
        told[name] = {"history": task.history, "weights": weights}
        told[name]["results"] = task.results
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
