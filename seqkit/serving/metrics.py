"""What a server counts, for Prometheus."""

import time
from collections.abc import Collection
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """The figures of one server, with a registry of its own."""

    def __init__(self):
        self.registry = CollectorRegistry()
        of: dict[str, Any] = {"registry": self.registry}
        by = ["model", "endpoint"]
        self.requests = Counter(
            "seqkit_requests", "Requests that were answered.", [*by, "status"], **of
        )
        self.seconds = Histogram(
            "seqkit_request_seconds",
            "Time from a request to the end of its answer.",
            by,
            buckets=_SECONDS,
            **of,
        )
        self.inputs = Counter(
            "seqkit_inputs", "Inputs of predict.", ["model", "outcome"], **of
        )
        self.batches = Histogram(
            "seqkit_batch_size",
            "Inputs that were computed together.",
            ["model"],
            buckets=_SIZES,
            **of,
        )
        self.waiting = Gauge(
            "seqkit_queue_length", "Inputs that wait.", ["model"], **of
        )
        self.streams = Gauge(
            "seqkit_streams", "Texts that are being streamed.", ["model"], **of
        )
        self.pieces = Counter(
            "seqkit_stream_pieces", "Pieces of text that were sent.", ["model"], **of
        )
        self.loads = Counter(
            "seqkit_loads", "Times that a model was loaded.", ["model", "outcome"], **of
        )


class Measured:
    """An ASGI application whose requests are counted.

    Names that clients make up do not become labels.

    Args:
        app: The application.
        metrics: Where to count.
        names: The names of models.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, names: Collection[str]):
        self.app, self.metrics, self.names = app, metrics, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            model = scope.get("path_params", {}).get("name", "")
            endpoint = getattr(scope.get("route"), "path", "")
            labels = (model if model in self.names else "", endpoint)
            self.metrics.requests.labels(*labels, str(status)).inc()
            self.metrics.seconds.labels(*labels).observe(time.perf_counter() - start)
