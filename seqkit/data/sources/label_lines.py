"""Reader of lines that begin with their label: `label text`, `__label__a text`."""

from seqkit.data.sources.lines import Record, brief, text_lines
from seqkit.errors import DataError

FASTTEXT = "__label__"


def read_label_lines(path, columns, encoding="utf-8"):
    """Reads a label and, after a space, a text from each line.

    Where the first line begins with `__label__` the file is one of fastText: its lines
    begin with one or more labels, each `__label__` and a name, and the labels of a row
    are a list.

    Args:
        path: The file.
        columns: Names of the text and of the label.
        encoding: Encoding of the file.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from seqkit.data.sources.label_lines import read_label_lines
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "train.txt")
    ...     _ = path.write_text("4 quite a film\\n")
    ...     [row.values for row in read_label_lines(path, ("text", "label"))]
    [{'text': 'quite a film', 'label': '4'}]
    """
    text_column, label_column = columns
    split = expected = None
    for number, line in text_lines(path, encoding):
        if isinstance(line, DataError):
            yield line
            continue
        if split is None:
            many = line.startswith(FASTTEXT)
            split = _split_fasttext if many else _split_plain
            begin = f"{FASTTEXT} and a label" if many else "a label"
            expected = f"{begin}, a space and a text"
        label, text = split(line)
        if label and text.strip():
            values = {text_column: text, label_column: label}
            yield Record(str(path), number, None, values)
        else:
            found = brief(line) if line else "an empty line"
            yield DataError(expected, found, where=path, line=number)


def _split_plain(line):
    label, _, text = line.partition(" ")
    return "" if label.startswith(FASTTEXT) else label, text


def _split_fasttext(line):
    labels, rest = [], line
    while rest.startswith(FASTTEXT):
        label, *more = rest.removeprefix(FASTTEXT).split(maxsplit=1) or [""]
        if not label or rest[len(FASTTEXT)].isspace():
            return [], line
        labels.append(label)
        rest = more[0] if more else ""
    return labels, rest
