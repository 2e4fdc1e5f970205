"""Work of `datasets` without its progress bars."""

import contextlib
from collections.abc import Iterator

import datasets


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Context in which `datasets` draws no progress bars."""
    shown = not datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            datasets.enable_progress_bars()
