"""Compares recurrent layers of seqkit, Keras and PyTorch in training and inference.

    python benchmarks/recurrent_layers.py [--rounds 7] [--only layer]

A training step is the forward pass, the loss, the backward pass and plain SGD.
Everything runs through `train_on_batch` and `predict_on_batch`, and so on any Keras
backend. PyTorch is included if it is installed (`pip install seqkit[benchmark]`).
"""

import argparse
import importlib.util

import keras
import numpy as np
from timing import in_turn, print_table

import seqkit

RNG = np.random.default_rng(0)
CELLS = ("LSTM", "GRU", "SimpleRNN")


def single_layer(cell):
    """Batch 32, 64 steps, 256 -> 512."""

    def build(layers):
        inputs = keras.Input((64, 256), batch_size=32)
        outputs = getattr(layers, cell)(512, return_sequences=True)(inputs)
        return keras.Model(inputs, outputs)

    x = RNG.standard_normal((32, 64, 256)).astype("float32")
    y = np.zeros((32, 64, 512), "float32")
    return build, x, y, {"cell": cell, "sizes": (256, 512)}


def bidirectional(cell):
    """Batch 64, 25 steps, 300 -> 300 in both directions, right-padded."""
    lengths = RNG.integers(5, 26, 64)
    lengths[0] = 25
    mask = np.arange(25) < lengths[:, None]

    def build(layers):
        inputs = keras.Input((25, 300), batch_size=64)
        kept = keras.Input((25,), batch_size=64, dtype="bool")
        layer = getattr(layers, cell)(300, return_sequences=True)
        outputs = layers.Bidirectional(layer)(inputs, mask=kept)
        return keras.Model([inputs, kept], outputs)

    x = RNG.standard_normal((64, 25, 300)).astype("float32")
    y = np.zeros((64, 25, 600), "float32")
    return build, [x, mask], y, {"cell": cell, "sizes": (300, 300)}


def language_model(cell):
    """Batch 20, 35 steps, 2 x 650 stateful, 10,000 words (Zaremba et al. 2014)."""

    def build(layers):
        ids = keras.Input((35,), batch_size=20, dtype="int32")
        x = keras.layers.Embedding(10_000, 650)(ids)
        for _ in range(2):
            x = keras.layers.Dropout(0.5)(x)
            x = getattr(layers, cell)(650, return_sequences=True, stateful=True)(x)
        x = keras.layers.Dropout(0.5)(x)
        return keras.Model(ids, keras.layers.Dense(10_000)(x))

    x, y = RNG.integers(0, 10_000, (2, 20, 35)).astype("int32")
    return build, x, y, {"cell": cell, "sizes": (650, 650), "vocabulary_size": 10_000}


def streaming(cell):
    """Batch 1, one step, 256 -> 512, state as input and output (inference only)."""

    def build(layers):
        inputs = keras.Input((1, 256), batch_size=1)
        count = 2 if cell == "LSTM" else 1
        states = [keras.Input((512,), batch_size=1) for _ in range(count)]
        layer = getattr(layers, cell)(512, return_state=True)
        return keras.Model([inputs, *states], layer(inputs, initial_state=states))

    x = RNG.standard_normal((1, 1, 256)).astype("float32")
    states = [np.zeros((1, 512), "float32")] * (2 if cell == "LSTM" else 1)
    return build, [x, *states], None, {"cell": cell, "sizes": (256, 512)}


WORKLOADS = {
    "layer": single_layer,
    "bidirectional": bidirectional,
    "language model": language_model,
    "streaming": streaming,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=WORKLOADS, action="append")
    parser.add_argument("--cell", choices=CELLS, action="append")
    parser.add_argument("--jit", action="store_true", help="jit_compile for Keras too")
    arguments = parser.parse_args()
    for name in arguments.only or WORKLOADS:
        for cell in arguments.cell or CELLS:
            compare(name, cell, arguments)


def compare(name, cell, arguments):
    """Prints the tables for one workload and one cell."""
    build, x, y, about = WORKLOADS[name](cell)
    trainers, predictors = {}, {}
    for who, layers in (("Keras", keras.layers), ("seqkit", seqkit.layers)):
        keras.utils.set_random_seed(0)
        model = build(layers)
        model.compile(
            keras.optimizers.SGD(0.1, global_clipnorm=5.0 if y is not None else None),
            "mse"
            if y is None or y.ndim == 3
            else keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )
        trainers[who] = lambda model=model: model.train_on_batch(x, y)
        predictors[who] = lambda model=model: model.predict_on_batch(x)
    if importlib.util.find_spec("torch"):
        import plain_torch_recurrent

        train, predict = plain_torch_recurrent.contestant(name, x, y, **about)
        trainers["PyTorch"], predictors["PyTorch"] = train, predict
    steps = (x[0] if isinstance(x, list) else x).shape[:2]
    what = WORKLOADS[name].__doc__.rstrip(".")
    repeat = 200 if name == "streaming" else 1
    for kind, contestants in (("training", trainers), ("inference", predictors)):
        if kind == "training" and y is None:
            continue
        print(f"\n{cell}, {kind}: {what}\n")
        contestants = {
            who: lambda run=run: [run() for _ in range(repeat)]
            for who, run in contestants.items()
        }
        seconds = in_turn(contestants, rounds=arguments.rounds, warmup=2)
        print_table(seconds, repeat * steps[0] * steps[1], "steps", "Keras")


if __name__ == "__main__":
    main()
