"""The state of training where several processes write it, by Orbax."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from seqkit.errors import SeqkitError
from seqkit.training.checkpoint import Checkpoint, _variables
from seqkit.training.optimizers import build_optimizer

_NAME = "sharded"


class ShardedCheckpoint(Checkpoint):
    """Writes the state of training at the end of each epoch, from all processes; JAX.

    Each process writes its part of the variables while training goes on, into
    `FOLDER/sharded/EPOCH`, which gets that name when all of it is there; the one before
    is then deleted. Any number of processes can read it, one too. If there is none,
    `restore` reads what `Checkpoint` wrote.

    Args:
        folder: A folder that all processes see.
        callbacks, history: As in `Checkpoint`.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        callbacks: Iterable[Any] = (),
        history: dict[str, list[float]] | None = None,
    ):
        super().__init__(folder, callbacks, history)
        self.one_process = Checkpoint(folder, callbacks, self.history)
        self.file = Path(folder).resolve() / _NAME
        training = orbax().training
        every = training.save_decision_policies.FixedIntervalPolicy(1)
        self._checkpointer = training.Checkpointer(
            self.file,
            save_decision_policy=every,
            preservation_policy=training.preservation_policies.LatestN(1),
            cleanup_tmp_directories=True,
        )

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._keep_figures(epoch, logs)
        arrays: dict[str, Any] = {
            f"variables/{i}": variable.value
            for i, variable in enumerate(_variables(self.model))
        }
        arrays |= self._callback_arrays()
        document = {"epoch": epoch + 1, "history": self.history}
        self._checkpointer.save_checkpointables_async(
            epoch + 1, {"arrays": arrays, "document": document}
        )

    def close(self) -> None:
        self._checkpointer.close()

    def restore(self, model: keras.Model) -> int:
        latest = self._checkpointer.latest
        if latest is None:
            return self.one_process.restore(model)
        build_optimizer(model)
        variables = _variables(model)
        try:
            document, arrays = self._read(latest.step, variables)
        except SeqkitError:
            raise
        except Exception as error:
            raise self._damaged(error) from error
        return self._put_back(model, document, arrays)

    def _read(self, epoch: int, variables: list) -> tuple[dict, dict[str, Any]]:
        """What is there of an epoch, variables on the devices that have them now."""
        import jax

        found = self._checkpointer.checkpointables_metadata(epoch).metadata["arrays"]
        wanted = {f"variables/{i}": v.value for i, v in enumerate(variables)}
        kept = {n: tuple(a.shape) for n, a in found.items() if "variables/" in n}
        if kept != {name: value.shape for name, value in wanted.items()}:
            raise self._of_others()
        abstract = {
            name: np.zeros(one.shape, one.dtype)
            if name not in wanted
            else jax.ShapeDtypeStruct(
                one.shape, wanted[name].dtype, sharding=wanted[name].sharding
            )
            for name, one in found.items()
        }
        loaded = self._checkpointer.load_checkpointables(
            epoch, {"arrays": abstract, "document": None}
        )
        arrays = loaded["arrays"]
        return loaded["document"], {name: arrays[name] for name in [*wanted, *arrays]}


def is_sharded(folder: str | os.PathLike[str]) -> bool:
    """Whether several processes have written checkpoints into a folder."""
    return (Path(folder) / _NAME).is_dir()


def orbax() -> Any:
    """Orbax, or an error that says how to get it."""
    try:
        from orbax.checkpoint import v1
    except ImportError as error:
        raise SeqkitError(
            "checkpoint_dir: expected the package orbax-checkpoint, with which several "
            "processes write, found none. Install it with: pip install 'seqkit[jax]'"
        ) from error
    return v1
