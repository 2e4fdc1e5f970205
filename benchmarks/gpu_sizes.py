"""Sizes and data of the rows of `gpu.py`, the same for all who are measured."""

import numpy as np

WORDS = 10_000


def language_model(name, tiny):
    """Sizes of a language model of Zaremba et al. 2014, and a batch."""
    rows, length, units = (20, 35, 650) if name == "medium" else (64, 70, 1500)
    words = WORDS
    if tiny:
        rows, length, units, words = 4, 5, 16, 50
    ids = np.random.default_rng(0).integers(1, words, (rows, length + 1), np.int32)
    dropout = 0.5 if name == "medium" else 0.65
    sizes = {"units": units, "words": words, "dropout": dropout}
    return sizes, ids[:, :-1], np.ascontiguousarray(ids[:, 1:])


def bidirectional(tiny):
    """Width, and a batch of right-padded rows: values `[B, T, D]` and lengths."""
    rows, length, units = (4, 6, 8) if tiny else (64, 50, 512)
    chance = np.random.default_rng(0)
    lengths = np.sort(chance.integers(length // 5, length + 1, rows))[::-1].copy()
    lengths[0] = length
    values = chance.standard_normal((rows, length, units), np.float32)
    return units, values, lengths


def transformer(layers, tiny):
    """Sizes of a Transformer, and a batch without padding: source and target."""
    rows, length = (2, 5) if tiny else (64, 32)
    sizes = {
        "num_layers": layers,
        "hidden_dim": 16 if tiny else 256,
        "num_heads": 4,
        "intermediate_dim": 32 if tiny else 1024,
        "dropout": 0.3,
    }
    words = 50 if tiny else 8000
    chance = np.random.default_rng(0)
    source, target = chance.integers(4, words, (2, rows, length + 1), np.int32)
    return sizes, words, source[:, 1:], target
