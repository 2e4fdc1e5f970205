"""The matrix product that every dense part shares."""

from typing import Any

from keras import ops


def project(x: Any, kernel: Any, bias: Any = None) -> Any:
    """`x` `[..., D]` times a matrix `[D, E]`, as one two-dimensional product."""
    # Keras casts weights within `call` alone, and layers have methods besides it.
    kernel = ops.cast(kernel, x.dtype)
    y = ops.matmul(ops.reshape(x, (-1, kernel.shape[0])), kernel)
    if bias is not None:
        y = ops.add(y, ops.cast(bias, x.dtype))
    return ops.reshape(y, (*ops.shape(x)[:-1], kernel.shape[1]))


def position_wise(layer: Any, x: Any) -> Any:
    """Calls a layer such as `Dense` on `[..., D]` as on one matrix, like `project`."""
    # The gradient of the product of more dimensions, in a loop, XLA cannot compile.
    y = layer(ops.reshape(x, (-1, x.shape[-1])))
    return ops.reshape(y, (*ops.shape(x)[:-1], y.shape[-1]))
