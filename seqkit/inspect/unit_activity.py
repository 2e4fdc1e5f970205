"""What the hidden units of a language model hold along a text."""

from dataclasses import dataclass
from typing import NamedTuple

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
        values: Float array `[T, H]`.
        tokens: T strings.
        name: Which layer they are of.

    `activity[10:20]` is the part at those tokens.
    """

    values: np.ndarray
    tokens: list
    name: str = ""

    def __getitem__(self, tokens):
        if not isinstance(tokens, slice):
            raise SeqkitError(f"expected a slice of the tokens, found {tokens!r}")
        return UnitActivity(self.values[tokens], self.tokens[tokens], self.name)

    def view(self, unit):
        """The text coloured by one unit, a `UnitView`."""
        units = self.values.shape[1]
        if not 0 <= unit < units:
            raise SeqkitError(
                f"unit: expected a number from 0 to {units - 1}, found {unit}"
            )
        name = f"{self.name}, unit {unit}" if self.name else f"unit {unit}"
        return UnitView(self.values[:, unit], self.tokens, name)

    def find(self, wanted, top=5):
        """The units that follow a property of the text best.

        Args:
            wanted: The property after each token, numbers or booleans `[T]`; or a
                function that makes it of the list of tokens, such as
                `seqkit.inspect.inside_quotes`.
            top: How many units to return.

        Returns:
            List of `UnitCorrelation`, the largest absolute correlation (Pearson's)
            first. A unit that never changes has 0.

        Raises:
            SeqkitError: The property is of another length, or the same at every token.

        Example:

        >>> import numpy as np
        >>> from seqkit.inspect import UnitActivity
        >>> values = np.array([[.1, .9, 0], [.5, .8, 0], [.2, .7, 0]])
        >>> activity = UnitActivity(values, ["a", "b", "c"])
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


def unit_activity(task_or_model, text, layer=-1, unit=None, *, of=None):
    """What the units of a language model hold after each token of a text.

    The model reads the text from an empty state, without dropout, `<s>` first where the
    task is one of documents.

    Args:
        task_or_model: A language-modelling `Task`, or a `LanguageModel`. Of an
            architecture that is not recurrent, the hidden vectors that the logits are
            made of can be seen, `layer=-1`.
        text: A text, or token ids, which a bare model takes.
        layer: Number of the layer, from 0, or -1 for the topmost.
        unit: Number of one unit.
        of: `"cell"`, tanh(c) of an LSTM, as Karpathy et al. 2015, arXiv:1506.02078,
            colour it; or `"hidden"`, h. By default the cell where there is one.

    Returns:
        A `UnitActivity` of all units; with `unit` the `UnitView` of one.

    Raises:
        SeqkitError: No such layer, unit or cell, or the text is empty.

    Example:

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
        name, values, recurrent = f"layer {number}", seen.hidden, seen.layer
    else:
        ids = ops.convert_to_tensor(token_ids[None])
        hidden, _ = model.run(ids, model.initial_state(1))
        values = ops.convert_to_numpy(ops.cast(hidden[0], "float32"))
        name, recurrent = "last layer", None
    if isinstance(recurrent, LSTM) and of != "hidden":
        values = np.tanh(lstm_gates(seen)["cell"])
    elif of == "cell":
        raise SeqkitError(
            f"of: expected 'hidden' or None for {type(recurrent or model).__name__}, "
            "found 'cell'. An LSTM alone has cells"
        )
    activity = UnitActivity(values, tokens, name)
    return activity if unit is None else activity.view(unit)
