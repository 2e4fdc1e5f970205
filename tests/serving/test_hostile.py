"""A thousand requests that a generator makes to break a server: it answers them all."""

import asyncio
import base64
import io
import json
import random
import struct
import zlib

import httpx
import pytest
from PIL import Image

from seqkit.serving import create_app
from tests.serving.conftest import Client

COUNT = 1000


def bomb(width=60_000, height=60_000):
    """A PNG of a few bytes whose header promises many pixels."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def picture():
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    return file.getvalue()


def coded(data):
    return {"b64": base64.b64encode(data).decode()}


WORTHLESS = [
    *(None, True, False, 0, -1, 1e308, 10**30, {}, [], [[]], [[[]]], {"b64": 7}),
    *({"b64": "%%%"}, {"b64": "", "more": 1}, "x" * 10_001, ["x" * 20_000], [None]),
    *({"$ref": "#"}, {"__class__": "os"}, {"path": "/etc/passwd"}, [{"a": "b"}]),
]
OPTIONS = [
    *({"num_beams": 10**9}, {"num_beams": "1"}, {"num_beams": [1]}, {"top_p": 7}),
    *({"batch_size": 0}, {"batch_size": 1e9}, {"nonesuch": 1}, {"__init__": 1}),
    *({"temperature": -1}, {"temperature": "nan"}, {"seed": "0"}, {"seed": 2.5}),
    *({"model": "/etc/passwd"}, {"inputs ": 1}, {"": 1}, {"return_scores": 1}),
    *({"max_length": 10**6}, {"length_penalty": {}}, {"top_k": 2**40}),
]
BODIES = [
    *(b"", b"{", b"[", b"nul", b"\0", b"\xff\xfe", b"{}{}", b"'a'", b"[1,]"),
    *(b'{"inputs": "\\ud83d"}', b'{"inputs": "\xed\xa0\x80"}', b"[" * 50_000),
    *(b'{"a":' * 50_000, b"9" * 10_000, b'{"inputs":', b"<xml/>", b"%PDF"),
    *(b'"' + b"a" * 100_000 + b'"', b"\xef\xbb\xbf{", b"GET / HTTP/1.1\r\n\r\n"),
]
NAMES = ["shout", "no", "..", "%2e%2e", "a" * 5000, "shout%00", "'; DROP", "<b>"]
VERBS = ["predict", "explain", "stream", "reload"]
HEADERS = [
    {},
    {"content-type": "text/html"},
    {"content-type": "multipart/form-data"},
    {"content-type": "multipart/form-data; boundary="},
    {"content-type": "multipart/form-data; boundary=x"},
    {"content-type": "application/x-www-form-urlencoded"},
    {"origin": "http://evil.example"},
    {"content-type": "application/json; charset=utf-7"},
]


def hostile(draw):
    """A request (method, path, arguments) that no server should answer with 200."""
    name = draw.choice(NAMES)
    paths = [f"/models/{name}/{draw.choice(VERBS)}", f"/v1/models/{name}:predict"]
    paths += ["/predict", "/explain", "/stream", "/models/image/predict"]
    path = draw.choice(paths)
    kind = draw.randrange(5)
    if kind == 0:
        headers, body = draw.choice(HEADERS), draw.choice(BODIES)
        return "POST", path, {"content": body, "headers": headers}
    if kind == 1:
        return "POST", path, {"json": {"inputs": draw.choice(WORTHLESS)}}
    if kind == 2:
        values = {"inputs": "a"} | draw.choice(OPTIONS)
        return "POST", path, {"json": values}
    if kind == 3:
        method = draw.choice(["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
        ways = ["/predict", "/v1", "/v1/models", "/../etc/passwd", "/page/..%2fapp.py"]
        ways += ["/page/%2e%2e/app.py", "/models/shout", "/static", f"/{name}"]
        return method, draw.choice(ways), {}
    data = bytearray(draw.choice([picture(), bomb(), b"%!PS-Adobe", b"BM" * 50]))
    for _ in range(draw.randrange(1, 20)):
        data[draw.randrange(min(40, len(data)))] = draw.randrange(256)
    data[:8] = draw.choice([bytes(data[:8]), b"\x89PNG\r\n\x1a\n", b"GIF89a\xff\xff"])
    many = draw.choice([1, 3, 300])
    return "POST", "/models/image/predict", {"json": {"inputs": [coded(data)] * many}}


@pytest.fixture
def server(shout, registered):
    """A server of texts and of images, neither of which takes long."""
    from seqkit.task import Field
    from tests.serving.conftest import Shout

    look = {"built": [], "__doc__": "Looks.", "fields": {"image": Field("image")}}
    look["answers"] = lambda self, inputs, options: ["seen" for _ in inputs]
    look["stream"] = None
    look["read_input"] = lambda self, one: Image.open(io.BytesIO(one)).convert("RGB")
    image = registered("image", type("Look", (Shout,), look)).build()
    shout.stream = lambda prompt, max_length=None, seed=None: iter(["a"])
    models = {"shout": shout, "image": image}
    return Client(create_app(models, max_wait=0, max_items=50))


def test_every_hostile_request_gets_an_error_and_the_server_goes_on(server):
    draw = random.Random(0)
    requests = [hostile(draw) for _ in range(COUNT)]

    async def ask():
        transport = httpx.ASGITransport(server.app, raise_app_exceptions=False)
        at = "http://server"
        async with httpx.AsyncClient(transport=transport, base_url=at) as client:
            found = []
            for method, path, more in requests:
                found.append(await client.request(method, path, **more))
            return found

    for request, response in zip(requests, asyncio.run(ask()), strict=True):
        said = f"{str(request)[:300]}: {response.status_code} {response.text[:300]}"
        if response.status_code == 200:
            # What was drawn may be right after all, such as a picture that still opens.
            assert _may_be_right(request), said
            continue
        assert 400 <= response.status_code < 500, said
        message = response.json()["error"]
        assert message and len(message) <= 2500, said
        assert "Traceback" not in response.text and "File " not in response.text, said
    fine = server.post("/predict", {"inputs": ["a", "b"]})
    assert [one["answer"] for one in fine.json()["results"]] == ["A", "B"]
    assert server.get("/health").status_code == 200


def _may_be_right(request):
    method, path, more = request
    inputs = more.get("json", {}).get("inputs")
    return inputs is not None and "image" in path and len(inputs) in (1, 3)


def test_a_decompression_bomb_is_refused_by_its_header(server):
    response = server.post("/models/image/predict", {"inputs": [coded(bomb())]})
    assert response.status_code == 413
    assert "at most 25000000 pixels, found one of" in response.json()["error"]
    response = server.post("/models/image/predict", {"inputs": [coded(picture())]})
    assert response.json()["results"] == [{"answer": "seen"}]


@pytest.mark.parametrize("kind", ["EPS", "PPM", "ICO"])
def test_only_usual_formats_of_images_are_opened(server, kind):
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, kind)
    response = server.post(
        "/models/image/predict", {"inputs": [coded(file.getvalue())]}
    )
    assert response.status_code == 422
    assert "expected an image (PNG, JPEG" in response.json()["error"]


def test_a_path_is_never_opened(server, tmp_path):
    (tmp_path / "a.png").write_bytes(picture())
    for one in (str(tmp_path / "a.png"), {"path": str(tmp_path / "a.png")}):
        response = server.post("/models/image/predict", {"inputs": [one]})
        assert response.status_code == 422
        assert 'as {"b64": "…"}' in json.loads(response.text)["error"]
