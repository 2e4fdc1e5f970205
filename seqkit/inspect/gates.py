"""The gates of a recurrent layer, from its weights and its inputs."""

from typing import Any

import numpy as np
from keras import ops

from seqkit.inspect.recurrent_trace import LayerTrace
from seqkit.layers.zoneout import Zoneout


def lstm_gates(trace: LayerTrace) -> dict[str, np.ndarray]:
    """The gates i, f, o and the cell c of an `LSTM` along a text, float32 `[T, H]`."""
    layer = trace.layer
    i, f, g, o = np.split(_read(trace) + _recalled(trace), 4, axis=-1)
    i, f, o = (_activated(layer.recurrent_activation, x) for x in (i, f, o))
    written = i * _activated(layer.activation, g)
    cell, cells = np.zeros_like(written[0]), []
    for t in range(len(written)):
        after = f[t] * cell + written[t]
        if isinstance(layer, Zoneout):
            # c does not depend on h.
            _, after = layer.zone_out([cell, cell], [after, after])
        cell = np.asarray(after)
        cells.append(cell)
    return {"input": i, "forget": f, "output": o, "cell": np.stack(cells)}


def gru_gates(trace: LayerTrace) -> dict[str, np.ndarray]:
    """Float32 arrays `[T, H]` of a `GRU` along a text: `update` z and `reset` r."""
    both = 2 * trace.layer.units
    gates = (_read(trace) + _recalled(trace))[:, :both]
    z, r = np.split(_activated(trace.layer.recurrent_activation, gates), 2, axis=-1)
    return {"update": z, "reset": r}


def _read(trace):
    """The part of the input in the gates: x W, and b."""
    cell = trace.layer.cell
    product = trace.inputs @ _array(cell.kernel)
    return product if cell.bias is None else product + _biases(cell)[0]


def _recalled(trace):
    """The part of h before in the gates: h U, and in a GRU its own bias."""
    cell = trace.layer.cell
    product = trace.before @ _array(cell.recurrent_kernel)
    return product if cell.bias is None else product + _biases(cell)[1]


def _biases(cell):
    bias = _array(cell.bias)
    return bias if bias.ndim == 2 else (bias, np.zeros_like(bias))


def _array(weight) -> Any:
    return ops.convert_to_numpy(ops.cast(weight, "float32"))


def _activated(activation, x) -> Any:
    return ops.convert_to_numpy(activation(ops.convert_to_tensor(x)))
