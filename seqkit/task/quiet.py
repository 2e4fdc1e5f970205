"""Importing the backend without TensorFlow's notes on processors and missing GPUs."""

import contextlib
import importlib.util
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from seqkit.errors import SeqkitError

# Notes and warnings, what belongs to them, that there is no driver of a GPU, and what a
# processor lacks.
_NOTES = re.compile(
    rb"[IW]\d{4} |WARNING: All log messages before absl::|To enable the following "
    rb"instructions: |E\d{4} .*(cuInit.*\(303\)|oneDNN supports DT_\w+ only)"
)
_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_BACKENDS = ("tensorflow", "jax", "torch")


def import_backend() -> None:
    """Imports Keras and its backend, if they are not there, and finds the devices.

    TensorFlow writes its first lines before it reads any setting. They are left out,
    and everything else that was written meanwhile follows at the end. Where
    `TF_CPP_MIN_LOG_LEVEL` is set, that decides, and nothing is left out.

    Raises:
        SeqkitError: The backend is not installed.
    """
    logging.getLogger("tensorflow").addFilter(_is_no_new_model)
    if "keras" in sys.modules:
        return
    if _LEVEL in os.environ:
        with _without_pyplot(), _named_if_missing():
            import keras  # noqa: F401

        return
    os.environ[_LEVEL] = "1"
    with _without_notes(), _without_pyplot(), _named_if_missing():
        import keras

        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            if not tf.config.list_physical_devices("GPU"):
                # The first operations on booleans and integers write a note; let it be
                # these.
                for one in (True, 1):
                    tf.function(tf.transpose, autograph=False)(tf.fill([2, 2], one))


def _is_no_new_model(record: logging.LogRecord) -> bool:
    """Whether a line of a log is not the one about Keras's function of a new model.

    A second model is trained by the same lines of Keras as the first, and TensorFlow
    takes it for a function that is traced again and again.
    """
    message = record.getMessage()
    return "retracing" not in message or "<function TensorFlowTrainer." not in message


@contextlib.contextmanager
def _named_if_missing() -> Iterator[None]:
    """Says which backend is not installed, and which ones are."""
    try:
        yield
    except ModuleNotFoundError as error:
        for name in [one for one in sys.modules if one.partition(".")[0] == "keras"]:
            del sys.modules[name]  # half imported
        missing = str(error.name).partition(".")[0]
        if missing not in _BACKENDS:
            raise
        there = [one for one in _BACKENDS if importlib.util.find_spec(one) is not None]
        default = "" if "KERAS_BACKEND" in os.environ else ", the default"
        raise SeqkitError(
            f"KERAS_BACKEND: expected one of {', '.join(_BACKENDS)}, of which "
            f"{' and '.join(there) or 'none'} can be imported here, found "
            f"{missing}{default}"
        ) from error


class _Pyplot:
    """matplotlib.pyplot, imported when it is used."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module("matplotlib.pyplot"), name)


@contextlib.contextmanager
def _without_pyplot() -> Iterator[None]:
    """Keeps Keras from importing matplotlib, which writes into HOME, for its plots."""
    if "matplotlib" in sys.modules or importlib.util.find_spec("matplotlib") is None:
        yield
        return
    sys.modules["matplotlib"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["matplotlib"]
        for name, module in list(sys.modules.items()):
            if name.startswith("keras.") and vars(module).get("plt", module) is None:
                module.plt = _Pyplot()  # type: ignore[attr-defined]


@contextlib.contextmanager
def _without_notes() -> Iterator[None]:
    """Keeps standard error back, of C++ too, and then writes what are no notes."""
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, ValueError, AttributeError):  # there is none
        yield
        return
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            written.seek(0)
            for line in written:
                if not _NOTES.match(line):
                    os.write(2, line)
