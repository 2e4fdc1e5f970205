"""What an interrupted run rests on, kept beside its checkpoint and compared later."""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seqkit.distribution import on_primary, process_count
from seqkit.distribution.processes import is_lost, unlike
from seqkit.errors import SeqkitError
from seqkit.options.options import brief
from seqkit.task.assets import assets_of
from seqkit.task.saving import portable

# Options that change nothing of what is trained.
HARMLESS = {
    "dataset",  # it may have moved; its size and what was learnt from it are compared
    "cache_dir",
    "num_beams",
    "length_penalty",
    "early_stopping",
}


def begin(
    task: Any, folder: str | os.PathLike[str], callbacks: list, resume: bool
) -> Any:
    """The callback that keeps the state of a run, which is checked or recorded.

    Of several processes one does so for all.
    """
    from seqkit.training import Checkpoint, ShardedCheckpoint, is_sharded

    prepare = check if resume else record
    on_primary("checkpoint_dir", lambda: prepare(task, folder))
    if not (Path(folder) / "run.json").is_file():
        raise SeqkitError(
            f"{folder}: expected a folder that all processes see, found one that only "
            "process 0 sees"
        )
    several = process_count() > 1 or is_sharded(folder)
    return (ShardedCheckpoint if several else Checkpoint)(
        folder, callbacks, task.history
    )


@contextlib.contextmanager
def written(checkpoint: Any) -> Iterator[None]:
    """Context that waits at its end until what a checkpoint began to write is written.

    If another process is lost, it does not wait for that one's part.
    """
    in_vain = False
    try:
        yield
    except Exception as error:
        in_vain = is_lost(error)
        raise
    finally:
        if not in_vain:
            checkpoint.close()


def check_alike(task: Any) -> None:
    """Refuses to train if processes that train together rest on different things."""
    if process_count() == 1:
        return
    rests = _rests_on(task)
    mine = {n: v for n, v in rests["options"].items() if n not in HARMLESS}
    mine |= rests["assets"] | {"batches per epoch": rests["steps"]}
    mine["training examples"] = fingerprint(task.batched("train", training=True)[0])
    mine["devices"] = task.distribution.devices
    if found := unlike("run", mine):
        listed = "".join(f"\n  {one}" for one in found)
        raise SeqkitError(
            f"expected processes with the same data and options, found others:{listed}"
        )


def fingerprint(batches: Any, count: int = 3) -> str:
    """A hash of `count` of the batches: their shapes, and integers such as tokens.

    Floating-point numbers are left out: their last digits may depend on the processor.
    """
    import keras
    import numpy as np

    found = hashlib.sha256()
    for step in sorted({int(n) for n in np.linspace(0, len(batches) - 1, count)}):
        for array in map(np.asarray, keras.tree.flatten(batches.batch(0, step))):
            found.update(f"{array.shape} {array.dtype}".encode())
            if array.dtype.kind in "biu":
                found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()[:16]


def record(task: Any, folder: str | os.PathLike[str]) -> None:
    """Writes what the task rests on, and its assets, into a folder for checkpoints."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    assets = folder / "assets"
    for old in (assets, folder / "sharded"):
        shutil.rmtree(old, ignore_errors=True)
    (folder / "checkpoint.npz").unlink(missing_ok=True)
    assets.mkdir()
    task.save_assets(assets)
    partial = folder / ".run.json"
    partial.write_text(json.dumps(_rests_on(task), indent=2) + "\n", encoding="utf-8")
    os.replace(partial, folder / "run.json")


def check(task: Any, folder: str | os.PathLike[str]) -> None:
    """Refuses to continue a run that rests on something else; names all differences."""
    file = Path(folder) / "run.json"
    try:
        then = json.loads(file.read_text(encoding="utf-8"))
        options, assets, steps = then["options"], then["assets"], then["steps"]
        if not isinstance(options, dict) or not isinstance(assets, dict):
            raise TypeError("options and assets are no mappings")
    except FileNotFoundError:
        if (Path(folder) / "card.json").is_file():  # it ended before it was recorded
            return record(task, folder)
        found = "no run.json in it" if Path(folder).is_dir() else "no such folder"
        raise SeqkitError(
            f"{folder}: expected the checkpoints of an interrupted run, found {found}"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise SeqkitError(
            f"{file}: expected what a run writes, found something else ({error}). "
            "Delete the folder to begin again."
        ) from error
    if then.get("recipe") != task.recipe:
        raise SeqkitError(
            f"{folder}: expected a run of the recipe {brief(then.get('recipe'))}, "
            f"which was interrupted, found {task.recipe!r}"
        )
    now = _rests_on(task)
    differences = [
        f"{name}: {brief(options.get(name))} then, {brief(value)} now"
        for name, value in now["options"].items()
        if name not in HARMLESS and options.get(name) != value
    ]
    differences += [
        f"{name}: another one than then, since the training data have changed"
        for name, value in now["assets"].items()
        if assets.get(name) != value
    ]
    if now["steps"] != steps:
        differences.append(f"batches per epoch: {steps} then, {now['steps']} now")
    if differences:
        listed = "".join(f"\n  {one}" for one in differences)
        raise SeqkitError(
            f"{folder}: expected the run that was interrupted, found another:{listed}\n"
            "Give that run's data and options, or delete the folder to begin again."
        )


def _rests_on(task: Any) -> dict[str, Any]:
    plain = json.loads(json.dumps(portable(task.config)))
    with tempfile.TemporaryDirectory() as folder:
        task.save_assets(Path(folder))
        assets = {
            one.name: _fingerprint(getattr(task, one.name), Path(folder) / one.file)
            for one in assets_of(task)
        }
    return {
        "recipe": task.recipe,
        "options": plain,
        "assets": assets,
        "steps": len(task.batched("train", training=True)[0]),
    }


def _fingerprint(asset: Any, file: Path) -> str | None:
    """What identifies an asset: its own fingerprint, or that of its file."""
    own = getattr(asset, "fingerprint", None)
    if own is not None:
        return str(own)
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None
