"""What a served forecaster takes and returns."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from seqkit.export.rows import with_a_row
from seqkit.export.signatures import Signature


def forecast_signatures(
    model: Any, scaler: Any, num_calendar: int = 0, quantiles: Sequence[float] = ()
) -> dict[str, Signature]:
    """The signature `serving_default` of a forecaster: floats in, floats out.

    Letters: B windows (any number) of L steps, H steps of the future, V variables, C
    covariates, F that are known ahead, Q quantiles. It takes

    - `values` `[B, L, V]` float32, in the units of the data, NaN where one is missing;
    - if the model reads any, `covariates` `[B, L, C]`, and `known` `[B, L + H, F]` of
      the past and the future; with `num_calendar`, `calendar` `[B, L + H, 2 ·
      num_calendar]`, the sines and cosines of `seqkit.data.series.calendar`.

    It returns `forecast` `[B, H, V]`, and with quantiles `quantiles` `[B, H, V, Q]` and
    `levels` `[Q]`.

    Args:
        model: A `seqkit.models.Forecaster`.
        scaler: The `seqkit.data.SeriesScaler`.
        num_calendar: Cycles of the calendar that the model reads.
        quantiles: The quantiles that it forecasts.
    """
    past, horizon = model.look_back, model.horizon
    sizes = {
        "values": (past, len(scaler.targets)),
        "covariates": (past, len(scaler.covariates)),
        "known": (past + horizon, len(scaler.known)),
        "calendar": (past + horizon, 2 * num_calendar),
    }
    sizes = {name: shape for name, shape in sizes.items() if shape[1]}
    specs = tuple(
        tf.TensorSpec([None, *shape], tf.float32, name=name)
        for name, shape in sizes.items()
    )
    parts = {"values": "targets", "covariates": "covariates", "known": "known"}
    zeros = {name: np.zeros((1, size)) for name, (_, size) in sizes.items()}
    shift, scale = (
        {
            name: tf.constant(scaler.scale(zeros[name] + one, part)[0], tf.float32)
            for name, part in parts.items()
            if name in sizes
        }
        for one in (0.0, 1.0)
    )

    def scaled(name, x):
        x = x * (scale[name] - shift[name]) + shift[name]
        return _filled(x)

    means = tf.constant(scaler.target_means, tf.float32)[:, None]
    deviations = tf.constant(scaler.target_deviations, tf.float32)[:, None]

    def serve(*tensors):
        given = dict(zip(sizes, tensors, strict=True))
        rows = tf.shape(given["values"])[0]
        given = {name: with_a_row(x) for name, x in given.items()}
        ahead = [scaled("known", given["known"])] if "known" in given else []
        ahead += [given["calendar"]] if "calendar" in given else []
        inputs = {"values": scaled("values", given["values"])}
        if "covariates" in given or ahead:
            more = [x[:, :past] for x in ahead]
            if "covariates" in given:
                more.insert(0, scaled("covariates", given["covariates"]))
            inputs["covariates"] = tf.concat(more, axis=-1)
        if ahead:
            inputs["known"] = tf.concat([x[:, past:] for x in ahead], axis=-1)
        found = (tf.cast(model(inputs), tf.float32) * deviations + means)[:rows]
        if not quantiles:
            return {"forecast": found[..., 0]}
        middle = list(quantiles).index(0.5)
        return {
            "forecast": found[..., middle],
            "quantiles": found,
            "levels": tf.constant(list(quantiles), tf.float32),
        }

    return {"serving_default": Signature(serve, specs)}


def _filled(x: tf.Tensor) -> tf.Tensor:
    """Values `[B, L, V]` with the last one seen where one is NaN; before any, 0."""
    seen = tf.math.is_finite(x)
    steps = tf.range(tf.shape(x)[1])[None, :, None]
    places = tf.where(seen, steps, -1)
    # The running maximum: few steps, and no cumulative maximum in TensorFlow.
    last = tf.scan(tf.maximum, tf.transpose(places, (1, 0, 2)))
    last = tf.transpose(last, (1, 0, 2))
    found = tf.gather(
        tf.transpose(tf.where(seen, x, 0.0), (0, 2, 1)),
        tf.transpose(tf.maximum(last, 0), (0, 2, 1)),
        batch_dims=2,
    )
    return tf.where(last < 0, 0.0, tf.transpose(found, (0, 2, 1)))
