"""Compares training steps of the translation Transformer on real batches.

    python benchmarks/transformer_training.py MULTI30K_FOLDER [--batches 12]

Each contestant runs in its own process and trains on the same batches, in turn.
seqkit's step does more than the plain one: label smoothing, perplexity and accuracy.
PyTorch is included if it is installed (`pip install seqkit[benchmark]`).
"""

import argparse
import importlib.util
import pickle
import tempfile
from pathlib import Path

from timing import Process, in_turn, print_table, serve

SIZES = {
    "num_layers": 3,
    "hidden_dim": 256,
    "num_heads": 4,
    "intermediate_dim": 1024,
    "dropout": 0.3,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", help="folder with train.en, train.de, …")
    parser.add_argument("--batches", type=int, default=12)
    parser.add_argument("--batch-tokens", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--contestant", choices=CONTESTANTS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contestant:
        serve(CONTESTANTS[arguments.contestant](arguments))
    else:
        compare(arguments)


def compare(arguments):
    task = build(arguments)
    batches = list(task.train.take(arguments.batches).as_numpy_iterator())
    tokens = sum(weights.sum() for _, _, weights in batches)
    names = ["plain Keras", "seqkit"]
    if importlib.util.find_spec("torch"):
        names.append("torch.nn.Transformer")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "batches")
        vocabulary_size = task.target_tokenizer.vocabulary_size
        file.write_bytes(pickle.dumps((vocabulary_size, batches)))
        options = [arguments.dataset, "--batch-tokens", str(arguments.batch_tokens)]
        contestants = {
            name: Process(__file__, *options, "--contestant", name, "--file", str(file))
            for name in names
        }
        seconds = in_turn(contestants, rounds=arguments.rounds)
        for process in contestants.values():
            process.close()
    print_table(seconds, tokens, "target tokens", "plain Keras")


def build(arguments):
    import seqkit

    return seqkit.recipes.translation.build(
        arguments.dataset,
        vocabulary_size=8000,
        batch_tokens=arguments.batch_tokens,
        **SIZES,
    )


def of_seqkit(arguments):
    _, batches = pickle.loads(arguments.file.read_bytes())
    return keras_run(build(arguments).model, batches)


def of_keras(arguments):
    import plain_keras_transformer

    vocabulary_size, batches = pickle.loads(arguments.file.read_bytes())
    return keras_run(plain_keras_transformer.build(vocabulary_size, **SIZES), batches)


def of_torch(arguments):
    import plain_torch_transformer

    vocabulary_size, batches = pickle.loads(arguments.file.read_bytes())
    train = plain_torch_transformer.trainer(vocabulary_size=vocabulary_size, **SIZES)
    return lambda: [train(batch) for batch in batches]


def keras_run(model, batches):
    def run():
        for inputs, targets, weights in batches:
            model.train_on_batch(inputs, targets, sample_weight=weights)

    return run


CONTESTANTS = {
    "plain Keras": of_keras,
    "seqkit": of_seqkit,
    "torch.nn.Transformer": of_torch,
}

if __name__ == "__main__":
    main()
