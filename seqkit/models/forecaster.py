"""The model that forecasts time series."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.checks import check_choice
from seqkit.layers.configured import Configured
from seqkit.registries import encoders, forecasters
from seqkit.registry import accepted


@keras.saving.register_keras_serializable(package="seqkit")
class Forecaster(Configured, keras.Model):
    """The future of several variables, each from its own past by the same network.

        x   = (values - level) / spread              of each window and variable
        y   = network([x, covariates])               a variable at a time
        y   = y + W relu(W' known)                   if there are known variables
        out = y * spread + level

    `level` and `spread` undo what differs from window to window: with
    `normalization="last"` the last value and 1 (Lin et al. 2023, arXiv:2308.11200,
    section 3.2), with `"standard"` mean and deviation (Kim et al. 2022, reversible
    instance normalisation), with `None` 0 and 1. That each variable is read by itself
    is called channel independence (Nie et al. 2023, arXiv:2211.14730, section 3.1).

    Args:
        num_variables: Variables to forecast, V.
        look_back, horizon: Steps of the past, L, and of the future, H.
        architecture: `"linear"`, `"segrnn"`, `"rnn"`, `"lstm"`, `"gru"`,
            `"transformer"` or `"mamba"`, or another name of
            `seqkit.registries.forecasters` or `seqkit.registries.encoders`. An encoder
            reads the past in segments (patches).
        num_covariates: Further variables of the past, C.
        num_known: Variables of the future that are known ahead, F.
        num_outputs: Figures per value: 1, or the number of quantiles, Q.
        normalization: `"last"`, `"standard"` or `None`.
        segment_length: Steps of a segment, w.
        hidden_dim: Units, or the width of a Transformer.
        num_layers, num_heads, intermediate_dim: Of an encoder.
        dropout: Fraction dropped in training.
        implementation: What runs recurrent layers, as in `seqkit.layers.LSTM`.

    Call arguments:
        inputs: Dictionary of `"values"` `[B, L, V]`, and if there are any of
            `"covariates"` `[B, L, C]` and `"known"` `[B, H, F]`; or the values alone.

    Returns:
        Tensor `[B, H, V, Q]`, float32.

    >>> import numpy as np, seqkit
    >>> model = seqkit.models.Forecaster(2, look_back=8, horizon=4, segment_length=4)
    >>> tuple(model(np.zeros((3, 8, 2), "float32")).shape)
    (3, 4, 2, 1)
    """

    def __init__(
        self,
        num_variables: int,
        look_back: int,
        horizon: int,
        *,
        architecture: str = "segrnn",
        num_covariates: int = 0,
        num_known: int = 0,
        num_outputs: int = 1,
        normalization: str | None = "last",
        segment_length: int = 12,
        hidden_dim: int = 128,
        num_layers: int = 1,
        num_heads: int = 4,
        intermediate_dim: int | None = None,
        dropout: float = 0.1,
        implementation: str | int = "auto",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        check_choice("architecture", architecture, (*forecasters, *encoders))
        if normalization is not None:
            check_choice(
                "normalization", normalization, ("last", "standard"), " or None"
            )
        from seqkit.models.segment_forecaster import SegmentForecaster

        whole = architecture in forecasters
        make = forecasters[architecture] if whole else SegmentForecaster
        options = {name: getattr(self, name) for name in _PASSED}
        options |= {"units": hidden_dim, "num_channels": num_variables}
        if not whole:
            options["encoder"] = architecture
        self.network = make(
            **accepted(make, options), name="network", dtype=self.dtype_policy
        )
        self.ahead: Sequence[Any] = []
        if num_known:
            self.ahead = [
                keras.layers.Dense(size, activation, dtype=self.dtype_policy, name=name)
                for size, activation, name in (
                    (hidden_dim, "relu", "ahead_hidden"),
                    (num_variables * num_outputs, None, "ahead"),
                )
            ]

    def build(self, input_shape: Any = None) -> None:
        self.network.build((None, self.look_back, 1 + self.num_covariates))
        width = self.num_known
        for layer in self.ahead:
            layer.build((None, self.horizon, width))
            width = layer.units
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        inputs = inputs if isinstance(inputs, dict) else {"values": inputs}
        values = ops.cast(inputs["values"], "float32")
        self._check(inputs, values)
        rows, size = ops.shape(values)[0], self.num_variables
        level, spread = self._scale(values)
        x = ops.transpose((values - level) / spread, (0, 2, 1))
        x = ops.reshape(x, (-1, self.look_back, 1))  # [B · V, L, 1]
        if self.num_covariates:
            more = ops.cast(inputs["covariates"], x.dtype)
            x = ops.concatenate([x, ops.repeat(more, size, axis=0)], axis=-1)
        channels = ops.tile(ops.arange(size, dtype="int32"), (rows,))
        y = self.network(x, channels=channels, training=training)
        y = ops.cast(y, "float32")
        y = ops.reshape(y, (-1, size, self.horizon, self.num_outputs))
        y = ops.transpose(y, (0, 2, 1, 3))
        if self.num_known:
            known = inputs["known"]
            for layer in self.ahead:
                known = layer(known)
            known = ops.cast(known, "float32")
            shape = (-1, self.horizon, size, self.num_outputs)
            y = y + ops.reshape(known, shape)
        return y * spread[..., None] + level[..., None]

    def _scale(self, values: Any) -> tuple[Any, Any]:
        """Level and spread of each window, `[B, 1, V]`."""
        last = values[:, -1:]
        if self.normalization == "standard":
            mean = ops.mean(values, axis=1, keepdims=True)
            variance = ops.mean(ops.square(values - mean), axis=1, keepdims=True)
            return mean, ops.sqrt(variance + 1e-5)
        if self.normalization is None:
            return ops.zeros_like(last), ops.ones_like(last)
        return last, ops.ones_like(last)

    def _check(self, inputs: dict, values: Any) -> None:
        expected = (self.look_back, self.num_variables)
        if tuple(values.shape[1:]) != expected:
            raise SeqkitError(
                f"values: expected the shape [B, {expected[0]}, {expected[1]}], found "
                f"{list(values.shape)}"
            )
        for name in ("covariates", "known"):
            if getattr(self, f"num_{name}") and name not in inputs:
                raise SeqkitError(
                    f"{self.name}: expected inputs with {name!r}, found "
                    f"{', '.join(map(repr, inputs))}. The model was made to read it"
                )


_PASSED = (
    "look_back horizon num_outputs segment_length hidden_dim num_layers num_heads "
    "intermediate_dim dropout implementation"
).split()
