"""Several processes that train together: their numbers, and what one does for all.

`seqkit.distribution.joining` joins them. Without it there is one, number 0.
"""

import itertools
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from seqkit.errors import SeqkitError

_calls: dict[str, Iterator[int]] = defaultdict(itertools.count)


def process_count() -> int:
    """How many processes train together.

    >>> from seqkit.distribution import process_count
    >>> process_count()
    1
    """
    state = joined()
    return 1 if state is None else state.num_processes


def process_index() -> int:
    """Which of the processes this one is, from 0."""
    state = joined()
    return 0 if state is None else state.process_id


def is_primary() -> bool:
    """Whether this is process 0, which prints and writes for all."""
    return process_index() == 0


def joined() -> Any:
    """JAX's state of the processes, or `None` if there is one."""
    if "jax" not in sys.modules:
        return None
    # Of which all is public but the store of keys and values.
    from jax._src.distributed import global_state

    several = global_state.client is not None and global_state.num_processes > 1
    return global_state if several else None


def on_primary(name: str, run: Callable[[], Any]) -> Any:
    """What `run()` returns in process 0; the other processes wait for it.

    A SeqkitError there is raised in all. Every process has to call it as often, under
    the same name; process 0 waits for none.

    Args:
        name: What is done, to match the calls.
        run: Returns something that JSON can hold.

    >>> from seqkit.distribution import on_primary
    >>> on_primary("sum", lambda: 1 + 1)
    2
    """
    state = joined()
    if state is None:
        return run()
    key = f"seqkit/{name}/{next(_calls[name])}"
    if state.process_id:
        told = json.loads(_wait_for(state.client, key))
        if "error" in told:
            raise SeqkitError(told["error"])
        return told["result"]
    try:
        result = run()
    except Exception as error:
        known = isinstance(error, SeqkitError | OSError)
        text = str(error) if known else f"process 0: {type(error).__name__}: {error}"
        state.client.key_value_set(key, json.dumps({"error": text}))
        raise
    state.client.key_value_set(key, json.dumps({"result": result}))
    return result


def unlike(name: str, values: dict[str, Any]) -> list[str]:
    """What of `values`, which JSON can hold, is another in process 0, in words.

    Every process has to call it.
    """
    mine, theirs = json.loads(json.dumps(values)), on_primary(name, lambda: values)
    number = process_index()
    return [
        f"{one}: {theirs.get(one)} in process 0, {mine.get(one)} in process {number}"
        for one in {**theirs, **mine}
        if theirs.get(one) != mine.get(one)
    ]


def _wait_for(client: Any, key: str) -> str:
    """A value that another process sets; Ctrl-C is heard every few seconds."""
    while True:
        try:
            return client.blocking_key_value_get(key, 5_000)
        except Exception as error:
            if "DEADLINE_EXCEEDED" not in str(error):
                raise lost(error) from error


def lost(error: BaseException) -> SeqkitError:
    """The error of a process whose connection to the others is broken."""
    first = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
    return SeqkitError(
        f"the other processes cannot be reached any more ({first}), probably because "
        "one of them has ended; what it printed last says why. Start all of them "
        "again; a run with checkpoints goes on from its last whole epoch with resume"
    )


def is_lost(error: BaseException) -> bool:
    """Whether an error of JAX is that of a broken connection to other processes."""
    signs = "gloo nccl connection heartbeat coordination unavailable barrier"
    text = str(error).lower()
    if isinstance(error, TimeoutError):  # Orbax, which waits for the others' parts
        return process_count() > 1
    return process_count() > 1 and any(sign in text for sign in signs.split())
