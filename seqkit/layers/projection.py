"""The matrix product that every dense part shares."""

from keras import ops


def project(x, kernel, bias=None):
    """Multiply the last axis of `x` by a matrix, as one two-dimensional product.

    A product of a rank-3 tensor and a matrix is much slower on some backends, in its
    gradient above all, than the same product with the leading axes folded into one.

    Args:
        x: Tensor `[..., D]`.
        kernel: Tensor `[D, E]`.
        bias: Optional tensor `[E]`.

    Returns:
        Tensor `[..., E]`, of the dtype of `x`.
    """
    # Keras casts weights within `call` alone, and layers have methods besides it.
    kernel = ops.cast(kernel, x.dtype)
    y = ops.matmul(ops.reshape(x, (-1, kernel.shape[0])), kernel)
    if bias is not None:
        y = ops.add(y, ops.cast(bias, x.dtype))
    return ops.reshape(y, (*ops.shape(x)[:-1], kernel.shape[1]))


def position_wise(layer, x):
    """Calls a layer such as `Dense` on `[..., D]` as on one matrix, like `project`.

    The gradient of the product of more dimensions, in a loop, XLA cannot compile.
    """
    y = layer(ops.reshape(x, (-1, x.shape[-1])))
    return ops.reshape(y, (*ops.shape(x)[:-1], y.shape[-1]))
