"""Runs recipes on one device and on several, in a process of its own.

    python -m tests.distribution.on_devices FOLDER RECIPE… -- DEVICES[/MODEL_PARALLEL]…

For each recipe and each number of devices it writes a line of JSON: losses of steps,
and for the last number also what the task says before and after it is saved and loaded
on one device. Those tasks are left in FOLDER.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np

from tests import tiny

STEPS = 20
PLAIN = {"dropout": 0.0, "average_momentum": None, "optimizer": "sgd"}
OPTIONS = {
    # Batches whose rows are no multiple of four, and a last one with fewer.
    "translation": {"max_length": 64, "batch_size": None, "batch_tokens": 700},
    "language_modeling": {"batch_size": 8},
    "tagging": {"batch_size": 7, "word_dropout": 0.0, "architecture": "transformer"},
    "sentiment": {"batch_size": 7},
    "captioning": {"batch_size": 7, "group_captions": True},
    "forecasting": {"batch_size": 30},
}
INPUTS = {
    "translation": ["The dog sleeps.", "A red bird sings."],
    "language_modeling": ["The ", "A "],
    "tagging": ["Mira flew to Oslo.", "No one came."],
    "sentiment": ["Today the soup was tasty.", "In May the view was dull."],
}


def options_of(recipe):
    given = getattr(tiny, recipe.upper()) | PLAIN | {"learning_rate": 0.05}
    return given | OPTIONS[recipe]


def dataset_of(recipe, folder):
    """The folder, or file, of a little data."""
    folder.mkdir()
    few = {"language_modeling": 20, "captioning": 24, "tagging": 60, "sentiment": 60}
    sizes = {"train": few[recipe]} if recipe in few else {}
    if recipe == "forecasting":
        sizes = {"hours": 240}
    return str(getattr(tiny, f"{recipe}_folder")(folder, **sizes) or folder)


def losses_of(task):
    """The loss of each of the first steps, from Keras's means over rows."""
    import keras

    from seqkit.data import FullRows

    means = []
    log = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda _, logs: means.append(float(logs["loss"]))
    )
    task.fit(epochs=1, callbacks=[log], verbose=0)
    batches = task.batched("train", training=True)[0]
    if task.distribution.replicas > 1:
        batches = FullRows(batches, task.distribution.replicas)
    rows = [
        len(keras.tree.flatten(batches.batch(0, step)[0])[0])
        for step in range(len(means))
    ]
    sums = np.multiply(means, np.cumsum(rows))
    return (np.diff(sums, prepend=0.0) / rows)[:STEPS].tolist()


def answers_of(task, recipe):
    """What the task predicts, as text."""
    inputs = INPUTS.get(recipe)
    if recipe == "captioning":
        inputs = tiny.pictures(2)
    elif recipe == "forecasting":
        inputs = tiny.pasts()
    more = {"max_length": 8} if recipe == "language_modeling" else {}
    return str(task.predict(inputs, **more))[:60]


def run(recipe, devices, folder, last):
    import seqkit

    build = getattr(seqkit.recipes, recipe).build
    number, _, parts = devices.partition("/")
    with seqkit.distribute(int(number), model_parallel=int(parts or 1)):
        task = build(dataset_of(recipe, folder / "data"), **options_of(recipe))
    losses = losses_of(task)
    found = {"recipe": recipe, "devices": devices, "losses": losses}
    if last:
        figures = task.evaluate("test")
        found["figures"] = {k: v for k, v in figures.items() if isinstance(v, float)}
        found["answers"] = answers_of(task, recipe)
        task.save(folder / "task")
        loaded = seqkit.load(folder / "task")
        found["loaded"] = answers_of(loaded, recipe)
    return found


def main(arguments):
    folder, *words = arguments
    at = words.index("--")
    if os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow":
        import tensorflow as tf

        one = tf.config.LogicalDeviceConfiguration()
        (cpu,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(cpu, [one] * 2)
    for recipe in words[:at]:
        for devices in words[at + 1 :]:
            place = Path(folder) / f"{recipe}-{devices.replace('/', '-')}"
            place.mkdir()
            found = run(recipe, devices, place, last=devices == words[-1])
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
