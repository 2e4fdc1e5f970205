"""cuDNN's LSTM through JAX, the only recurrence of cuDNN that JAX has.

B rows, T steps, D inputs, H units, N directions (1 or 2), of which the second reads
backwards. No other module of the layers imports JAX, and it only where it runs.
"""

from collections.abc import Sequence
from typing import Any

import jax
from jax import numpy as jnp


def lstm(
    sequences: Any,
    states: Sequence[Sequence[Any]],
    weights: Sequence[Sequence[Any]],
    lengths: Any,
) -> tuple[Any, list]:
    """Runs an LSTM over all steps, one direction or both in one call.

    Args:
        sequences: `[B, T, D]`, float32, as are all others but `lengths`.
        states: For each direction h and c, `[B, H]` each.
        weights: For each direction kernel, recurrent kernel and bias as Keras has
            them, gates in the order i, f, c, o.
        lengths: Steps of each row, `[B]`, at least 1; or `None` for all.

    Returns:
        Outputs `[B, T, N H]`, 0 after the end of a row; and the states, as given.
    """
    from jax.experimental import rnn

    rows, steps, width = sequences.shape
    if lengths is None:
        lengths = jnp.full((rows,), steps)
    # First the matrices of all directions, then the biases, of which there are two.
    parts = [matrix.T for kernels in weights for matrix in kernels[:2]]
    for kernels in weights:
        parts += [kernels[2], jnp.zeros_like(kernels[2])]
    run: Any = rnn.lstm
    outputs, *last = run(
        sequences,
        *(jnp.stack(each) for each in zip(*states, strict=True)),
        jnp.concatenate([part.ravel() for part in parts]),
        lengths.astype("int32"),
        input_size=width,
        hidden_size=weights[0][1].shape[0],
        num_layers=1,
        dropout=0.0,
        bidirectional=len(weights) == 2,
        precision=_precision(),
    )
    return outputs, [list(each) for each in zip(*last, strict=True)]


def _precision():
    """The one of matrix products; bfloat16, which cuDNN lacks here, becomes TF32."""
    chosen = jax.config.jax_default_matmul_precision
    full = chosen in ("highest", "float32")
    return jax.lax.Precision.HIGHEST if full else jax.lax.Precision.HIGH


def device(tensor: Any) -> Any:
    """Where a tensor is, or while tracing where it will be."""
    if isinstance(tensor, jax.Array) and not isinstance(tensor, jax.core.Tracer):
        return next(iter(tensor.devices()))
    chosen = jax.config.jax_default_device
    if chosen is None or isinstance(chosen, str):
        return jax.local_devices(backend=chosen)[0]
    return chosen


def reaches_cudnn(tensor: Any) -> bool:
    """Whether it is on a GPU of CUDA (of ROCm it is not)."""
    found = device(tensor)
    return found.platform == "gpu" and "cuda" in found.client.platform_version
