"""Arrays, masks and gradients on whatever Keras backend is current."""

from collections.abc import Callable, Iterable
from typing import Any

import keras
import numpy as np
from keras import ops, tree


def right_padded_mask(batch: int, length: int) -> np.ndarray:
    """[batch, length] boolean: one full row, one of length 1, others between."""
    lengths = np.linspace(length, 1, batch).round().astype(int)
    return np.arange(length) < lengths[:, None]


def is_float(value: Any) -> bool:
    dtype = keras.backend.standardize_dtype(value.dtype)
    return keras.backend.is_float_dtype(dtype)


def to_numpy(value: Any) -> np.ndarray:
    """A float32 (or integer, or boolean) NumPy array of a tensor of any dtype."""
    if is_float(value):
        value = ops.cast(value, "float32")
    return np.asarray(ops.convert_to_numpy(value))


def assert_close(
    got: Iterable[Any], want: Iterable[Any], tolerance: float, what: str = ""
) -> None:
    """Asserts that two lists of tensors have equal shapes and nearly equal numbers."""
    for a, b in zip(got, want, strict=True):
        a, b = (to_numpy(ops.convert_to_tensor(v)) for v in (a, b))
        assert a.shape == b.shape, f"{what}: expected shape {b.shape}, found {a.shape}"
        np.testing.assert_allclose(a, b, atol=tolerance, rtol=tolerance, err_msg=what)


def leaves(outputs: Any) -> list[Any]:
    """The tensors of a structure, without those that are `None`."""
    return [leaf for leaf in tree.flatten(outputs) if leaf is not None]


def pack(values: list[Any]) -> Any:
    """A list as a model takes it: the bare array if there is one."""
    return values[0] if len(values) == 1 else list(values)


def as_one_program(function: Callable[..., Any]) -> Callable[..., Any]:
    """On JAX the function compiled as a whole, else the function."""
    if keras.backend.backend() != "jax":
        return function
    import jax

    def stateless(*arguments):
        with keras.StatelessScope():  # a traced state must not stay in its variable
            return function(*arguments)

    return jax.jit(stateless)


def gradients(
    model: Any, data: Any, inputs_too: bool = False, training: bool = True
) -> list[np.ndarray | None]:
    """Gradients of a weighted sum of outputs; `inputs_too`: by float inputs too."""
    data = [ops.convert_to_tensor(a) for a in tree.flatten(data)]
    floating = [i for i, a in enumerate(data) if is_float(a)]

    def loss_of(outputs):
        total = 0.0
        for out in leaves(outputs):
            weights = np.random.default_rng(3).standard_normal(out.shape)
            weights = ops.convert_to_tensor(weights, dtype="float32")
            total += ops.sum(ops.cast(out, "float32") * weights)
        return total

    values = [v.value for v in model.trainable_variables]
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        inputs = [data[i] for i in floating]
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            loss = loss_of(model(pack(data), training=training))
        found = tape.gradient(loss, values + inputs * inputs_too)
    elif backend == "jax":
        import jax

        def loss_fn(trainable, inputs):
            full = list(data)
            for i, value in zip(floating, inputs, strict=True):
                full[i] = value
            outputs, _ = model.stateless_call(
                trainable, fixed, pack(full), training=training
            )
            return loss_of(outputs)

        fixed = [v.value for v in model.non_trainable_variables]
        found, more = as_one_program(jax.grad(loss_fn, argnums=(0, 1)))(
            values, [data[i] for i in floating]
        )
        found = list(found) + list(more) * inputs_too
    else:
        import torch

        for i in floating:
            data[i] = data[i].detach().requires_grad_()
        inputs = [data[i] for i in floating]
        loss = loss_of(model(pack(data), training=training))
        found = torch.autograd.grad(
            loss, values + inputs * inputs_too, allow_unused=True
        )
    return [None if g is None else to_numpy(ops.convert_to_tensor(g)) for g in found]
