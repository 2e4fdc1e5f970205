"""What `fit` shows while it trains, and what it writes for TensorBoard."""

import contextlib
import importlib.util
from collections.abc import Iterable, Iterator
from typing import Any

from seqkit.distribution import is_primary
from seqkit.errors import SeqkitError


@contextlib.contextmanager
def shown(verbose: Any, callbacks: Iterable) -> Iterator[list]:
    """A context with the callbacks that show progress: one, or with 0 none."""
    from seqkit.training import BestWeights, Progress

    if not verbose or not is_primary():
        yield []
        return
    best = next((one for one in callbacks if isinstance(one, BestWeights)), None)
    progress = Progress(bar=verbose != 2, best=best)
    try:
        yield [progress]
    finally:
        progress.close()


@contextlib.contextmanager
def closed(*datasets: Any) -> Iterator[None]:
    """A context after which no thread makes batches of these any more."""
    try:
        yield
    finally:
        for one in datasets:
            if hasattr(one, "close"):
                one.close()


def tensorboard_logs(folder: str) -> Any:
    """Keras's callback that writes into a folder."""
    if importlib.util.find_spec("tensorboard") is None:
        raise SeqkitError(
            "tensorboard: expected the package tensorboard, found none. Install it "
            "with: pip install 'seqkit[tensorboard]'"
        )
    import keras

    return keras.callbacks.TensorBoard(folder, write_graph=False)
