"""What a calendar knows ahead of a time: hour, weekday, day, month."""

import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from seqkit.data.sources.lines import brief
from seqkit.errors import DataError

CYCLES = {
    "hour": (24, lambda time: time.hour + time.minute / 60),
    "weekday": (7, datetime.weekday),
    "day": (31, lambda time: time.day - 1),
    "month": (12, lambda time: time.month - 1),
}


def calendar_features(times: Sequence[str], names: Sequence[str]) -> np.ndarray:
    """Sine and cosine of places in cycles, `[T, 2 · len(names)]`.

    >>> from seqkit.data.series.calendar import calendar_features
    >>> calendar_features(["2024-01-01 06:00"], ["hour"]).round(3).tolist()
    [[1.0, 0.0]]
    """
    if not names:
        return np.zeros((len(times), 0))
    rows, chosen = [], [CYCLES[name] for name in names]
    for row, text in enumerate(times):
        try:
            time = datetime.fromisoformat(text)
        except ValueError as error:
            raise DataError(
                f"dates, of which calendar={list(names)} is taken",
                brief(text),
                where="calendar",
                row=row,
            ) from error
        angles = [2 * math.pi * of(time) / size for size, of in chosen]
        rows.append([f(angle) for angle in angles for f in (math.sin, math.cos)])
    return np.array(rows)
