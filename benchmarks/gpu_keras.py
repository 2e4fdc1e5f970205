"""The rows of `gpu.py` in seqkit, on the Keras backend that is set."""

import statistics
import time

import gpu_sizes
import keras
import numpy as np
from gpu import BIDIRECTIONAL, FIT, LM, answer, timed

import seqkit
from seqkit.cards import find_recipe
from seqkit.data import Spec
from seqkit.data.batching.epochs import Epochs

BACKEND = keras.backend.backend()


def device():
    if BACKEND == "torch":
        import torch

        name = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
        version = torch.__version__
    else:
        import jax

        name, version = jax.devices()[0].device_kind, jax.__version__
    return f"{name}, Keras {keras.__version__} on {BACKEND} {version}"


class SameBatch(Epochs):
    """An epoch of a batch that is made anew at each step, as those of a task are."""

    def __init__(self, batch, steps):
        self.arrays, self.steps = batch, steps

    def __len__(self):
        return self.steps

    def batch(self, epoch, step):
        return keras.tree.map_structure(np.array, self.arrays)

    def signature(self):
        return keras.tree.map_structure(
            lambda one: Spec(one.shape, one.dtype.name), self.arrays
        )


class Words:
    """What a network asks of a tokenizer."""

    def __init__(self, size):
        self.vocabulary_size = size


def task_of(recipe, words, batch, steps, **options):
    """A task with a model and a batch, without data to learn from."""
    task = find_recipe(recipe).of_options(**options, jit_compile=BACKEND == "jax")
    task._splits = {"train": []}
    task.tokenizer = task.source_tokenizer = task.target_tokenizer = Words(words)
    task.batches = lambda split, training: SameBatch(batch, steps)
    task.model = task.new_model()
    task.compile()
    return task


def language_model(size, policy, tiny, steps):
    sizes, ids, targets = gpu_sizes.language_model(size, tiny)
    begins = np.zeros(len(ids), bool)
    batch = {"token_ids": ids, "begins": begins}, targets, np.ones(ids.shape, "float32")
    dropout = sizes["dropout"]
    return task_of(
        "language_modeling",
        sizes["words"],
        batch,
        steps,
        architecture="lstm",
        num_layers=2,
        hidden_dim=sizes["units"],
        tie_embeddings=False,
        input_dropout=dropout,
        dropout=dropout,
        output_dropout=dropout,
        batch_size=ids.shape[0],
        sequence_length=ids.shape[1],
        optimizer="sgd",
        average_momentum=None,
        average=None,
        monitor=None,
        dtype_policy=policy,
    )


def transformer(layers, tiny, steps):
    sizes, words, source, target = gpu_sizes.transformer(layers, tiny)
    inputs = {"encoder_token_ids": source, "decoder_token_ids": target[:, :-1]}
    targets = target[:, 1:]
    batch = inputs, targets, np.ones(targets.shape, "float32")
    return task_of(
        "translation",
        words,
        batch,
        steps,
        architecture="transformer",
        label_smoothing=0.1,
        monitor=None,
        batch_size=len(source),
        **sizes,
    )


def bidirectional(tiny):
    units, values, lengths = gpu_sizes.bidirectional(tiny)
    mask = np.arange(values.shape[1]) < lengths[:, None]
    inputs = keras.Input(values.shape[1:], batch_size=len(values))
    kept = keras.Input(mask.shape[1:], batch_size=len(values), dtype="bool")
    layer = seqkit.layers.LSTM(units, return_sequences=True)
    outputs = seqkit.layers.Bidirectional(layer)(inputs, mask=kept)
    model = keras.Model([inputs, kept], outputs)
    optimizer = keras.optimizers.SGD(0.1, global_clipnorm=1.0)
    model.compile(optimizer, "mse", jit_compile=BACKEND == "jax")
    targets = np.zeros((*values.shape[:2], 2 * units), "float32")
    return model, ([values, mask], targets)


def bare_steps(model, batch):
    """A function that makes a number of the steps that `fit` makes, and nothing else.

    The batch lies on the device; the last step is waited for.
    """
    batch = keras.tree.map_structure(keras.ops.convert_to_tensor, batch)
    model._symbolic_build(data_batch=batch)
    model.optimizer.build(model.trainable_variables)
    model.make_train_function()
    if BACKEND == "torch":
        import torch

        def run(count):
            for _ in range(count):
                model.train_function([batch])
            if torch.cuda.is_available():
                torch.cuda.synchronize()

        return run
    import jax

    parts = ("trainable", "non_trainable", "optimizer", "metrics")
    state = model._get_jax_state(
        **{f"{part}_variables": True for part in parts}, purge_model_variables=True
    )

    def run(count):
        nonlocal state
        for _ in range(count):
            logs, state = model.train_function(state, iter([batch]))
        jax.block_until_ready((logs, state))

    return run


class Epoch(keras.callbacks.Callback):
    """The milliseconds per step of each epoch."""

    def __init__(self):
        super().__init__()
        self.each = []

    def on_epoch_begin(self, epoch, logs=None):
        self.begin = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        took = time.perf_counter() - self.begin
        self.each.append(1e3 * took / self.params["steps"])


def in_fit(task):
    """The time of a step in `task.fit`, which reads its batches and has its callbacks.

    The first epoch, which compiles, does not count.
    """
    epochs = Epoch()
    task.fit(7, callbacks=[epochs], verbose=0)
    each = epochs.each[1:]
    about = {"fastest": f"{min(each):.3g}", "slowest": f"{max(each):.3g}"}
    return {"value": statistics.median(each), "unit": "ms", "about": about}


def workload(name, tiny):
    begin = time.perf_counter()
    steps = 3 if tiny else 200
    if name == BIDIRECTIONAL:
        model, batch = bidirectional(tiny)
    else:
        task = task_for(name, tiny, steps)
        model, batch = task.model, task.batches("train", True).arrays
    if name in FIT:
        return in_fit(task)
    built = time.perf_counter()
    run = bare_steps(model, batch)
    run(1)
    first = time.perf_counter() - built
    if name.endswith("first step"):
        about = {"building": f"{built - begin:.1f} s"}
        return {"value": first, "unit": "s", "about": about}
    slow = BACKEND == "torch"
    found = timed(run, 2 if tiny else 10 if slow else 30)
    found["about"]["first step"] = f"{first:.1f} s"
    layers = [one for one in model._flatten_layers() if hasattr(one, "kernel_in_use")]
    if layers:
        used = sorted({str(one.kernel_in_use) for one in layers})
        found["about"]["kernel"] = " ".join(used)
    return found


def task_for(name, tiny, steps):
    """The task of a row."""
    name = name.removesuffix(", in fit").removesuffix(", first step")
    if name.startswith("Transformer"):
        return transformer(int(name.split()[1]), tiny, steps)
    what, policy = name.split(", ")
    size = "medium" if what == LM[0] else "large"
    return language_model(size, policy, tiny, steps)


if __name__ == "__main__":
    answer(workload, device)
