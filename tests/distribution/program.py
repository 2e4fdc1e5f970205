"""Trains recipes on some devices, alone or with other processes, for a comparison.

    python -m tests.distribution.program '{"folder": …, "recipes": […], …}'

The plan, `Plan` as JSON, names recipes and devices. For each recipe on each of them a
line of JSON comes out: the losses of steps and of validation, and of recipes with verbs
also what the task answers before and after it is saved and loaded on one device.
Processes are joined by the variables JAX_COORDINATOR_ADDRESS and so on.
"""

import dataclasses
import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from tests import tiny

PLAIN = {"dropout": 0.0, "average_momentum": None, "optimizer": "sgd"}
ONE_SHAPE = {"bucket_bounds": 1}
OPTIONS = {
    # Batches whose rows are no multiple of four, of several shapes.
    "translation": {
        "max_length": 64,
        "batch_size": None,
        "batch_tokens": 700,
        "bucket_bounds": 2,
    },
    "language_modeling": {"documents": False, "architecture": "lstm", "batch_size": 4},
    "tagging": {"batch_size": 7, "word_dropout": 0.0, "architecture": "transformer"},
    "sentiment": {"batch_size": 7},
    "captioning": {"batch_size": 6, "group_captions": True},
    "forecasting": {"batch_size": 30},
    "summarization": {"batch_size": 7, "coverage_start": 0.0},
    "pointing": {"batch_size": 7, "augment": False},
    "speech": {"batch_size": 5, "spec_augment": False},
}
RECIPES = tuple(OPTIONS)
INPUTS = {
    "translation": lambda: ["The dog sleeps.", "A red bird sings."],
    "language_modeling": lambda: ["The ", "A "],
    "tagging": lambda: ["Mira flew to Oslo.", "No one came."],
    "sentiment": lambda: ["Today the soup was tasty.", "In May the view was dull."],
    "captioning": lambda: tiny.pictures(2),
    "forecasting": tiny.pasts,
    "summarization": lambda: ["Report: Ana met Bo in Oslo.", "It rained."],
    "pointing": lambda: [[[0, 0], [1, 0], [0, 1], [0.2, 0.2]], [[0, 0], [1, 1]]],
    "speech": lambda: tiny.sounds(2),
}


@dataclasses.dataclass
class Plan:
    """What a process does.

    Attributes:
        folder: Where data and tasks lie, the same for all processes.
        recipes: Names.
        devices: Of each process, `"N"` or `"N/MODEL_PARALLEL"`.
        steps: How many are compared; an epoch has about as many.
        verbs: Recipes that also predict, are scored, saved and loaded.
        epochs: Passes over the data, with checkpoints if there are more than one.
        resume: Whether runs go on from the checkpoints that are there.
        killed: Number of a process that kills itself in the middle of the last epoch.
    """

    folder: str
    recipes: list[str]
    devices: list[str]
    steps: int = 4
    verbs: list[str] = dataclasses.field(default_factory=list)
    epochs: int = 1
    resume: bool = False
    killed: int | None = None


def options_of(recipe):
    given = getattr(tiny, recipe.upper()) | PLAIN | {"learning_rate": 0.05}
    given.pop("bucket_width", None)  # one shape, unless the recipe says otherwise
    shape = {} if recipe in ("language_modeling", "forecasting") else ONE_SHAPE
    return given | shape | OPTIONS[recipe]


def dataset_of(recipe, folder, steps):
    """A folder, or file, of data that is enough for so many steps."""
    place = folder / f"{recipe}-data"
    if not place.exists():
        place.mkdir()
        rows = steps * (OPTIONS[recipe]["batch_size"] or 25)
        each = {"language_modeling": 3 * steps, "forecasting": {"hours": 300}}
        each |= {"pointing": {"sets": rows + 48}}
        size = each.get(recipe, {"train": rows})
        size = size if isinstance(size, dict) else {"train": size}
        getattr(tiny, f"{recipe}_folder")(place, **size)
    return str(place / "canteen.csv" if recipe == "forecasting" else place)


def fit(task, plan, kept):
    """Trains; returns the loss of each step, from Keras's means over rows."""
    import keras

    from seqkit.distribution import process_index

    means = []

    def note(step, logs):
        means.append((step, float(logs["loss"])))

    def begin(epoch, _):
        if plan.killed == process_index() and epoch == plan.epochs - 1:
            print(json.dumps({"killed": time.time()}), flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

    log = keras.callbacks.LambdaCallback(on_epoch_begin=begin, on_train_batch_end=note)
    checkpoints = {"checkpoint_dir": kept, "resume": plan.resume}
    task.fit(
        plan.epochs,
        callbacks=[log],
        verbose=2,
        **(checkpoints if plan.epochs > 1 else {}),
    )
    losses, before = [], (0.0, 0)
    whole = [rows_of(task, step) for step in range(len(task.own_part("train", True)[0]))]
    for step, mean in means:
        total, rows = before if step else (0.0, 0)
        before = mean * (rows + whole[step]), rows + whole[step]
        losses.append((before[0] - total) / whole[step])
    return losses


def rows_of(task, step):
    """The rows of a batch over all devices, with those that fill it up."""
    import keras

    from seqkit.data import FullRows

    batches, parts = task.own_part("train", True)[0], task.distribution.part[1]
    if parts == 1 and task.distribution.replicas > 1:
        batches = FullRows(batches, task.distribution.replicas)
    return parts * len(keras.tree.flatten(batches.batch(0, step)[0])[0])


def answers_of(task, recipe, inputs):
    """What the task predicts, as text."""
    more = {"max_length": 8} if recipe == "language_modeling" else {}
    return str(task.predict(inputs, **more))[:200]


def run(recipe, devices, plan):
    import seqkit
    from seqkit.distribution import on_primary, process_count

    folder, (number, _, parts) = Path(plan.folder), devices.partition("/")
    data = on_primary("data", lambda: dataset_of(recipe, folder, plan.steps))
    build = getattr(seqkit.recipes, recipe).build
    with seqkit.distribute(int(number), model_parallel=int(parts or 1)):
        task = build(data, **options_of(recipe))
    place = f"{recipe}-{process_count()}x{devices.replace('/', '-')}"
    found = {"recipe": recipe, "devices": devices}
    found["losses"] = fit(task, plan, folder / f"{recipe}.training")
    found["history"] = task.history
    found["weights"] = [float(abs(one).sum()) for one in task.model.get_weights()]
    if recipe in plan.verbs:
        figures = task.evaluate("test")
        inputs = INPUTS[recipe]()
        found["figures"] = {k: v for k, v in figures.items() if isinstance(v, float)}
        found["answers"] = answers_of(task, recipe, inputs)
        task.save(folder / place)
        found["loaded"] = answers_of(seqkit.load(folder / place), recipe, inputs)
    return found


def main(text):
    plan = Plan(**json.loads(text))
    if os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow":
        import tensorflow as tf

        one = tf.config.LogicalDeviceConfiguration()
        (cpu,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(cpu, [one] * 2)
    elif "JAX_NUM_PROCESSES" in os.environ:
        from seqkit.distribution import initialize

        initialize(timeout=100)
    for recipe in plan.recipes:
        for devices in plan.devices:
            begun = time.process_time()
            found = run(recipe, devices, plan)
            found["seconds"] = time.process_time() - begun
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    main(sys.argv[1])
