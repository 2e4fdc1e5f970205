"""Trains recipes on some devices, alone or with other processes, for a comparison.

    python -m tests.distribution.program FOLDER '[{"recipe": "sentiment"}, …]'

Each `Run` ends with a line of JSON: losses, weights, and if it is asked for what the
task answers before and after it is saved and loaded on one device. FOLDER, which all
processes share, keeps data, checkpoints and saved tasks. Processes are joined by the
variables JAX_COORDINATOR_ADDRESS, JAX_NUM_PROCESSES and JAX_PROCESS_ID.
"""

import dataclasses
import json
import os
import signal
import sys
import time
from pathlib import Path

import keras

import seqkit
from seqkit.distribution import initialize, on_primary, process_count, process_index
from seqkit.errors import SeqkitError
from tests import tiny

PLAIN = {
    "optimizer": "sgd",
    "learning_rate": 0.05,
    "dropout": 0.0,
    "average_momentum": None,
    "bucket_bounds": 1,
}
RANDOM = {"dropout": 0.3, "average_momentum": 0.8}
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
    "sentiment": {"batch_size": 5},
    "captioning": {"batch_size": 6, "group_captions": True},
    "forecasting": {"batch_size": 30},
    "summarization": {"batch_size": 7, "coverage_start": 0.0},
    "pointing": {"batch_size": 7, "augment": False},
    "speech": {"batch_size": 5, "spec_augment": False},
}
RECIPES = tuple(OPTIONS)
SIZES = {  # of data that has enough batches for a number of steps
    "translation": lambda steps: {"train": 20 * steps},
    "language_modeling": lambda steps: {"train": 3 * steps},
    "forecasting": lambda steps: {"hours": 250 + 35 * steps},
    "pointing": lambda steps: {"sets": 7 * steps + 48},
}
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
class Run:
    """What is trained.

    Attributes:
        recipe: Its name.
        devices: Those of each process, `"N"` or `"N/MODEL_PARALLEL"`.
        steps: An epoch has at least so many.
        random: Whether units are dropped, and weights averaged.
        verbs: Whether it also predicts, is scored, saved and loaded.
        epochs: Passes over the data; of more than one there are checkpoints.
        resume: Whether to go on from the checkpoints that are there.
        killed: A process that kills itself as the last epoch begins.
    """

    recipe: str
    devices: str = "1"
    steps: int = 4
    random: bool = False
    verbs: bool = False
    epochs: int = 1
    resume: bool = False
    killed: int | None = None

    @property
    def options(self):
        given = getattr(tiny, self.recipe.upper()) | PLAIN | OPTIONS[self.recipe]
        given.pop("bucket_width", None)
        if self.recipe in ("language_modeling", "forecasting"):  # all of a length
            del given["bucket_bounds"]
        return given | (RANDOM if self.random else {})

    def saved(self, processes):
        """The name of the folder for the trained task."""
        return f"{self.recipe}-{processes}x{self.devices.replace('/', '-')}"


def data_of(run, folder):
    """A folder, or file, of data, which is written once."""
    place = folder / f"{run.recipe}-{run.steps}"
    if not place.exists():
        place.mkdir()
        size = SIZES.get(run.recipe)
        rows = run.steps * (OPTIONS[run.recipe]["batch_size"] or 1)
        size = {"train": rows} if size is None else size(run.steps)
        getattr(tiny, f"{run.recipe}_folder")(place, **size)
    return str(place / "canteen.csv" if run.recipe == "forecasting" else place)


class Losses(keras.callbacks.Callback):
    """The loss of each step, from means over weights; and a process that dies.

    Attributes:
        means: Pairs of a step and the mean of the epoch up to it.
    """

    def __init__(self, run):
        super().__init__()
        self.run, self.means = run, []

    def on_epoch_begin(self, epoch, logs=None):
        last = epoch == self.run.epochs - 1
        if last and self.run.killed == process_index():
            print(json.dumps({"killed": time.time()}), flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

    def on_train_batch_end(self, batch, logs=None):
        self.means.append((batch, float(logs["loss"])))

    def of_steps(self, task):
        """The losses, since a mean over weights is known after each batch."""
        batches = task.batched("train", True)[0]
        sums = [weight(*batches.batch(0, step)) for step in range(len(batches))]
        losses, total = [], 0.0
        for step, mean in self.means:
            before = total if step else 0.0
            total = mean * sum(sums[: step + 1])
            losses.append((total - before) / sums[step])
        return losses


def weight(inputs, targets, weights=None):
    """The sum of the weights of a batch; those of sentences count for each word."""
    if weights is None:
        return len(keras.tree.flatten(inputs)[0])
    if "word_ids" in inputs:
        weights = weights[:, None] * (inputs["word_ids"] > 0)
    return float(weights.sum())


def answers_of(task, recipe, inputs):
    """What a task predicts, as text."""
    more = {"max_length": 8} if recipe == "language_modeling" else {}
    return str(task.predict(inputs, **more))


def train(run, folder):
    """Trains as a run says; returns what can be compared."""
    data = on_primary("data", lambda: data_of(run, folder))
    number, _, parts = run.devices.partition("/")
    with seqkit.distribute(int(number), model_parallel=int(parts or 1)):
        task = getattr(seqkit.recipes, run.recipe).build(data, **run.options)
    losses, kept = Losses(run), folder / f"{run.recipe}.training"
    more = {"checkpoint_dir": kept, "resume": run.resume} if run.epochs > 1 else {}
    task.fit(run.epochs, callbacks=[losses], verbose=2, **more)
    found = dataclasses.asdict(run) | {"losses": losses.of_steps(task)}
    found["history"] = task.history
    found["weights"] = [float(abs(one).sum()) for one in task.model.get_weights()]
    if run.verbs:
        figures = task.evaluate("test")
        found["figures"] = {k: v for k, v in figures.items() if isinstance(v, float)}
        inputs = INPUTS[run.recipe]()
        found["answers"] = answers_of(task, run.recipe, inputs)
        place = run.saved(process_count())
        task.save(folder / place)
        loaded = seqkit.load(folder / place)
        found["loaded"] = answers_of(loaded, run.recipe, inputs)
        try:
            task.export(folder / f"{place}-export", text=False)
        except SeqkitError as error:  # JAX has none
            found["export"] = str(error)
    return found


def main(folder, runs):
    if os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow":
        import tensorflow as tf

        one = tf.config.LogicalDeviceConfiguration()
        (cpu,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(cpu, [one] * 2)
    elif "JAX_NUM_PROCESSES" in os.environ:
        initialize(timeout=100)
    for run in json.loads(runs):
        print(json.dumps(train(Run(**run), Path(folder))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
