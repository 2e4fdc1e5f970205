"""Shapes of training batches and their padding, of a card with static shapes.

    python benchmarks/padding.py CARD.yaml DATASET [NAME=VALUE ...]

Values of options are JSON: `bucket_bounds=3`, `bucket_width=16`. A batch is what the
model reads: all its rows, those that fill it up included.
"""

import argparse
import json
from collections import Counter

import numpy as np

from seqkit import cards


def arrays(batch):
    """The token ids of a batch, `[B, T]` for each side."""
    inputs = batch[0]
    names = ("encoder_token_ids", "decoder_token_ids", "token_ids", "word_ids")
    return [inputs[name] for name in names if name in inputs]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("card")
    parser.add_argument("dataset")
    parser.add_argument("options", nargs="*", metavar="NAME=VALUE")
    given = parser.parse_args()
    card = cards.load_card(given.card)
    options = {"static_shapes": True}
    for one in given.options:
        name, _, value = one.partition("=")
        options[name] = json.loads(value)
    recipe = cards.find_recipe(card.recipe)
    task = recipe.build(given.dataset, seed=1, **card.build | options)
    batches, _ = task.batched("train", training=True)
    shapes, padded, tokens = Counter(), 0, 0
    for batch in batches.epoch(0):
        sides = arrays(batch)
        shapes[sides[0].shape] += 1
        padded += sum(side.size for side in sides)
        tokens += sum(np.count_nonzero(side) for side in sides)
    counts = ", ".join(
        f"{rows} × {length} ({count})"
        for (rows, length), count in sorted(shapes.items(), key=lambda one: one[0][1])
    )
    print("| options | shapes: rows × length (batches) | batches | padded / tokens |")
    print("|---|---|---|---|")
    told = " ".join(given.options) or "default"
    print(f"| {told} | {counts} | {len(batches)} | {padded / tokens:.2f} |")


if __name__ == "__main__":
    main()
