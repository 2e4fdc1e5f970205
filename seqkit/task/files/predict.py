"""From a file of inputs to a file with results."""

import hashlib
import os
import sys
import uuid
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from seqkit.errors import DataError, SeqkitError
from seqkit.registries import writers
from seqkit.task.files.partial import PartialResults
from seqkit.task.files.rows import InputFile, Survey
from seqkit.task.reporting import report
from seqkit.task.saving import portable

if TYPE_CHECKING:
    from seqkit.task.task import Task

CHUNK = 256
"""Rows that are read, sorted by length and predicted together."""


class PredictedFile(NamedTuple):
    """What `predict_file` did.

    Attributes:
        rows: How many rows there are.
        unreadable: How many of them could not be read.
    """

    rows: int
    unreadable: int


def predict_file(
    task: "Task",
    input: str | os.PathLike[str],
    output: str | os.PathLike[str],
    options: Mapping[str, Any],
    *,
    column: str | int | None = None,
    prefix: str = "predicted_",
    format: str | None = None,
    encoding: str = "utf-8",
    separator: str | None = None,
    header: bool | None = None,
    overwrite: bool = False,
    chunk: int = CHUNK,
) -> PredictedFile:
    """See `Task.predict_file`."""
    settled = task.Predict.settle(options)
    source, target = Path(input), Path(output)
    write = output_writer(source, target, prefix, format, overwrite)
    file = InputFile(task, source, column, encoding, separator, header)
    survey = file.survey()
    for note in survey.notes:
        report(f"{source}: {note}")
    rests_on = {
        "input": survey.digest,
        "options": {k: v for k, v in dict(settled).items() if k != "batch_size"},
        "task": _fingerprint(task),
        "reading": [str(survey.column), encoding, separator, header, prefix, chunk],
    }
    partial = target.with_name(f"{target.name}.partial")
    with PartialResults(partial, rests_on, chunk, survey.rows) as results:
        if results.differences:
            changed = ", ".join(results.differences)
            report(f"{partial}: of a run with another {changed}; starting again")
        elif results.rows:
            report(f"{partial}: continuing after {results.rows:,} of {survey.rows:,}")
        for some in _predicted(
            task, file, survey, settled, prefix, chunk, results.rows
        ):
            results.add(some)
        unreadable = sum(one.get(f"{prefix}error") is not None for one in results)
        write_whole(write, target, lambda: _joined(file, results))
        results.remove()
    return PredictedFile(survey.rows, unreadable)


def predicted_rows(
    task: "Task", file: InputFile, options: Any, prefix: str, chunk: int
) -> Iterator[dict[str, Any]]:
    """Yields the columns of each row with its results, as they are predicted."""
    survey, records = file.survey(), file.records()
    for some in _predicted(task, file, survey, options, prefix, chunk, 0):
        for record, result in zip(records, some, strict=False):
            yield _row(record, result)


def _predicted(
    task: "Task",
    file: InputFile,
    survey: Survey,
    options: Any,
    prefix: str,
    chunk: int,
    begin: int,
) -> Iterator[list[dict[str, Any]]]:
    """Yields the results of each chunk of rows from a row on."""
    from tqdm import tqdm

    from seqkit.results import as_columns

    records = islice(file.records(), begin, None)
    bar = tqdm(
        total=survey.rows, initial=begin, unit=" rows", disable=None, file=sys.stderr
    )
    with bar:
        while some := list(islice(records, chunk)):
            inputs, errors = {}, {}
            for row, record in enumerate(some):
                try:
                    inputs[row] = file.read_input(record, survey.column)
                except SeqkitError as error:
                    errors[row] = error
            answers, wrong = task.answer_readable(list(inputs.values()), dict(options))
            rows = list(inputs)
            errors |= {rows[place]: error for place, error in wrong.items()}
            found = dict(zip(rows, answers, strict=True))
            results = []
            for row in range(len(some)):
                error = errors.get(row)
                named = {} if error is not None else as_columns(found[row])
                named["error"] = None if error is None else str(error)
                results.append({f"{prefix}{name}": one for name, one in named.items()})
            _check_names(results, survey, file.path, prefix)
            yield results
            bar.update(len(some))


def _check_names(
    results: list[dict[str, Any]], survey: Survey, path: Path, prefix: str
) -> None:
    """Refuses results that have the name of a column."""
    names = dict.fromkeys(name for one in results for name in one)
    if taken := [name for name in names if name in survey.columns]:
        raise DataError(
            "other columns than those of the results",
            ", ".join(taken),
            where=path,
            fix=f"Name the results otherwise with --prefix (prefix=), now {prefix!r}",
        )


def _joined(file: InputFile, results: PartialResults) -> Iterator[dict[str, Any]]:
    for record, result in zip(file.records(), results, strict=True):
        yield _row(record, result)


def _row(record: Any, result: Mapping[str, Any]) -> dict[str, Any]:
    values = {} if isinstance(record, DataError) else record.values
    return {str(name): value for name, value in values.items()} | dict(result)


def _fingerprint(task: "Task") -> str:
    """A hash of the options and weights of a task."""
    import keras
    import numpy as np

    digest = hashlib.blake2b(repr(portable(task.config)).encode(), digest_size=16)
    for weight in task.model.weights:
        digest.update(np.ascontiguousarray(keras.ops.convert_to_numpy(weight)).data)
    return digest.hexdigest()


def output_writer(
    source: Path, target: Path, prefix: str, format: str | None, overwrite: bool
) -> Any:
    """The writer of a file, after checks that results can go to it."""
    for name, path in (("input", source), ("output", target)):
        if "\0" in str(path):
            raise SeqkitError(
                f"{name}: expected a path without a NUL, found {str(path)!r}"
            )
    if "\0" in prefix:
        raise SeqkitError(f"prefix: expected text without a NUL, found {prefix!r}")
    write = _writer(target, format)
    _check_output(source, target, overwrite)
    return write


def _writer(path: Path, format: str | None) -> Any:
    ending = path.name.removesuffix(".gz").rpartition(".")[2]
    if format is None and ending not in writers:
        endings = ", ".join(f".{one}" for one in writers)
        raise DataError(f"an output ending in {endings}", repr(path.name), where=path)
    write = writers[format or ending]
    if (format or ending) == "xlsx":
        from seqkit.data.sources.xlsx import openpyxl_module

        openpyxl_module()  # missing, before the work rather than after it
    return write


def _check_output(source: Path, target: Path, overwrite: bool) -> None:
    """Refuses, before the work, a file that the results could not go to."""
    if target.exists():
        if source.exists() and target.samefile(source):
            raise SeqkitError(f"{target}: expected another file than the input")
        if target.is_dir():
            raise SeqkitError(f"{target}: expected a file, found a folder")
        if not overwrite:
            raise SeqkitError(
                f"{target}: expected a new file, found one. Choose another name, or "
                "replace it with --overwrite (overwrite=True)"
            )
    target.parent.mkdir(parents=True, exist_ok=True)


def write_whole(write: Any, target: Path, rows: Any) -> None:
    """Writes the file whole or not at all."""
    suffix = ".gz" if target.name.endswith(".gz") else ""
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}{suffix}")
    try:
        write(beside, rows)
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)
