"""Names in place of the integers that datasets keep classes as."""

import contextlib

import datasets
import pyarrow.parquet

from seqkit.data.sources.readers import read_parquet


def class_names(features):
    """Returns column name to class names, for columns of classes or lists of them.

    Args:
        features: `datasets.Features`, or `None` where they are unknown.

    >>> import datasets
    >>> from seqkit.data.sources.class_names import class_names
    >>> tags = datasets.Sequence(datasets.ClassLabel(names=["O", "B-PER"]))
    >>> class_names(datasets.Features({"tags": tags, "id": datasets.Value("int8")}))
    {'tags': ['O', 'B-PER']}
    """
    found = {}
    for column, feature in (features or {}).items():
        feature = getattr(feature, "feature", feature)  # of a list
        if isinstance(feature, datasets.ClassLabel):
            found[column] = feature.names
    return found


def name_classes(values, classes):
    """Returns a row with names for its classes; what has no name stays as it is.

    Args:
        values: Column name to value.
        classes: Column name to class names.
    """
    named = {
        column: _named(values[column], names)
        for column, names in classes.items()
        if column in values
    }
    return values | named if named else values


def read_named_parquet(path, columns):
    """Reads parquet like `read_parquet`, with names where it tells those of classes."""
    classes = {}
    # What is wrong with a file the reader itself tells.
    with contextlib.suppress(Exception):
        schema = pyarrow.parquet.read_schema(path)
        classes = class_names(datasets.Features.from_arrow_schema(schema))
    for record in read_parquet(path, columns):
        yield record._replace(values=name_classes(record.values, classes))


def _named(value, names):
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else value
