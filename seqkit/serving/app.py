"""The application: models, limits, routes and page put together."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

import seqkit
from seqkit.serving import page, routes, tensorflow_serving
from seqkit.serving.guard import Guarded
from seqkit.serving.limits import Limits
from seqkit.serving.metrics import Measured, Metrics
from seqkit.serving.models import Models, Source
from seqkit.serving.openapi import describe
from seqkit.serving.refusals import Refused, refusal
from seqkit.task import Task


def create_app(
    models: Mapping[str, Source],
    *,
    recipe: type[Task] | None = None,
    watch: bool = False,
    **limits: Any,
) -> FastAPI:
    """An ASGI application that serves models, for `uvicorn.run` and others like it.

    | | |
    |---|---|
    | `GET /` | a page to try the models |
    | `POST /predict`, `/models/NAME/predict` | answers inputs |
    | `POST /explain`, `/models/NAME/explain` | answers one, with what the page shows |
    | `POST /stream`, `/models/NAME/stream` | continues a text as server-sent events |
    | `POST /v1/models/NAME:predict`, … | as TensorFlow Serving does |
    | `POST /models/NAME/reload` | loads a model again |
    | `GET /models`, `/health`, `/metrics`, `/openapi.json` | |

    Args:
        models: Name to the folder of a saved task or of an exported SavedModel, or to a
            task. The first is the one for `/predict`.
        recipe: The class of the tasks, if it is not registered under its name.
        watch: Whether a model is loaded again when its folder changes.
        limits: Those of `seqkit.serving.Limits`.

    Returns:
        A `fastapi.FastAPI`, with the `Models` as `app.state.models`.

    Raises:
        ArgumentError: Names, folders or limits that are wrong.
    """
    settled, metrics = Limits.settle(limits), Metrics()
    served = Models(models, settled, metrics, recipe)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI):
        watching = asyncio.create_task(served.watch()) if watch else None
        yield
        if watching is not None:
            watching.cancel()

    app = FastAPI(
        title="seqkit",
        version=seqkit.__version__,
        lifespan=lifespan,
        docs_url=None,  # their scripts come from elsewhere
        redoc_url=None,
    )
    app.state.models, app.state.limits = served, settled
    app.include_router(routes.routes(served, settled, metrics))
    app.include_router(tensorflow_serving.routes(served, settled))
    app.include_router(page.routes())
    app.add_middleware(Guarded, models=served)
    app.add_middleware(Measured, metrics=metrics, names=served)
    for kind in (Refused, Exception):
        app.add_exception_handler(kind, _failed)
    app.add_exception_handler(HTTPException, _not_found)
    app.openapi = lambda: describe(app, served, settled)  # type: ignore
    return app


async def _failed(request: Request, error: Exception) -> JSONResponse:
    status, message = refusal(error)
    headers = {"Retry-After": "1"} if status in (429, 503) else None
    return JSONResponse({"error": message}, status, headers)


async def _not_found(request: Request, error: Any) -> JSONResponse:
    """What there is no route for: no such path, or another method."""
    found = f"{request.method} {request.url.path[:200]}"
    message = f"Malformed request: {found}. {error.detail}; see /openapi.json"
    return JSONResponse({"error": message}, error.status_code, error.headers)
