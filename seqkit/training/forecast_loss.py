"""The losses of forecasts: squared, absolute, and of quantiles."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.training.losses import WeightedMean


@keras.saving.register_keras_serializable(package="seqkit")
class ForecastLoss(WeightedMean):
    """How far forecasts are from values, averaged over the values that are known.

    With e = y - ŷ, of each value

        squared    e²
        absolute   |e|
        quantiles  mean over q of max(q e, (q - 1) e)     (the pinball loss)

    (Quantiles: Koenker and Bassett 1978.) The weights are 1 where a value is known and
    0 where it is missing; the loss is divided by their sum.

    Args:
        kind: `"squared"` or `"absolute"`, without quantiles.
        quantiles: Q numbers between 0 and 1, rising.

    Call arguments:
        y_true, y_pred: `[B, H, V]` and `[B, H, V, Q]`; Q is 1 without quantiles.
        sample_weight: `[B, H, V]`.

    >>> import numpy as np
    >>> from seqkit.training import ForecastLoss
    >>> y_true, y_pred = np.array([[[2.0]]]), np.array([[[[1.0], ]]])
    >>> float(ForecastLoss("absolute")(y_true, y_pred))
    1.0
    >>> y_pred = np.array([[[[1.0, 2.0, 4.0]]]])
    >>> round(float(ForecastLoss(quantiles=[0.1, 0.5, 0.9])(y_true, y_pred)), 3)
    0.1
    """

    def __init__(
        self,
        kind: str = "squared",
        quantiles: Sequence[float] = (),
        name: str = "forecast_loss",
        **kwargs: Any,
    ):
        super().__init__(name=name, **kwargs)
        if kind not in ("squared", "absolute"):
            raise SeqkitError(f"kind: expected squared or absolute, found {kind!r}")
        self.kind, self.quantiles = kind, [float(q) for q in quantiles]

    def call(self, y_true: Any, y_pred: Any) -> Any:
        y_pred = ops.cast(y_pred, "float32")
        error = ops.cast(y_true, "float32")[..., None] - y_pred
        if self.quantiles:
            q = ops.convert_to_tensor(self.quantiles, "float32")
            return ops.mean(ops.maximum(q * error, (q - 1) * error), axis=-1)
        error = error[..., 0]
        return ops.square(error) if self.kind == "squared" else ops.abs(error)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"kind": self.kind, "quantiles": self.quantiles}
