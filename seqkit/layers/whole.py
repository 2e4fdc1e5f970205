"""Recurrences that one call of a library runs over all steps, on JAX and PyTorch.

That is cuDNN on a GPU, and PyTorch's own kernels elsewhere. Whether they can is decided
beforehand, by what they need.
"""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


def cudnn_obstacles(layer: Any, sequences: Any) -> list[str]:
    """What keeps cuDNN from running a layer here: "expected ..., found ...", each.

    On TensorFlow Keras decides, and this explains.
    """
    backend = keras.backend.backend()
    kinds = {"an LSTM": keras.layers.LSTM, "a GRU": keras.layers.GRU}
    if backend == "jax":
        del kinds["a GRU"]
    problems = []
    if not isinstance(layer, tuple(kinds.values())):
        also = ", all that JAX has of cuDNN" if backend == "jax" else ""
        problems += [
            f"expected {' or '.join(kinds)}{also}, found a {type(layer).__name__}"
        ]
    for name, wanted in _WANTED.items():
        found = getattr(layer, name, wanted)
        if found is not wanted and found != wanted:
            problems += [f"expected {name}={_named(wanted)}, found {_named(found)}"]
    return problems + _device_obstacles(backend, sequences, layer.compute_dtype)


_WANTED = {
    "activation": keras.activations.tanh,
    "recurrent_activation": keras.activations.sigmoid,
    "use_bias": True,
    "recurrent_dropout": 0,
    "reset_after": True,
    "unroll": False,
}


def _device_obstacles(backend, sequences, dtype):
    if backend == "tensorflow":
        here = keras.distribution.list_devices("gpu")
        return [] if here else ["expected a GPU, found none"]
    if backend == "torch":
        from seqkit.layers import fused_torch

        if fused_torch.reaches_cudnn(sequences):
            return []
        where = sequences.device
        return [f"expected a GPU with cuDNN and no tracing of PyTorch, found {where}"]
    from seqkit.layers import cudnn_jax

    problems = []
    if not cudnn_jax.reaches_cudnn(sequences):
        problems += [f"expected a GPU of CUDA, found {cudnn_jax.device(sequences)}"]
    if working_dtype(dtype) == "float64":
        problems += ["expected a precision of at most float32, found float64"]
    distribution = keras.distribution.distribution()
    if distribution is not None and distribution.device_mesh.devices.size > 1:
        problems += [
            "expected one device, found a distribution over "
            f"{distribution.device_mesh.devices.size}, each of which would run it whole"
        ]
    return problems


def _named(value):
    return repr(getattr(value, "__name__", value))


def working_dtype(dtype: str) -> str:
    """The type of the numbers within: halves are widened, which cuDNN partly lacks."""
    return "float64" if dtype == "float64" else "float32"


def run_whole(
    name: str,
    layers: Sequence[Any],
    sequences: Any,
    states: Sequence[Sequence[Any]],
    mask: Any,
) -> tuple[Any, list]:
    """Runs a layer, or one forwards and one backwards, in a single call.

    Args:
        name: `"cudnn"` or `"fused"`, which can run them.
        layers: One or two; the second reads backwards.
        sequences: `[B, T, D]`.
        states: For each layer its states, `[B, H]` each.
        mask: `[B, T]` boolean of any form, or `None`. Steps that are kept move to the
            front, so that a length says the same.

    Returns:
        Outputs `[B, T, N H]` in the order of time, at a masked step those of the last
        one kept before it (or anything, before the first); and each layer's states.
    """
    dtype = layers[0].compute_dtype
    wide = working_dtype(dtype)
    lengths, some = None, None
    if mask is not None:
        sequences, lengths = _to_front(sequences, mask)
        some = lengths[:, None] > 0
        lengths = ops.maximum(lengths, 1)  # 0 is none that a kernel takes
    arguments = keras.tree.map_structure(
        lambda value: None if value is None else ops.cast(value, wide),
        (sequences, list(states), [layer.kernel_weights() for layer in layers]),
    )
    kernel: Any = _kernel(name, layers[0])
    outputs, last = kernel(*arguments, lengths)
    if mask is not None:
        outputs = _to_their_steps(outputs, mask)
        last = [
            [ops.where(some, a, ops.cast(b, wide)) for a, b in zip(*pair, strict=True)]
            for pair in zip(last, states, strict=True)
        ]
    return keras.tree.map_structure(
        lambda value: ops.cast(value, dtype), (outputs, last)
    )


def _kernel(name, layer):
    if keras.backend.backend() == "jax":
        from seqkit.layers import cudnn_jax

        return cudnn_jax.lstm
    from seqkit.layers import fused_torch

    equations = layer.fused(fused_torch)
    return lambda *arguments: fused_torch.recurrence(
        equations, *arguments, cudnn=name == "cudnn"
    )


def _to_front(sequences, mask):
    """Moves what is kept to the front of each row; and how many steps that are."""
    steps = ops.arange(mask.shape[1])[None]
    order = ops.argsort(ops.where(mask, steps, steps + mask.shape[1]), axis=1)
    moved = ops.take_along_axis(sequences, order[:, :, None], axis=1)
    return moved, ops.sum(ops.cast(mask, "int32"), axis=1)


def _to_their_steps(outputs, mask):
    number = ops.cumsum(ops.cast(mask, "int32"), axis=1)
    index = ops.maximum(number - 1, 0)
    return ops.take_along_axis(outputs, index[:, :, None], axis=1)


def run_both(
    forward: Any,
    backward: Any,
    sequences: Any,
    states: Sequence[Sequence[Any]],
    mask: Any,
    training: bool,
) -> tuple[Any, Any, list] | None:
    """Runs both directions in one call, or returns `None` if that cannot be.

    Returns the outputs of each direction, `[B, T, H]` in the order of time, with zeros
    at masked steps; and the states of each.
    """
    name = _joint_name(forward, backward, sequences, training)
    if name is None:
        return None
    outputs, last = run_whole(name, (forward, backward), sequences, states, mask)
    if mask is not None:
        outputs = ops.where(mask[:, :, None], outputs, ops.zeros_like(outputs))
    for layer in (forward, backward):
        layer.note(name)
    return outputs[..., : forward.units], outputs[..., forward.units :], last


def _joint_name(forward, backward, sequences, training):
    """The implementation that both layers would take, if one call can serve both."""
    both = (forward, backward)
    if (
        not all(layer.joins for layer in both)
        or type(forward) is not type(backward)
        or forward.units != backward.units
        or forward.compute_dtype != backward.compute_dtype
        or forward.cell.activation is not backward.cell.activation
        or (training and any(layer.cell.dropout for layer in both))
        or any(layer.stateful or layer.activity_regularizer for layer in both)
        or forward.go_backwards
        or not backward.go_backwards
    ):
        return None
    names = [layer.whole(sequences) for layer in both]
    return names[0] if names[0] == names[1] else None
