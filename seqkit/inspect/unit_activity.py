"""The values of a language model's hidden units along a text."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.readers import read
from seqkit.inspect.unit_view import UnitView


class UnitCorrelation(NamedTuple):
    """A unit and its correlation with a property of the text, from -1 to 1."""

    unit: int
    correlation: float


@dataclass(frozen=True)
class UnitActivity:
    """The H units of one layer after each of T tokens.

    Attributes:
        values, tokens: Float array `[T, H]`, and T strings.
        name: Name of the layer.

    `activity[10:20]` is the part at those tokens.
    """

    values: np.ndarray
    tokens: list[str]
    name: str = ""

    def __getitem__(self, tokens: slice) -> "UnitActivity":
        if not isinstance(tokens, slice):
            raise SeqkitError(f"expected a slice of the tokens, found {tokens!r}")
        return UnitActivity(self.values[tokens], self.tokens[tokens], self.name)

    def view(self, unit: int) -> UnitView:
        """The text coloured by one unit."""
        units = self.values.shape[1]
        if not 0 <= unit < units:
            raise SeqkitError(
                f"unit: expected a number from 0 to {units - 1}, found {unit}"
            )
        name = f"{self.name}, unit {unit}" if self.name else f"unit {unit}"
        return UnitView(self.values[:, unit], self.tokens, name)

    def find(self, wanted: Any, top: int = 5) -> list[UnitCorrelation]:
        """The units that follow a property of the text best.

        Args:
            wanted: The property after each token, numbers or booleans `[T]`; or a
                function from the list of tokens to it, such as
                `seqkit.inspect.inside_quotes`.

        Returns:
            The units with the largest absolute correlation (Pearson's), largest first.
            A unit that never changes has 0.

        Raises:
            SeqkitError: The property has another length, or is the same everywhere.

        >>> import numpy as np, seqkit
        >>> values = np.array([[.1, .9, 0], [.5, .8, 0], [.2, .7, 0]])
        >>> activity = seqkit.inspect.UnitActivity(values, ["a", "b", "c"])
        >>> [round(x, 6) for x in activity.find([0, 1, 2], top=1)[0]]
        [1, -1.0]
        """
        name = getattr(wanted, "__name__", "the property")
        target = np.asarray(wanted(self.tokens) if callable(wanted) else wanted, float)
        if target.shape != (len(self.tokens),):
            raise SeqkitError(
                f"wanted: expected a number for each of {len(self.tokens)} tokens, "
                f"found the shape {target.shape}"
            )
        if not np.isfinite(target).all() or np.ptp(target) == 0:
            raise SeqkitError(
                f"wanted: expected finite numbers that differ along the text, found "
                f"{name} to be {target[0]} everywhere or not finite. Take another text"
            )
        target = target - target.mean()
        values = self.values - self.values.mean(axis=0, dtype="float64")
        scale = np.linalg.norm(values, axis=0) * np.linalg.norm(target)
        moves = np.ptp(self.values, axis=0) > 0
        correlation = np.where(moves, target @ values / np.where(moves, scale, 1), 0)
        order = np.argsort(-np.abs(correlation), kind="stable")[:top]
        return [UnitCorrelation(int(n), float(correlation[n])) for n in order]


def unit_activity(
    task_or_model: Any,
    text: Any,
    layer: int = -1,
    unit: int | None = None,
    *,
    of: str | None = None,
) -> UnitActivity | UnitView:
    """The values of a language model's units after each token of a text.

    The model reads the text from an empty state, without dropout, and for a task of
    documents from `<s>`.

    Args:
        task_or_model: A language-modelling `Task`, or a `LanguageModel`. If it is not
            recurrent, only the hidden vectors that the logits are computed from are
            available, `layer=-1`.
        text, layer: As in `gate_activity`; `unit` is that of one `UnitView`.
        of: `"cell"`, tanh(c) of an LSTM, as in Karpathy et al. 2015, arXiv:1506.02078;
            or `"hidden"`, h. By default the cell if there is one.

    Raises:
        SeqkitError: No such layer, unit or cell, or the text is empty.

    >>> import seqkit
    >>> model = seqkit.models.RecurrentLanguageModel(20, "lstm", hidden_dim=8)
    >>> activity = seqkit.inspect.unit_activity(model, [5, 6, 7])
    >>> activity.values.shape, activity.view(3).name
    ((3, 8), 'layer 1, unit 3')
    """
    if of not in (None, "cell", "hidden"):
        raise SeqkitError(f"of: expected 'cell', 'hidden' or None, found {of!r}")
    from keras import ops

    from seqkit.inspect.gates import lstm_gates
    from seqkit.inspect.recurrent_trace import trace
    from seqkit.layers import LSTM

    model, token_ids, tokens = read(task_or_model, text)
    if hasattr(model, "stack") or layer != -1:
        number, seen = trace(model, token_ids, layer)
        name, values, kind = f"layer {number}", seen.hidden, type(seen.layer)
        if issubclass(kind, LSTM) and of != "hidden":
            values, of = np.tanh(lstm_gates(seen)["cell"]), None
    else:
        ids = ops.convert_to_tensor(token_ids[None])
        hidden, _ = model.run(ids, model.initial_state(1))
        values = np.asarray(ops.convert_to_numpy(ops.cast(hidden[0], "float32")))
        name, kind = "last layer", type(model)
    if of == "cell":
        raise SeqkitError(
            f"of: expected 'hidden' or None for {kind.__name__}, found 'cell'. Only an "
            "LSTM has cells"
        )
    activity = UnitActivity(values, tokens, name)
    return activity if unit is None else activity.view(unit)
