"""The page to try a model: plain HTML, styles and scripts, all served from here."""

from importlib import resources

from fastapi import APIRouter, Response

from seqkit.serving.refusals import Refused

_KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript"}


def routes() -> APIRouter:
    """`/` and what it consists of."""
    router = APIRouter(include_in_schema=False)
    folder = resources.files(__name__)
    files = {
        file.name: file.read_bytes()
        for file in folder.iterdir()
        if file.name.rpartition(".")[2] in _KINDS
    }

    @router.get("/")
    async def index():
        return answer("index.html")

    @router.get("/page/{name}")
    async def part(name: str):
        return answer(name)

    def answer(name: str) -> Response:
        if name not in files:
            raise Refused(404, "there is no such part of the page")
        kind = _KINDS[name.rpartition(".")[2]]
        return Response(
            files[name],
            media_type=f"{kind}; charset=utf-8",
            headers={"Cache-Control": "no-cache"},
        )

    return router
