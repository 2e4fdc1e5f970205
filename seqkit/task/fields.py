"""What the columns of a task's examples hold."""

from typing import Literal, NamedTuple

Kind = Literal[
    "text",
    "texts",
    "words",
    "tags",
    "label",
    "labels",
    "image",
    "series",
    "time",
    "numbers",
    "points",
    "order",
    "audio",
]


class Field(NamedTuple):
    """One column of the examples.

    Attributes:
        kind: What it holds: a text or a list of texts, a list of words or of their
            tags, a label or a list of labels, the path of an image or of a
            sound, the name of a series, a time, a list of numbers, a list of vectors,
            or of indices of them.
        target: Whether it is to be predicted; what is not is read.
        optional: Whether examples may lack it.
        option: The option of `build` that names its column in a dataset; by default the
            one that is called as the column.

    >>> from seqkit.task import Field
    >>> Field("text")
    Field(kind='text', target=False, optional=False, option=None)
    """

    kind: Kind
    target: bool = False
    optional: bool = False
    option: str | None = None
