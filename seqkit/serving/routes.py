"""What a server answers, apart from TensorFlow Serving's form and the page."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pydantic_core
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from seqkit.serving.bodies import read_values
from seqkit.serving.limits import Limits
from seqkit.serving.metrics import Metrics
from seqkit.serving.models import Models
from seqkit.serving.refusals import Refused, item_error, refusal
from seqkit.serving.requests import read_request, schema_of
from seqkit.serving.served import ServedModel
from seqkit.serving.served_task import ServedTask
from seqkit.serving.waiting import answered


def routes(models: Models, limits: Limits, metrics: Metrics) -> APIRouter:
    """What answers outside of `/v1`; without a name, the first model does."""
    router = APIRouter()

    def task_of(request: Request, name: str | None) -> ServedTask:
        name = next(iter(models)) if name is None else name
        request.path_params["name"] = name  # which is counted
        served = models[name]
        if isinstance(served, ServedModel):
            raise served.refuse()
        assert isinstance(served, ServedTask)
        return served

    async def predict(request: Request, name: str | None = None):
        """Answers inputs; each has an `answer`, or an `error` with its `status`."""
        served = task_of(request, name)
        values = await read_values(request, limits)
        inputs, options = read_request(values, served.request, limits)
        found = await answered(request, served.predict(inputs, options), limits)
        results = [
            item_error(one) if isinstance(one, Exception) else {"answer": one}
            for one in found
        ]
        body = {"model": served.name, "version": served.version, "results": results}
        bad = [one for one in found if isinstance(one, Exception)]
        if len(bad) < len(found):
            return to_json(body)
        status, message = refusal(bad[0])
        return to_json({"error": message, **body}, status)

    async def explain(request: Request, name: str | None = None):
        """Answers one input, with what a page shows of it."""
        served = task_of(request, name)
        values = await read_values(request, limits)
        one, options = _one(*read_request(values, served.request, limits))
        return to_json(await answered(request, served.explain(one, options), limits))

    async def stream(request: Request, name: str | None = None):
        """Continues a text, as server-sent events: each piece as it is written."""
        served = task_of(request, name)
        values = await read_values(request, limits)
        one, options = _one(
            *read_request(values, served.request, limits, served.stream_options)
        )
        pieces = await served.stream(one, options)
        return StreamingResponse(
            _events(pieces),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
        )

    for verb in (predict, explain, stream):
        path = f"/{verb.__name__}"
        router.add_api_route(path, verb, methods=["POST"])
        router.add_api_route("/models/{name}" + path, verb, methods=["POST"])

    @router.get("/models")
    async def list_models():
        """The models, with what goes in and the options that they take."""
        return to_json(
            [
                {
                    "name": name,
                    "version": served.version,
                    **served.describe(),
                    "schemas": schemas_of(served, limits),
                }
                for name, served in models.items()
            ]
        )

    @router.post("/models/{name}/reload")
    async def reload(name: str):
        """Loads a model again from its folder; no request is lost."""
        served = await models.reload(name)
        return {"model": name, "version": served.version}

    @router.get("/health")
    async def health():
        """Whether requests are answered."""
        if models.closing:
            raise Refused(503, "the server is shutting down")
        versions = {name: served.version for name, served in models.items()}
        return {"status": "ok", "models": versions}

    @router.get("/metrics")
    async def measure():
        """Figures for Prometheus."""
        return Response(generate_latest(metrics.registry), media_type=_PROMETHEUS)

    return router


_PROMETHEUS = CONTENT_TYPE_LATEST


def schemas_of(served: Any, limits: Limits) -> dict[str, Any]:
    """The JSON Schema of the requests that a model takes, by endpoint."""
    if not isinstance(served, ServedTask):
        return {}
    fixed = served.request, served.kind, limits
    found = {verb: schema_of(*fixed, served.options) for verb in ("predict", "explain")}
    if served.stream_options:
        found["stream"] = schema_of(*fixed, served.stream_options)
    return found


def _one(inputs: list, options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    if len(inputs) != 1:
        raise Refused(422, f"inputs: expected one, found {len(inputs)}")
    return inputs[0], options


async def _events(pieces: AsyncIterator[str]) -> AsyncIterator[str]:
    """Pieces of text as server-sent events."""
    try:
        async for piece in pieces:
            yield f"data: {json.dumps({'text': piece})}\n\n"
        yield "event: done\ndata: {}\n\n"
    except Exception as error:
        yield f"event: error\ndata: {json.dumps(item_error(error))}\n\n"
        raise
    finally:
        await pieces.aclose()  # type: ignore


def to_json(value: Any, status: int = 200) -> Response:
    """A response of anything that recipes answer."""

    def fallback(one):
        return one.as_dict() if hasattr(one, "as_dict") else one.tolist()

    body = pydantic_core.to_json(value, fallback=fallback)
    return Response(body, status, media_type="application/json")
