"""Servers under test: in memory, and in a thread with a socket."""

import asyncio
import contextlib
import threading

import httpx
import pytest
import uvicorn

from seqkit.options import Count, groups, option
from seqkit.serving import create_app
from tests.fake import FakeTask


class Client:
    """Asks an application in memory: `client.post(path, json=...)`."""

    def __init__(self, app):
        self.app = app

    def ask(self, *requests):
        """The answers to requests (method, path, arguments) that come together."""

        async def all_together():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            at = "http://server"
            async with httpx.AsyncClient(transport=transport, base_url=at) as client:
                calls = (client.request(m, path, **more) for m, path, more in requests)
                return await asyncio.gather(*calls)

        return asyncio.run(all_together())

    def get(self, path, **more):
        return self.ask(("GET", path, more))[0]

    def post(self, path, values=None, **more):
        more |= {} if values is None else {"json": values}
        return self.ask(("POST", path, more))[0]


class ShoutPredict(groups.SequencePredict):
    """What `predict` takes."""

    max_length: Count = option(20, "Most pieces of a stream.")


class Shout(FakeTask):
    """Answers in capitals, and fails at a word."""

    Predict = ShoutPredict

    def __init__(self, options):
        super().__init__(options)
        self.batches = []

    def answers(self, inputs, options):
        self.batches.append(list(inputs))
        if "fail" in inputs:
            raise RuntimeError("a secret of the server")
        return [one.upper() for one in inputs]

    def stream(self, prompt="", *, max_length=None, seed=None):
        for number in range(max_length or 10**6):
            self.calls.append(number)
            yield f"{prompt}{number} "


@pytest.fixture
def shout(registered):
    """A task that answers in capitals; `batches` are the lists that it was given."""
    cls = type("Shout", (Shout,), {"built": [], "__doc__": Shout.__doc__})
    return registered("shout", cls).build()


@pytest.fixture
def client(shout):
    return Client(create_app({"shout": shout}, max_wait=20))


@pytest.fixture(scope="session")
def listening():
    """`with listening(app) as address:` serves an application from a thread."""

    @contextlib.contextmanager
    def serve(app):
        config = uvicorn.Config(app, port=0, log_level="critical")
        server = uvicorn.Server(config)
        sock = config.bind_socket()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{sock.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()

    return serve
