"""What an LSTM or a GRU keeps, writes and reads at each token."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.readers import read


@dataclass(frozen=True)
class GateActivity:
    """The gates of one layer of H units along T tokens, each between 0 and 1.

    Attributes:
        tokens: T strings.
        layer: Number of the layer, from 0.
        kept: Float array `[T, H]`, how much of its memory a unit keeps: the forget gate
            f of an LSTM; z of a GRU (h = z * h + (1 - z) * g).
        written: `[T, H]`, how much it writes: the input gate i; 1 - z of a GRU.
        read: `[T, H]`, how much of the memory is read: the output gate o, for the
            layer's output; the reset gate r of a GRU, for what it writes next.

    `activity[10:20]` is the part at those tokens.
    """

    tokens: list[str]
    layer: int
    kept: np.ndarray
    written: np.ndarray
    read: np.ndarray

    @property
    def gates(self) -> dict[str, np.ndarray]:
        """All three, by name."""
        return {name: getattr(self, name) for name in ("kept", "written", "read")}

    def __getitem__(self, tokens: slice) -> "GateActivity":
        if not isinstance(tokens, slice):
            raise SeqkitError(f"expected a slice of the tokens, found {tokens!r}")
        parts = (values[tokens] for values in self.gates.values())
        return GateActivity(self.tokens[tokens], self.layer, *parts)

    def means(self) -> dict[str, np.ndarray]:
        """The mean over the units, `[T]`, of each gate by name."""
        return {name: values.mean(axis=1) for name, values in self.gates.items()}

    def saturation(
        self, low: float = 0.1, high: float = 0.9
    ) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """How often each unit's gates are nearly shut or open.

        Karpathy, Johnson and Fei-Fei 2015, arXiv:1506.02078, section 4.2 and figure 2:
        a unit whose `kept` is nearly always right-saturated remembers for long; one
        whose `kept` is left-saturated only sees the current token.

        Below `low` a gate is left-saturated (shut), above `high` right-saturated
        (open). Returns for each gate by name a pair of arrays `[H]`: the fractions of
        tokens at which the unit is left-saturated and right-saturated.
        """
        return {
            name: ((values < low).mean(axis=0), (values > high).mean(axis=0))
            for name, values in self.gates.items()
        }


def gate_activity(
    task_or_model: Any, text: Any, layer: int | None = -1
) -> GateActivity | list[GateActivity]:
    """The gates of a language model along a text.

    The model reads the text from an empty state, without dropout, and for a task of
    documents from `<s>`. The gates at a token are those with which it is read.

    Args:
        task_or_model: A language-modelling `Task` of architecture `"lstm"` or `"gru"`,
            or such a `RecurrentLanguageModel`.
        text: A text; or token ids, which a model without a task needs.
        layer: Number of the layer, from 0, or -1 for the topmost; `None` lists all.

    Raises:
        SeqkitError: The model has no gates, no such layer, or the text is empty.

    >>> import seqkit
    >>> model = seqkit.models.RecurrentLanguageModel(20, "gru", hidden_dim=8)
    >>> activity = seqkit.inspect.gate_activity(model, [5, 6, 7])
    >>> activity.kept.shape, sorted(activity.means())
    ((3, 8), ['kept', 'read', 'written'])
    """
    model, token_ids, tokens = read(task_or_model, text)
    if layer is None:
        number = len(getattr(getattr(model, "stack", None), "recurrent_layers", [0]))
        return [_activity(model, token_ids, tokens, n) for n in range(number)]
    return _activity(model, token_ids, tokens, layer)


def _activity(model, token_ids, tokens, layer):
    from seqkit.inspect.gates import gru_gates, lstm_gates
    from seqkit.inspect.recurrent_trace import trace
    from seqkit.layers import GRU, LSTM

    number, seen = trace(model, token_ids, layer)
    if isinstance(seen.layer, LSTM):
        gates = lstm_gates(seen)
        kept, written, used = (gates[n] for n in ("forget", "input", "output"))
    elif isinstance(seen.layer, GRU):
        gates = gru_gates(seen)
        kept, written, used = gates["update"], 1 - gates["update"], gates["reset"]
    else:
        raise SeqkitError(
            "gate_activity: expected an LSTM or a GRU, found a "
            f"{type(seen.layer).__name__}, which has no gates. `unit_activity` shows "
            "its units"
        )
    return GateActivity(tokens, number, kept, written, used)
