"""What every request has to pass, and what every answer tells a browser."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seqkit.serving.models import Models

_HEADERS = {
    # Nothing comes from elsewhere, and nothing in a page runs but its own scripts.
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Guarded:
    """An ASGI application that is safe to open in a browser.

    Other sites cannot post to it through a browser that happens to reach it; and while
    it shuts down, what comes late is told so.

    Args:
        app: The application.
        models: Its models, which know whether it shuts down.
    """

    def __init__(self, app: ASGIApp, models: Models):
        self.app, self.models = app, models

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        refused = self._refused(scope)
        await (refused or self.app)(scope, receive, sending)

    def _refused(self, scope: Scope) -> JSONResponse | None:
        if scope["method"] in ("GET", "HEAD"):
            return None
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            error = "requests of other sites are not answered"
            return JSONResponse({"error": error}, 403)
        if self.models.closing:
            error = "the server is shutting down"
            return JSONResponse({"error": error}, 503, {"Retry-After": "5"})
        return None
