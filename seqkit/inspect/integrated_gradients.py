"""What each place of an embedded text adds to a number computed from it."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.inspect.compiled import compiled_gradient

# Embedded tokens per batch, so that long texts need no more memory.
TOKENS = 8192


def integrated_gradients(
    function: Callable[[Any], Any], embedded: Any, baseline: Any = None, steps: int = 32
) -> tuple[np.ndarray, float, float]:
    """Integrated gradients (Sundararajan et al. 2017, arXiv:1703.01365, equation 1).

    With x the embedded text `[1, T, E]` and x' a baseline, by default 0, token t gets

        sum_e (x_te - x'_te) * integral_0^1 dF(x' + a (x - x')) / dx_te da

    by the middles of equal steps. Returns these, float64 `[T]`, F(x) and F(x').
    """
    x: Any = ops.convert_to_numpy(ops.cast(embedded, "float32"))
    if x.ndim != 3 or len(x) != 1 or steps < 1:
        raise SeqkitError(
            "expected embedded of the shape (1, tokens, width) and at least one step, "
            f"found {x.shape} and steps={steps}"
        )
    start = np.zeros_like(x)
    if baseline is not None:
        try:
            start = start + np.asarray(baseline, "float32")
        except ValueError:
            start = np.asarray(baseline)
        if start.shape != x.shape:
            raise SeqkitError(
                f"baseline: expected an array that broadcasts to {x.shape}, found "
                f"the shape {np.shape(baseline)}"
            )
    # All batches have one size, since each size is compiled separately.
    size = max(1, min(steps, TOKENS // max(1, x.shape[1])))
    size = next(n for n in range(size, 0, -1) if steps % n == 0)
    shares = ((np.arange(steps, dtype="float32") + 0.5) / steps).reshape(-1, size)
    gradient = _gradient(lambda values: ops.sum(function(values[0])))
    total = np.zeros(x.shape[1:])
    for share in shares:
        points = start + share[:, None, None] * (x - start)
        (slopes,) = gradient([ops.convert_to_tensor(points)])
        total += np.asarray(ops.convert_to_numpy(slopes), "float64").sum(axis=0)
    scores = (total / steps * (x - start)[0]).sum(axis=-1)
    ends = function(ops.convert_to_tensor(np.concatenate([x, start])))
    value, base = np.asarray(ops.convert_to_numpy(ends), "float64")
    return scores, float(value), float(base)


def _gradient(function):
    """Like `compiled_gradient`, also for PyTorch."""
    if keras.backend.backend() != "torch":
        return compiled_gradient(function)
    import torch  # pyright: ignore[reportMissingImports]

    def gradient(values):
        leaves = [value.detach().requires_grad_() for value in values]
        with torch.enable_grad():
            # No gradients of the weights.
            return torch.autograd.grad(
                function(leaves), leaves, allow_unused=True, materialize_grads=True
            )

    return gradient
