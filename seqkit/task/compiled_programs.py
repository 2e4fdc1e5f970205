"""What XLA compiles for JAX is kept on disk, so that a second run compiles nothing."""

import os
import platform
import tempfile
from pathlib import Path
from typing import Any

from seqkit.task.reporting import report

MOST_BYTES = 4 * 2**30
"""Beyond it, what was used least recently is deleted."""


def keep_compiled(cache_dir: str | os.PathLike[str] | None = None) -> None:
    """Sets JAX's persistent cache of compiled programs, unless it is set or off.

    It is in the folder `compiled` of seqkit's cache, by machine. The environment
    variable `JAX_COMPILATION_CACHE_DIR` names another place, and
    `JAX_ENABLE_COMPILATION_CACHE=false` turns it off. If the folder cannot be written,
    nothing is kept, which is reported.
    """
    import keras

    if keras.backend.backend() != "jax":
        return
    import jax

    # Names that JAX adds to its configuration as it starts.
    config: Any = jax.config
    if config.jax_compilation_cache_dir or not config.jax_enable_compilation_cache:
        return
    from seqkit.data.sources.store import cache_folder

    folder = cache_folder(cache_dir) / "compiled" / _machine()
    known = folder.is_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        report(f"{folder}: compiled programs are not kept ({error.strerror or error})")
        config.update("jax_enable_compilation_cache", False)  # said once
        return
    if not known:
        report(
            f"compiled programs are kept in {folder.parent}, so that they are compiled "
            "once; JAX_ENABLE_COMPILATION_CACHE=false turns this off"
        )
    config.update("jax_compilation_cache_dir", str(folder))
    _set("jax_compilation_cache_max_size", MOST_BYTES)
    # By default JAX keeps only what takes a second, and there are many quicker ones.
    _set("jax_persistent_cache_min_compile_time_secs", 0.0)
    from jax.experimental.compilation_cache import compilation_cache

    compilation_cache.reset_cache()  # something may have been compiled already


def _set(name: str, value: Any) -> None:
    """Sets what the environment leaves open."""
    import jax

    if name.upper() not in os.environ:
        jax.config.update(name, value)


def _machine() -> str:
    """A name of machines that can run what one of them compiled."""
    import jax

    from seqkit.data.sources.store import key_of

    processor = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        lines = info.read_text(encoding="utf-8", errors="replace").splitlines()
        processor = sorted({x for x in lines if x.startswith(("flags", "Features"))})
    return key_of(jax.__version__, platform.machine(), processor)
