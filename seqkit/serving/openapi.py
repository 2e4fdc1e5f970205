"""The description of a server for other programs, `/openapi.json`."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from seqkit.serving.limits import Limits
from seqkit.serving.models import Models
from seqkit.serving.routes import schemas_of


def describe(app: FastAPI, models: Models, limits: Limits) -> dict[str, Any]:
    """OpenAPI, in which each model has paths with what it takes now."""
    found = get_openapi(title=app.title, version=app.version, routes=app.routes)
    paths = found["paths"]
    for number, (name, served) in enumerate(models.items()):
        for verb, schema in schemas_of(served, limits).items():
            general = paths[f"/models/{{name}}/{verb}"]["post"]
            body = {"required": True, "content": {"application/json": {}}}
            body["content"]["application/json"]["schema"] = schema
            post = {
                "summary": f"{general['summary']}: {name}",
                "description": general.get("description", ""),
                "operationId": f"{verb}_{name}",
                "requestBody": body,
                "responses": general["responses"],
            }
            paths[f"/models/{name}/{verb}"] = {"post": post}
            if number == 0:
                paths[f"/{verb}"]["post"]["requestBody"] = body
    return found
