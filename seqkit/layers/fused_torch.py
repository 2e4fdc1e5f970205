"""The recurrences that PyTorch has: its own kernels, or on a GPU cuDNN's.

B rows, T steps, D inputs, H units, N directions (1 or 2), of which the second reads
backwards. No other module of the layers imports PyTorch, and it only where it runs.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch.nn.utils import rnn


class FusedLSTM:
    """Gates in the order i, f, c, o, as Keras has them."""

    run = staticmethod(torch._VF.lstm)  # pyright: ignore[reportAttributeAccessIssue]
    several_states = True

    def in_order(self, weight: Any) -> Any:
        """Keras's gates, along the last axis, in PyTorch's order."""
        return weight

    def biases(self, bias: Any) -> Any:
        """Biases of the input's and of the state's product."""
        return bias, torch.zeros_like(bias)


class FusedSimpleRNN(FusedLSTM):
    """A tanh or relu of both products."""

    several_states = False
    ACTIVATIONS = {
        "tanh": torch._VF.rnn_tanh,  # pyright: ignore[reportAttributeAccessIssue]
        "relu": torch._VF.rnn_relu,  # pyright: ignore[reportAttributeAccessIssue]
    }

    def __init__(self, activation: Any = "tanh"):
        self.run: Callable = self.ACTIVATIONS[activation]


class FusedGRU(FusedLSTM):
    """Gates in the order z, r, h in Keras, and r, z, h in PyTorch."""

    run = staticmethod(torch._VF.gru)  # pyright: ignore[reportAttributeAccessIssue]
    several_states = False

    def in_order(self, weight: Any) -> Any:
        z, r, h = weight.chunk(3, dim=-1)
        return torch.cat([r, z, h], dim=-1)

    def biases(self, bias: Any) -> Any:
        return bias[0], bias[1]


def recurrence(
    equations: Any,
    sequences: Any,
    states: Sequence[Sequence[Any]],
    weights: Sequence[Any],
    lengths: Any,
    cudnn: bool,
) -> tuple[Any, list]:
    """Runs the equations of a layer, one of the classes above, over all steps.

    Args:
        equations: An object of a class above.
        sequences: `[B, T, D]`; the type of all numbers is its own.
        states: For each direction its states, `[B, H]` each.
        weights: For each direction kernel, recurrent kernel and bias (or `None`) as
            Keras has them; a GRU's biases are `[2, 3 H]`.
        lengths: Steps of each row, `[B]`, at least 1; or `None` for all.
        cudnn: Whether cuDNN may run it; the tensors are on a GPU then.

    Returns:
        Outputs `[B, T, N H]`, 0 after the end of a row; and the states, as given.
    """
    initial = [torch.stack(each) for each in zip(*states, strict=True)]
    parameters = _parameters(equations, weights)
    # Biases, 1 layer, no dropout, whether to keep what a gradient needs, directions.
    settings = True, 1, 0.0, torch.is_grad_enabled(), len(weights) == 2

    def run(*data, initial):
        hx = tuple(initial) if equations.several_states else initial[0]
        output, *last = equations.run(*data, hx, parameters, *settings, *batch_first)
        return output, last

    with contextlib.nullcontext() if cudnn else _without_cudnn():
        if lengths is None:
            batch_first = (True,)
            outputs, last = run(sequences, initial=initial)
        else:
            batch_first = ()
            lengths = lengths.to("cpu", torch.int64)
            packed = rnn.pack_padded_sequence(
                sequences, lengths, batch_first=True, enforce_sorted=False
            )
            initial = [each[:, packed.sorted_indices] for each in initial]
            data, last = run(packed.data, packed.batch_sizes, initial=initial)
            last = [each[:, packed.unsorted_indices] for each in last]
            outputs, _ = rnn.pad_packed_sequence(
                packed._replace(data=data),
                batch_first=True,
                total_length=sequences.shape[1],
            )
    return outputs, [list(each) for each in zip(*last, strict=True)]


@contextlib.contextmanager
def _without_cudnn() -> Iterator[None]:
    before = torch.backends.cudnn.enabled
    torch.backends.cudnn.enabled = False
    try:
        yield
    finally:
        torch.backends.cudnn.enabled = before


def _parameters(equations, weights):
    """Views of one tensor in cuDNN's order, or cuDNN copies them and warns."""
    matrices, biases = [], []
    for kernel, recurrent_kernel, bias in weights:
        matrices += [equations.in_order(w).T for w in (kernel, recurrent_kernel)]
        none = kernel.new_zeros((2, kernel.shape[1]))
        pair = none if bias is None else equations.biases(bias)
        biases += [equations.in_order(b) for b in pair]
    every = matrices + biases
    flat = torch.cat([one.reshape(-1) for one in every])
    views = flat.split([one.numel() for one in every])
    views = [v.view(one.shape) for v, one in zip(views, every, strict=True)]
    # PyTorch's order: both matrices and both biases of a direction.
    middle = len(matrices)
    return [
        view
        for start in range(0, middle, 2)
        for view in (*views[start : start + 2], *views[middle + start :][:2])
    ]


def runs_here(tensor: Any) -> bool:
    """Whether the kernels take a tensor: it is real, and nothing is being traced."""
    return tensor.device.type in ("cpu", "cuda") and not (
        torch.jit.is_tracing() or torch.compiler.is_compiling()
    )


def reaches_cudnn(tensor: Any) -> bool:
    """Whether PyTorch takes cuDNN for what is on the device of a tensor."""
    cudnn = torch.backends.cudnn
    return (
        runs_here(tensor) and tensor.is_cuda and cudnn.enabled and cudnn.is_available()
    )
