"""The embedded time series: a canteen, hour by hour.

Guests come at meals, more on working days, more when it is cold, and with a random
drift; dishes sold follow guests; the power of the kitchen follows both. Holidays are
known ahead.
"""

from datetime import datetime, timedelta
from typing import Any

import numpy as np

_BEGIN = datetime(2023, 1, 2)
HOURS = 24 * 7 * 20
_MEALS = ((8, 30.0, 1.2), (12.5, 100.0, 1.0), (18, 45.0, 1.5))  # hour, guests, width


def splits(hours: int = HOURS, seed: int = 7) -> dict[str, list[dict[str, Any]]]:
    """The rows, one split, of which `load_series` holds out the last.

    Args:
        hours: Rows.
        seed: Seed of weather, drift and noise.

    >>> from seqkit.samples import forecasting
    >>> forecasting.splits(hours=2)["train"][0]["time"]
    '2023-01-02 00:00:00'
    """
    rng = np.random.default_rng(seed)
    steps = np.arange(hours)
    hour, day = steps % 24, steps // 24
    times = [_BEGIN + timedelta(hours=int(step)) for step in steps]
    holiday = rng.random(day.max() + 1) < 0.04
    working = (day % 7 < 5) & ~holiday[day]
    meals = sum(
        size * np.exp(-0.5 * ((hour - at) / width) ** 2) for at, size, width in _MEALS
    )
    weather = _drift(rng, hours, 0.98, 0.6) + 8 * np.sin(2 * np.pi * steps / 24 / 60)
    temperature = 10 + weather + 4 * np.sin(2 * np.pi * (hour - 9) / 24)
    appetite = 1 + 0.3 * _drift(rng, hours, 0.995, 0.1) - 0.012 * weather
    guests = meals * np.where(working, 1.0, 0.35) * np.clip(appetite, 0.2, None)
    guests = np.maximum(guests + rng.normal(0, 2.0, hours), 0)
    dishes = 1.4 * guests + rng.normal(0, 2.5, hours)
    power = 12 + 0.25 * np.roll(guests, -1) + 0.1 * dishes - 0.15 * temperature
    power = power + rng.normal(0, 0.8, hours)
    return {
        "train": [
            {
                "time": times[i].isoformat(sep=" "),
                "guests": round(float(guests[i]), 1),
                "dishes": round(float(max(dishes[i], 0)), 1),
                "power": round(float(power[i]), 2),
            }
            for i in range(hours)
        ]
    }


def _drift(rng: np.random.Generator, size: int, memory: float, noise: float) -> Any:
    """An autoregressive series `[size]`."""
    steps, values = rng.normal(0, noise, size), np.zeros(size)
    for i in range(1, size):
        values[i] = memory * values[i - 1] + steps[i]
    return values
