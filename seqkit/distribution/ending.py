"""If one of several processes ends with an error, it tells the others, which end, too.

JAX would end them too, but by a crash with a trace, and some only after half a minute.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from seqkit.distribution.processes import joined

JOINING = "seqkit-joining"
"""The name of the thread in which JAX joins the processes."""
_ENDED, _LEFT = "seqkit/ended", "seqkit/left/{}"
_PATIENCE = 2
"""Seconds in which a process that was told may end by itself, with its own message."""


def leave(code: int) -> None:
    """Ends this process at once if it is one of several, so that the others end, too.

    Otherwise it would wait at its end for the others, and they for it. If it has not
    joined them yet, it would crash.
    """
    state = joined()
    meeting = any(thread.name == JOINING for thread in threading.enumerate())
    if state is None and not meeting:
        return
    if not meeting:
        telling = threading.Thread(target=_tell, args=(state,), daemon=True)
        telling.start()
        telling.join(_PATIENCE + 4)  # the connection may be broken
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def ending(hook: Callable) -> Callable:
    """Wraps a hook for uncaught errors, so that it also ends the process."""

    def ended(*error):
        hook(*error)
        leave(1)

    return ended


def watch() -> None:
    """Starts a thread that ends this process soon after another one tells its end."""
    threading.Thread(target=_watch, args=(joined(),), daemon=True).start()


def _watch(state: Any) -> None:
    try:
        while (who := _value(state.client, _ENDED)) is None:
            time.sleep(0.5)
    except Exception:  # the connection is broken, which JAX handles
        return
    if int(who) == state.process_id:
        return
    time.sleep(_PATIENCE)
    print(
        f"seqkit: process {state.process_id} of {state.num_processes}: error: process "
        f"{who} has ended; what it printed last says why. Start all of them again; a "
        "run with checkpoints goes on from its last whole epoch with resume",
        file=sys.stderr,
    )
    leave(2)


def _tell(state: Any) -> None:
    """Tells the others of the end; process 0, which connects them, leaves last."""
    number, client = state.process_id, state.client
    try:
        if _value(client, _ENDED) is None:
            client.key_value_set(_ENDED, str(number), allow_overwrite=True)
        # From here on it no longer needs process 0.
        client.key_value_set(_LEFT.format(number), "")
        if number == 0:
            others = [_LEFT.format(one) for one in range(1, state.num_processes)]
            while any(_value(client, one) is None for one in others):
                time.sleep(0.1)
            time.sleep(1)
    except Exception:  # nobody can be told
        return


def _value(client: Any, key: str) -> str | None:
    """What a process has set, or `None`."""
    try:
        return client.key_value_try_get(key)
    except Exception as error:
        if "NOT_FOUND" in str(error):
            return None
        raise
