"""Files of any kind, line by line, as records.

A reader is a generator function `reader(path, columns)`. It yields a `Record` for a
line it could read and a `DataError` for one it could not, so that the caller can count
that line and go on; it raises a `DataError` where the whole file is unusable. What a
record must hold is not a reader's business. Readers of text take `encoding=` too,
which `in_encoding` binds.
"""

import itertools
import json
from functools import partial

import pyarrow
import pyarrow.parquet

from seqkit.data.sources.encodings import codec_name
from seqkit.data.sources.lines import Record, brief, text_lines
from seqkit.data.sources.tables import read_csv, read_tsv
from seqkit.errors import DataError


def read_parallel(paths, columns, encoding="utf-8"):
    """Reads one file a column, where equal line numbers belong together."""
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


def _count(lines, streams):
    """Lines of each file, once the shortest of them has ended."""
    number = next(line[0] for line in lines if line is not None)
    for line, stream in zip(lines, streams, strict=True):
        yield number - 1 if line is None else number + sum(1 for _ in stream)


def read_text(path, columns, encoding="utf-8"):
    """Reads plain text, where each line is a row."""
    (column,) = columns
    for number, text in text_lines(path, encoding):
        if isinstance(text, DataError):
            yield text
        else:
            yield Record(str(path), number, None, {column: text})


def read_document(path, columns, encoding="utf-8"):
    """Reads plain text, where the file is one row, without its last line end."""
    lines = []
    for record in read_text(path, columns, encoding):
        if isinstance(record, DataError):
            yield record
            return
        lines += record.values.values()
    yield Record(str(path), None, None, dict.fromkeys(columns, "\n".join(lines)))


def read_jsonl(path, columns, encoding="utf-8"):
    """Reads one JSON object a line; `columns` are not needed for it."""
    for number, text in text_lines(path, encoding):
        if isinstance(text, DataError):
            yield text
            continue
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            values = error
        if isinstance(values, dict):
            yield Record(str(path), number, None, values)
        else:
            found = brief(values) if text.strip() else "an empty line"
            yield DataError("a JSON object on one line", found, where=path, line=number)


def read_parquet(path, columns):
    """Reads the wanted columns of a parquet file, or all where one is missing."""
    row = 0
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            names = set(file.schema_arrow.names)
            wanted = list(columns) if names.issuperset(columns) else None
            for batch in file.iter_batches(batch_size=1000, columns=wanted):
                for values in batch.to_pylist():
                    yield Record(str(path), None, row, values)
                    row += 1
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError("a readable parquet file", error, where=path) from error
    except UnicodeDecodeError as error:
        found = f"broken UTF-8 in the 1,000 rows from here ({error})"
        raise DataError("UTF-8 text", found, where=path, row=row) from error


READERS = {
    "tsv": read_tsv,
    "csv": read_csv,
    "jsonl": read_jsonl,
    "parquet": read_parquet,
}


def in_encoding(readers, encoding):
    """Returns the same readers for files in an encoding.

    Args:
        readers: File ending to reader.
        encoding: Name of the encoding; what parquet files hold is Unicode anyway.

    Raises:
        DataError: There is no such encoding.

    >>> from seqkit.data.sources.readers import READERS, in_encoding
    >>> sorted(in_encoding(READERS, "utf-16"))
    ['csv', 'jsonl', 'parquet', 'tsv']
    """
    name = codec_name(encoding)
    if name == "utf-8":
        return readers
    return {
        ending: read if read is read_parquet else partial(read, encoding=name)
        for ending, read in readers.items()
    }
