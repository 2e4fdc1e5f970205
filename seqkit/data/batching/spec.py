"""What arrays look like before there are any."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Spec:
    """Shape and type of an array of a batch; `None` is any size.

    >>> from seqkit.data import Spec
    >>> Spec((None, 7), "int32")
    Spec(shape=(None, 7), dtype='int32')
    """

    shape: tuple[int | None, ...]
    dtype: str
