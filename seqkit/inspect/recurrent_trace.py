"""What happens in the recurrent layers of a language model along a text."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.inspect.intercept import intercepted


@dataclass(frozen=True)
class LayerTrace:
    """A recurrent layer, its inputs `[T, D]` and h after each of T tokens, `[T, H]`."""

    layer: Any
    inputs: np.ndarray
    hidden: np.ndarray

    @property
    def before(self) -> np.ndarray:
        """h before each token, `[T, H]`; zeros before the first."""
        return np.concatenate([np.zeros_like(self.hidden[:1]), self.hidden[:-1]])


def trace(model: Any, token_ids: np.ndarray, layer: int) -> tuple[int, LayerTrace]:
    """The number of a layer, and its trace in a run of the model over ids `[T]`."""
    stack = getattr(model, "stack", None)
    layers = getattr(stack, "recurrent_layers", None)
    if not layers:
        raise SeqkitError(
            f"expected a recurrent language model, found {type(model).__name__}, which "
            "has no recurrent layers"
        )
    if not -len(layers) <= layer < len(layers):
        raise SeqkitError(
            f"layer: expected a number from {-len(layers)} to {len(layers) - 1}, found "
            f"{layer}"
        )
    seen = {}

    def look(call, sequences, *args, **kwargs):
        results = call(sequences, *args, **kwargs)
        seen["inputs"], seen["hidden"] = sequences, results[0]
        return results

    with intercepted(layers[layer], "call", look):
        model.run(ops.convert_to_tensor(token_ids[None]), model.initial_state(1))
    arrays = (
        ops.convert_to_numpy(ops.cast(seen[name][0], "float32"))
        for name in ("inputs", "hidden")
    )
    return layer % len(layers), LayerTrace(layers[layer], *arrays)
