"""Running an application: its socket, its signals, its end."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable
from typing import Any

import uvicorn

from seqkit.errors import SeqkitError

_PATIENCE = 30  # seconds that answers in progress have when the server ends


def run(
    app: Any,
    host: str = "127.0.0.1",
    port: int = 8000,
    announce: Callable[[str], Any] = print,
) -> None:
    """Serves an application until SIGTERM or Ctrl-C; what was begun is finished.

    On SIGHUP models are loaded again.

    Args:
        app: What `seqkit.serving.create_app` returned.
        host: The address to listen at; by default this machine alone is answered.
        port: The port; 0 takes a free one.
        announce: Called with the address once the server answers.

    Raises:
        SeqkitError: The address is taken, or not one of this machine.
    """
    logging.basicConfig(format="seqkit: %(message)s")
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE,
    )
    try:
        sock = config.bind_socket()
    except SystemExit:
        raise SeqkitError(
            f"{host}:{port}: expected a free address of this machine; choose another "
            "--host or --port"
        ) from None
    _Server(config, announce).run(sockets=[sock])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, announce: Callable[[str], Any]):
        super().__init__(config)
        self._announce, self._models = announce, config.app.state.models  # type: ignore
        self._reloads: set[asyncio.Task] = set()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        loop = asyncio.get_running_loop()
        with contextlib.suppress(AttributeError, NotImplementedError, RuntimeError):
            loop.add_signal_handler(signal.SIGHUP, self._reload)
        host, port = sockets[0].getsockname()[:2]
        self._announce(f"http://{f'[{host}]' if ':' in host else host}:{port}/")

    def _reload(self) -> None:
        task = asyncio.get_running_loop().create_task(self._models.reload_all())
        self._reloads.add(task)
        task.add_done_callback(self._reloads.discard)

    def handle_exit(self, sig: int, frame: Any) -> None:
        self._models.closing = True
        super().handle_exit(sig, frame)
