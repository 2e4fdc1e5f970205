"""Time that `task.fit` takes on the host in each step, on JAX.

    python benchmarks/host_time.py [--steps 400] [--rounds 5] [--profile]

Models are 8 wide, so that a step takes the device little; batches, blocks and variables
are those of a large one. What is read from the device is what an accelerator is asked
for. A round is an epoch of `fit`, from its first step to its last, and as many calls of
the same compiled function over one batch. Processor time of a step, medians: of the
whole process, which makes batches in a thread, and of the thread that calls. The
differences are the host's. `--profile` prints where it goes, by cProfile.
"""

import argparse
import cProfile
import os
import pstats
import time

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np
from gpu_keras import bare_steps

import seqkit.training
from seqkit.recipes import language_modeling, translation

WORDS = [f"{first}{last}" for first in "bdfgklmnprst" for last in "aeiou"]


def sentences(count, length):
    chance = np.random.default_rng(0)
    return [" ".join(row) for row in chance.choice(WORDS, (count, length))]


def language_model(steps):
    rows, length = 20, 35
    texts = sentences(steps, rows * length)
    return language_modeling.build(
        {"train": texts},
        architecture="lstm",
        num_layers=2,
        hidden_dim=8,
        batch_size=rows,
        sequence_length=length,
        tokenizer_type="word",
        monitor=None,
    )


def transformer(layers):
    def build(steps):
        rows, length = 64, 30
        texts = sentences(rows * steps, length)
        return translation.build(
            {"train": list(zip(texts, texts[::-1], strict=True))},
            architecture="transformer",
            num_layers=layers,
            hidden_dim=8,
            num_heads=2,
            batch_size=rows,
            vocabulary_size=400,
            monitor=None,
            static_shapes=True,
        )

    return build


TASKS = {
    "LSTM language model, 20 × 35": language_model,
    "Transformer, 3 + 3 layers, 64 × 30": transformer(3),
    "Transformer, 6 + 6 layers, 64 × 30": transformer(6),
}


def clocks():
    return np.array([time.process_time(), time.thread_time()])


class Steps(keras.callbacks.Callback):
    """The processor time of the steps of each epoch."""

    def __init__(self):
        super().__init__()
        self.each = []

    def on_epoch_begin(self, epoch, logs=None):
        self.begin = clocks()

    def on_epoch_end(self, epoch, logs=None):
        self.each.append((clocks() - self.begin) / self.params["steps"])


def measure(build, steps, rounds, profile):
    task = build(steps)
    batches, _ = task.batched("train", training=True)
    task.fit(1, verbose=0)  # compiles
    epochs, bare = Steps(), []
    if profile:
        profiler = cProfile.Profile()
        profiler.runcall(task.fit, 2, verbose=0)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(30)
    task.fit(rounds, callbacks=[epochs], verbose=0)
    run = bare_steps(task.model, batches.batch(0, 0))
    run(1)
    for _ in range(rounds):
        begin = clocks()
        run(len(batches))
        bare.append((clocks() - begin) / len(batches))
    return [1e3 * np.median(each, axis=0) for each in (bare, epochs.each)], len(batches)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--only", type=int, help="the number of one row, from 0")
    given = parser.parse_args()
    seqkit.training.accelerated = lambda: True
    print("| in each step, ms | bare | in `fit` | beside it | of these the caller's |")
    print("|---|---|---|---|---|")
    for number, (name, build) in enumerate(TASKS.items()):
        if given.only not in (None, number):
            continue
        (bare, fit), steps = measure(build, given.steps, given.rounds, given.profile)
        more = fit - bare
        print(
            f"| {name}, {steps} steps | {bare[0]:.2f} | {fit[0]:.2f} | {more[0]:.2f} "
            f"| {more[1]:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
