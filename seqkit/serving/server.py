"""Running an application: its socket, its signals, its end."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from seqkit.errors import SeqkitError

_PATIENCE = 30  # seconds that answers in progress have when the server ends


def bind(host: str, port: int) -> socket.socket:
    """A socket at an address, where nothing is answered yet.

    Raises:
        SeqkitError: The address is taken, or not one of this machine.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        sock = socket.socket(family)
    except OSError as error:
        raise _taken(host, port, error) from None
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise _taken(host, port, error) from None
    return sock


def _taken(host: str, port: int, error: OSError) -> SeqkitError:
    return SeqkitError(
        f"{host}:{port}: expected a free address of this machine, found: "
        f"{error.strerror or error}. Choose another --host or --port"
    )


def run(
    app: Any,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    sock: socket.socket | None = None,
    announce: Callable[[str], Any] = print,
) -> None:
    """Serves an application until SIGTERM or Ctrl-C; what was begun is finished.

    On SIGHUP models are loaded again.

    Args:
        app: What `seqkit.serving.create_app` returned.
        host: The address to listen at; by default this machine alone is answered.
        port: The port; 0 takes a free one.
        sock: What `bind` returned, in place of address and port.
        announce: Called with the address once the server answers.

    Raises:
        SeqkitError: The address is taken, or not one of this machine.
    """
    logging.basicConfig(format="seqkit: %(message)s")
    config = uvicorn.Config(
        app,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE,
    )
    with sock or bind(host, port) as listening:
        _Server(config, announce).run(sockets=[listening])


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
