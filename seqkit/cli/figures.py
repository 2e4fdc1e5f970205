"""Files that plots go to."""

import os
from pathlib import Path

from seqkit.cli.outputs import check_file
from seqkit.errors import SeqkitError

_ENDINGS = (".png", ".svg", ".pdf")


def check_figure_file(file):
    """Refuses, before the work, a file that a plot cannot be written to."""
    path = Path(file)
    if path.suffix.lower() not in _ENDINGS:
        raise SeqkitError(
            f"{file}: expected a file ending in {', '.join(_ENDINGS)}, found "
            f"{path.suffix or 'no ending'}"
        )
    check_file(file)


def save_figure(figure, file):
    """Writes a matplotlib Figure; a failure leaves what was there."""
    path = Path(file)
    partial = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        figure.savefig(partial)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
