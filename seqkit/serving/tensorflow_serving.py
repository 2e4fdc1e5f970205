"""The REST interface of TensorFlow Serving.

https://www.tensorflow.org/tfx/serving/api_rest: status, metadata and predict, with the
same forms of requests, answers and errors.
"""

import json
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from fastapi import APIRouter, Request, Response

from seqkit.serving.bodies import parse_json, read_body
from seqkit.serving.inputs import (
    check_pixels,
    check_seconds,
    pixels_of,
    seconds_of,
)
from seqkit.serving.limits import Limits
from seqkit.serving.models import Models
from seqkit.serving.refusals import Refused
from seqkit.serving.served import Served
from seqkit.serving.signatures import Function
from seqkit.serving.tensors import read_tensors, write_tensors
from seqkit.serving.waiting import answered

log = logging.getLogger("seqkit.serving")
DEFAULT = "serving_default"


def routes(models: Models, limits: Limits) -> APIRouter:
    """What answers under `/v1/models`."""
    router = APIRouter(prefix="/v1/models", tags=["TensorFlow Serving"])

    def find(name: str, version: str | None) -> Served:
        served = models[name] if name in models else None
        kind = "Latest" if version is None else "Specific"
        if served is None or version not in (None, str(served.version)):
            found = name[:80] if version is None else f"{name[:80]}, {version[:20]}"
            raise Refused(404, f"Servable not found for request: {kind}({found})")
        return served

    def status(name: str, version: str | None = None):
        """The state of a model."""
        served = find(name, version)
        fine = {"error_code": "OK", "error_message": ""}
        state = {"version": str(served.version), "state": "AVAILABLE", "status": fine}
        return {"model_version_status": [state]}

    async def metadata(name: str, version: str | None = None):
        """The signatures of a model, with the types and shapes of their inputs."""
        served = find(name, version)
        spec = {"name": name, "signature_name": "", "version": str(served.version)}
        signatures = await served.work(
            lambda: {k: _described(one) for k, one in served.functions.items()}
        )
        found = {"signature_def": {"signature_def": signatures}}
        return {"model_spec": spec, "metadata": found}

    async def predict(request: Request, name: str, version: str | None = None):
        """What a signature of a model returns."""
        served = find(name, version)
        values = parse_json(await read_body(request, limits))
        found = await answered(request, _predict(served, values, limits), limits)
        return Response(json.dumps(found), media_type="application/json")

    for place in ("/{name}", "/{name}/versions/{version}"):
        router.add_api_route(place + ":predict", predict, methods=["POST"])
        router.add_api_route(place, status, methods=["GET"])
        router.add_api_route(place + "/metadata", metadata, methods=["GET"])
    return router


async def _predict(served: Served, values: Any, limits: Limits) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise Refused(400, "JSON Value: Is not object")
    name = values.get("signature_name", "") or DEFAULT
    if not isinstance(name, str):
        raise Refused(400, "'signature_name' key must be a string value.")
    functions = await served.work(lambda: served.functions)
    if name not in functions:
        raise Refused(
            400,
            f'Serving signature name: "{name[:80]}" not found in signature def; there '
            f"are: {', '.join(sorted(functions))}",
        )
    function = functions[name]
    arrays, rows = read_tensors(values, function.inputs, partial(_check, limits))
    _check_sizes(arrays, limits)
    return await served.work(_called, function, arrays, rows)


def _called(function: Function, arrays: dict, rows: bool) -> dict[str, Any]:
    import tensorflow as tf

    given = {
        name: tf.constant(array, function.inputs[name].dtype)
        for name, array in arrays.items()
    }
    try:
        tensors = function.call(**given)
    except (tf.errors.InvalidArgumentError, tf.errors.ResourceExhaustedError):
        log.exception("a model could not compute its inputs")
        raise Refused(400, "the model cannot compute these inputs") from None
    return write_tensors({k: one.numpy() for k, one in tensors.items()}, rows)


def _check(limits: Limits, data: bytes) -> None:
    """Refuses a string that is too long, and a file that is too large."""
    pixels = pixels_of(data)
    seconds = seconds_of(data) if data[:4] == b"RIFF" and pixels is None else None
    text = pixels is None and seconds is None
    most = 4 * limits.max_text if text else limits.max_file * 1e6
    if len(data) > most:
        raise Refused(413, f"expected at most {most:.0f} bytes, found {len(data)}")
    if pixels is not None:
        check_pixels(pixels, limits)
    if seconds is not None:
        check_seconds(seconds, limits)


def _check_sizes(arrays: Mapping[str, np.ndarray], limits: Limits) -> None:
    """Refuses more rows, longer rows or longer results than the limits allow."""
    most = {**limits.of_options, "batch_size": limits.max_items}
    for name, array in arrays.items():
        if name in most and array.size and array.max() > most[name]:
            raise Refused(
                400, f"{name}: expected at most {most[name]}, found {array.max()}"
            )
        rows, *others = array.shape or (1,)
        if rows > limits.max_items or max(others, default=1) > limits.max_text:
            raise Refused(
                400,
                f"{name}: expected at most {limits.max_items} rows of at most "
                f"{limits.max_text}, found {list(array.shape)}",
            )


def _described(function: Function) -> dict[str, Any]:
    return {
        "inputs": _infos(function.inputs),
        "outputs": _infos(function.outputs()),
        "method_name": "tensorflow/serving/predict",
        "defaults": {},
    }


def _infos(specs: Mapping[str, Any]) -> dict[str, Any]:
    """The types and shapes of tensors; -1 stands for any size."""
    found = {}
    for name, spec in specs.items():
        rank = spec.shape.rank
        sizes = [] if rank is None else [-1 if n is None else n for n in spec.shape]
        dims = [{"size": str(size), "name": ""} for size in sizes]
        shape = {"dim": dims, "unknown_rank": rank is None}
        kind = f"DT_{spec.dtype.name.upper()}".replace("FLOAT32", "FLOAT")
        found[name] = {"dtype": kind, "tensor_shape": shape, "name": name}
    return found
