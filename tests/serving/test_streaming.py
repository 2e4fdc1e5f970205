"""Texts that are streamed: whole, refused, and left by their client."""

import json
import time

import httpx
import pytest

from seqkit.serving import create_app


def events(response):
    """The data of the events of a response."""
    blocks = response.text.strip().split("\n\n")
    return [json.loads(block.partition("data: ")[2]) for block in blocks]


def test_the_pieces_are_the_text(client):
    response = client.post("/stream", {"inputs": "n", "max_length": 3})
    assert response.headers["content-type"].startswith("text/event-stream")
    assert events(response) == [{"text": f"n{n} "} for n in range(3)] + [{}]
    assert response.text.endswith("event: done\ndata: {}\n\n")


def test_without_a_length_it_has_the_default_of_predict(client):
    assert len(events(client.post("/stream", {"inputs": "n"}))) == 21


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"inputs": ["a", "b"]}, "inputs: expected one, found 2"),
        ({"inputs": "a", "num_beams": 2}, "num_beams: not an option of a stream"),
        ({"inputs": "a", "max_length": 1001}, "at most 1000 on this server"),
        ({"inputs": 7}, "expected a text, found 7"),
    ],
)
def test_what_cannot_be_streamed_is_refused_before_it_begins(client, values, message):
    response = client.post("/stream", values)
    assert response.status_code == 422 and message in response.json()["error"]


def test_an_error_on_the_way_is_an_event(client, shout):
    def stream(prompt, max_length=None, seed=None):
        yield "a"
        raise RuntimeError("secret")

    shout.stream = stream
    found = events(client.post("/stream", {"inputs": "n"}))
    assert found[0] == {"text": "a"} and found[1]["status"] == 500
    assert "secret" not in json.dumps(found)


def test_a_client_that_leaves_stops_the_work(shout, listening):
    def stream(prompt, max_length=None, seed=None):
        for number in range(max_length):
            shout.calls.append(number)
            time.sleep(0.01)
            yield f"{number} "

    shout.stream = stream
    app = create_app({"shout": shout}, max_streams=1)
    served = app.state.models["shout"]
    values = {"inputs": "n", "max_length": 1000}
    with listening(app) as address, httpx.Client(base_url=address) as client:
        with client.stream("POST", "/stream", json=values) as response:
            pieces = response.iter_text()  # which closes the response when it goes
            assert next(pieces).startswith("data: ")
            second = client.post("/stream", json=values)
            assert second.status_code == 429
            assert "1 texts are being streamed" in second.json()["error"]
        until = time.monotonic() + 10
        while served.streaming and time.monotonic() < until:
            time.sleep(0.01)
        assert served.streaming == 0
        count = len(shout.calls)
        time.sleep(0.1)
        assert len(shout.calls) == count < 900
        third = client.post("/stream", json={**values, "max_length": 2})
        assert third.status_code == 200
