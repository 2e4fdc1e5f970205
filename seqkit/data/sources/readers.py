"""Readers of files by their ending, open to formats of other packages.

A reader is a generator function `reader(path, columns)`, which yields a `Record` for
each line it can read and a `DataError` for each that it cannot, so that the caller can
count that line and go on. It raises `DataError` if the whole file is unusable. It need
not check what a record holds. A reader of text has a parameter `encoding` too.
"""

import contextlib
import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import datasets
import pyarrow
import pyarrow.parquet

from seqkit.data.sources.class_names import class_names, name_classes
from seqkit.data.sources.encodings import codec_name
from seqkit.data.sources.lines import Record, Records, text_lines
from seqkit.errors import DataError
from seqkit.registries import readers as readers

Reader = Callable[..., Records]


def read_parallel(
    paths: Sequence[Path], columns: Sequence[Any], encoding: str = "utf-8"
) -> Records:
    """Reads one file per column; equal line numbers belong together."""
    where = " and ".join(map(str, paths))
    streams = [text_lines(path, encoding) for path in paths]
    for lines in itertools.zip_longest(*streams):
        if None in lines:
            counts = _count(lines, streams)
            raise DataError(
                "files of the same number of lines",
                " and ".join(f"{count:,}" for count in counts),
                where=where,
                fix="Which lines belong together is unknown, so none can be skipped",
            )
        texts = [text for _, text in lines]
        broken = next((text for text in texts if isinstance(text, DataError)), None)
        values = dict(zip(columns, texts, strict=True))
        yield broken or Record(where, lines[0][0], None, values)


def _count(lines: Sequence[Any], streams: Sequence[Iterator[Any]]) -> Iterator[int]:
    """Lines of each file, once the shortest of them has ended."""
    number = next(line[0] for line in lines if line is not None)
    for line, stream in zip(lines, streams, strict=True):
        yield number - 1 if line is None else number + sum(1 for _ in stream)


def read_text(path: Path, columns: Sequence[Any], encoding: str = "utf-8") -> Records:
    """Reads plain text, each line a row."""
    (column,) = columns
    for number, text in text_lines(path, encoding):
        if isinstance(text, DataError):
            yield text
        else:
            yield Record(str(path), number, None, {column: text})


def read_document(
    path: Path, columns: Sequence[Any], encoding: str = "utf-8"
) -> Records:
    """Reads plain text, the whole file a row, without its last line end."""
    lines = []
    for record in read_text(path, columns, encoding):
        if isinstance(record, DataError):
            yield record
            return
        lines += record.values.values()
    yield Record(str(path), None, None, dict.fromkeys(columns, "\n".join(lines)))


def read_parquet(path: Path, columns: Sequence[Any]) -> Records:
    """Reads the given columns of a parquet file, or all without, or if one is missing.

    Classes come as their names if the file stores these.
    """
    row, classes = 0, {}
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            names = set(file.schema_arrow.names)
            wanted = list(columns) if columns and names.issuperset(columns) else None
            with contextlib.suppress(Exception):  # names are a bonus
                features = datasets.Features.from_arrow_schema(file.schema_arrow)
                classes = class_names(features)
            for batch in file.iter_batches(batch_size=1000, columns=wanted):
                for values in batch.to_pylist():
                    values = name_classes(values, classes) if classes else values
                    yield Record(str(path), None, row, values)
                    row += 1
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError("a readable parquet file", error, where=path) from error
    except UnicodeDecodeError as error:
        found = f"broken UTF-8 in the 1,000 rows from here ({error})"
        raise DataError("UTF-8 text", found, where=path, row=row) from error


def readers_for(
    encoding: str,
    further: Mapping[str, Reader] | None = None,
    separator: str | None = None,
    header: bool | None = None,
) -> dict[str, Reader]:
    """Returns the registered readers and further ones, for files in an encoding.

    If a separator is given, it replaces that of tables; if `header` is, it says whether
    their first line is a header.
    """
    if separator == "":
        raise DataError("a separator of columns", repr(separator), where="separator")
    given = {"encoding": codec_name(encoding), "separator": separator}
    given["header"] = header
    given = {name: value for name, value in given.items() if value is not None}

    def prepared(read: Reader) -> Reader:
        taken = given.keys() & inspect.signature(read).parameters.keys()
        return partial(read, **{name: given[name] for name in taken}) if taken else read

    found = {**readers, **(further or {})}
    return {ending: prepared(read) for ending, read in found.items()}


def format_name(read: Reader) -> str:
    """Returns the name of what a reader reads: "tsv" for `read_tsv`."""
    while inner := getattr(read, "func", None) or getattr(read, "__wrapped__", None):
        read = inner
    name = getattr(read, "__name__", type(read).__name__)
    return name.removeprefix("read_").replace("_", " ")
