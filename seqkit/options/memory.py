"""Sizes that cannot fit: how much memory they take, and how much there is."""

import os
from typing import Any

LAYER_BYTES = 100_000
"""What a layer takes besides its weights: at least so much."""


def memory_problem(size: float) -> str:
    """What is wrong with a number of bytes: nothing if they fit into this machine."""
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if size <= there:
        return ""
    return (
        "expected sizes that fit into memory, found ones that take at least "
        f"{size / 1e9:.3g} GB (this machine has {there / 1e9:.3g} GB)"
    )


def weight_bytes(num_layers: Any, hidden_dim: Any) -> float:
    """The least that a network takes: a square matrix per layer, and its gradient."""
    layers, width = float(num_layers or 1), float(hidden_dim or 1)
    return layers * (LAYER_BYTES + 2 * 4 * width * width)
