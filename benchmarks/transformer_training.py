"""Training steps of the translation Transformer on real batches, against its peers.

    python benchmarks/transformer_training.py MULTI30K_FOLDER [--batches 12]

seqkit's step does more than the plain one: label smoothing, perplexity and accuracy.
PyTorch takes part where it is installed (`pip install seqkit[benchmark]`).
"""

import argparse
import importlib.util

import plain_keras_transformer
from timing import in_turn, print_table

import seqkit

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
    arguments = parser.parse_args()
    task = seqkit.recipes.translation.build(
        arguments.dataset,
        vocabulary_size=8000,
        batch_tokens=arguments.batch_tokens,
        **SIZES,
    )
    vocabulary_size = task.target_tokenizer.vocabulary_size
    batches = list(task.train.take(arguments.batches).as_numpy_iterator())
    tokens = sum(weights.sum() for _, _, weights in batches)
    plain = plain_keras_transformer.build(vocabulary_size, **SIZES)

    def keras_run(model):
        def run():
            for inputs, targets, weights in batches:
                model.train_on_batch(inputs, targets, sample_weight=weights)

        return run

    contestants = {"plain Keras": keras_run(plain), "seqkit": keras_run(task.model)}
    if importlib.util.find_spec("torch"):
        import plain_torch_transformer

        train = plain_torch_transformer.trainer(
            vocabulary_size=vocabulary_size, **SIZES
        )
        contestants["torch.nn.Transformer"] = lambda: [train(b) for b in batches]
    seconds = in_turn(contestants, rounds=arguments.rounds)
    print_table(seconds, tokens, "target tokens", "plain Keras")


if __name__ == "__main__":
    main()
