"""How long a run still takes."""


class Remaining:
    """Time that is left of a run of epochs, from when its steps and epochs ended.

    The first step says nothing of the others, since it compiles; nor does the first
    epoch, once there is another.

    Args:
        epochs: Epochs until the end.
        steps: Steps per epoch; `None` if unknown.

    >>> from seqkit.training.remaining import Remaining
    >>> remaining = Remaining(epochs=3, steps=4)
    >>> remaining.begin_epoch(0, now=0)
    >>> for step, now in enumerate((30, 31, 32), 1):  # one that compiles, then 1 s each
    ...     remaining.end_step(step, now)
    >>> remaining.left()  # 1 step of this epoch, 4 of each of two others
    9.0
    """

    def __init__(self, epochs: int, steps: int | None):
        self.epochs, self.steps = epochs, steps
        self._took: list[float] = []
        self._start: tuple[int, float] | None = None
        self._left: float | None = None

    def begin_epoch(self, epoch: int, now: float) -> None:
        self._epoch, self._began = epoch, now
        self._start = (0, now) if self._took else None

    def end_step(self, step: int, now: float) -> None:
        if self._start is None:
            self._start = step, now
        since, then = self._start
        if step > since and self.steps:
            each = (now - then) / (step - since)
            epoch = self._usual() or self.steps * each
            rest = max(epoch - (now - self._began), (self.steps - step) * each)
            self._left = rest + (self.epochs - self._epoch - 1) * epoch

    def end_epoch(self, epoch: int, now: float) -> float:
        """Returns how long the epoch took, in seconds."""
        self._took.append(now - self._began)
        self._left = (self.epochs - epoch - 1) * (self._usual() or 0.0)
        return self._took[-1]

    def left(self) -> float | None:
        """Seconds until the end of the last epoch; `None` while unknown."""
        return self._left

    def _usual(self) -> float | None:
        """Seconds of an epoch, its validation included."""
        took = self._took[1:] or self._took
        return sum(took) / len(took) if took else None


def spell(seconds: float) -> str:
    """A time in words.

    >>> from seqkit.training.remaining import spell
    >>> spell(3.2), spell(75), spell(3 * 3600 + 61)
    ('3 s', '1:15 min', '3:01 h')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02} h"
