"""Requests and answers of a server, its limits, its models and how it reloads them."""

import asyncio
import json
import time

import httpx
import pytest

from seqkit.errors import ArgumentError
from seqkit.serving import create_app
from tests.serving.conftest import Client

A = {"inputs": "a"}


def test_answers_keep_their_order(client):
    found = client.post("/predict", {"inputs": ["one", "two"], "num_beams": 2}).json()
    assert found["results"] == [{"answer": "ONE"}, {"answer": "TWO"}]
    assert (found["model"], found["version"]) == ("shout", 1)
    assert client.post("/models/shout/predict", A).json()["results"] == [
        {"answer": "A"}
    ]


def test_one_bad_input_does_not_fail_the_others(client):
    inputs = ["one", 7, None, "x" * 10_001, "fail", "two"]
    response = client.post("/predict", {"inputs": inputs})
    assert response.status_code == 200
    one, number, nothing, long, failed, two = response.json()["results"]
    assert (one, two) == ({"answer": "ONE"}, {"answer": "TWO"})
    assert number == {"error": "expected a text, found 7", "status": 422}
    assert "found None" in nothing["error"]
    assert long["status"] == 413 and "at most 10000 characters" in long["error"]
    assert failed["status"] == 500 and "secret" not in json.dumps(response.json())


def test_if_no_input_is_good_the_status_says_so(client):
    response = client.post("/predict", {"inputs": [7, "fail"]})
    assert response.status_code == 422
    assert response.json()["error"] == "expected a text, found 7"
    assert client.post("/predict", {"inputs": ["fail"]}).status_code == 500
    assert client.post("/predict", A).status_code == 200


def test_all_mistakes_of_a_request_are_said_together(client):
    values = {"inputs": [], "num_baems": 3, "temperature": 0, "num_beams": 33}
    response = client.post("/predict", values)
    assert response.status_code == 422
    found = set(response.json()["error"].splitlines())
    assert found == {
        "inputs: expected at least one, found an empty list",
        "num_baems: unknown; did you mean num_beams?",
        "temperature: expected a number above 0 or null, found 0",
        "num_beams: expected at most 32 on this server, found 33",
    }


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"", 400, "expected JSON"),
        (b"{", 400, "expected JSON"),
        (b"\xff", 400, "expected JSON"),
        (b"[" * 100_000, 400, "expected JSON"),
        (b'{"inputs": "\\ud800"}', 400, "expected JSON"),
        (b"7", 422, "found 7"),
        (b"{}", 422, "inputs: expected one input or a list of them, found none"),
        (b'{"inputs": ["a"], "seed": 1e999}', 422, "seed: expected an integer"),
        (b'{"inputs": [' + b'"a",' * 256 + b'"a"]}', 422, "at most 256, found 257"),
        (b" " * 32_000_001, 413, "at most 32 megabytes"),
    ],
    ids="empty cut bytes deep half number none endless many huge".split(),
)
def test_what_is_no_request_is_refused(client, body, status, message):
    response = client.ask(("POST", "/predict", {"content": body}))[0]
    assert response.status_code == status
    assert message in response.json()["error"]


def test_requests_share_batches_and_draws_do_not(client, shout):
    values = [{"inputs": [f"text {n}"]} for n in range(30)]
    found = client.ask(*(("POST", "/predict", {"json": one}) for one in values))
    answers = [one.json()["results"][0]["answer"] for one in found]
    assert answers == [f"TEXT {n}" for n in range(30)]
    assert len(shout.batches) < 4
    shout.batches.clear()
    drawn = {"inputs": ["a", "b"], "top_k": 3}
    client.ask(*(("POST", "/predict", {"json": drawn}) for _ in range(3)))
    assert shout.batches == [["a", "b"]] * 3


def test_a_full_queue_and_an_answer_that_takes_too_long(registered, shout):
    client = Client(create_app({"shout": shout}, max_queue=2))
    answer = client.post("/predict", {"inputs": ["a", "b", "c"]})
    assert answer.status_code == 429 and "the queue is full" in answer.json()["error"]
    assert answer.headers["retry-after"] == "1"
    client = Client(create_app({"shout": shout}, timeout=0.2))
    shout.answers = lambda inputs, options: time.sleep(0.6) or inputs
    answer = client.post("/predict", A)
    assert answer.status_code == 503 and "the server is busy" in answer.json()["error"]


def test_forms_carry_texts_and_options(client):
    files = [("inputs", ("a.txt", b"one")), ("inputs", ("b.txt", b"two"))]
    found = client.post("/predict", files=files, data={"num_beams": "2"}).json()
    assert found["results"] == [{"answer": "ONE"}, {"answer": "TWO"}]
    wrong = client.post("/predict", files=files, data={"num_beams": "two"})
    assert wrong.status_code == 422 and "num_beams: expected" in wrong.json()["error"]
    kind = {"content-type": "multipart/form-data; boundary=x"}
    wrong = client.ask(("POST", "/predict", {"content": b"--y", "headers": kind}))[0]
    assert wrong.status_code in (400, 422) and wrong.json()["error"]


def test_an_answer_without_a_view_is_plain(client):
    assert client.post("/explain", A).json() == {
        "answer": "A",
        "text": "A",
        "view": "plain",
    } or client.post("/explain", A).json() == {"answer": "A", "view": "plain"}
    assert client.post("/explain", {"inputs": ["a", "b"]}).status_code == 422


def test_paths_methods_and_models_that_there_are_not(client):
    for method, path in [("GET", "/no"), ("GET", "/predict"), ("PUT", "/predict")]:
        response = client.ask((method, path, {}))[0]
        assert response.status_code in (404, 405)
        assert "Malformed request" in response.json()["error"]
    response = client.post("/models/no/predict", A)
    assert response.status_code == 404
    assert response.json()["error"] == "there is no model 'no'; there are: shout"


def test_health_models_openapi_and_metrics(client, shout):
    client.post("/predict", {"inputs": ["a", 7]})
    client.post("/models/hostile-name/predict", A)
    health = {"status": "ok", "models": {"shout": 1}}
    assert client.get("/health").json() == health
    (model,) = client.get("/models").json()
    assert (model["name"], model["input"], model["streams"]) == ("shout", "text", True)
    assert set(model["schemas"]["stream"]["properties"]) == {
        *("inputs", "max_length", "seed")
    }
    paths = client.get("/openapi.json").json()["paths"]
    content = paths["/models/shout/predict"]["post"]["requestBody"]["content"]
    properties = content["application/json"]["schema"]["properties"]
    assert set(properties) == {"inputs", *shout.Predict.model_fields}
    assert properties["num_beams"]["maximum"] == 32
    text = client.get("/metrics").text
    for line in (
        'seqkit_inputs_total{model="shout",outcome="answered"} 1.0',
        'seqkit_inputs_total{model="shout",outcome="refused"} 1.0',
        'seqkit_requests_total{endpoint="/predict",model="shout",status="200"} 1.0',
        'seqkit_batch_size_count{model="shout"} 1.0',
        'seqkit_queue_length{model="shout"} 0.0',
    ):
        assert line in text
    assert "hostile" not in text


def test_other_sites_cannot_post(client):
    for origin in ("http://evil.example", "null", "http://server.evil"):
        headers = {"origin": origin}
        response = client.ask(("POST", "/predict", {"json": A, "headers": headers}))[0]
        assert response.status_code == 403 and response.json()["error"]
    headers = {"origin": "http://server"}
    response = client.ask(("POST", "/predict", {"json": A, "headers": headers}))[0]
    assert response.status_code == 200
    assert "default-src 'self'" in response.headers["content-security-policy"]


def test_while_it_shuts_down_late_requests_are_told(client):
    client.app.state.models.closing = True
    assert client.post("/predict", A).status_code == 503
    assert client.get("/health").status_code == 503


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ({}, "expected at least one"),
        ({"a b": "."}, "letters, digits"),
        ({"a": "/nonesuch", "b": "."}, "no such folder\n.*neither of them"),
    ],
)
def test_models_that_cannot_be_served(models, message):
    with pytest.raises(ArgumentError, match=message):
        create_app(models)


def test_limits_are_checked(shout):
    with pytest.raises(ArgumentError, match="max_batch: .*\nmax_bodies: unknown"):
        create_app({"shout": shout}, max_batch=0, max_bodies=3)


@pytest.fixture
def folder(shout, tmp_path):
    """The folder of a saved task."""
    shout.save(tmp_path / "run")
    return tmp_path / "run"


def test_a_reload_loses_no_request(folder, listening):
    app = create_app({"one": folder}, max_wait=1)

    async def ask(client, number):
        return await client.post("/predict", json={"inputs": [f"text {number}"]})

    async def run(address):
        limits = httpx.Limits(max_connections=20)
        async with httpx.AsyncClient(base_url=address, limits=limits) as client:
            asking = [asyncio.create_task(ask(client, n)) for n in range(150)]
            versions = []
            for _ in range(3):
                await asyncio.sleep(0.02)
                loaded = await client.post("/models/one/reload")
                versions.append(loaded.json()["version"])
            return versions, await asyncio.gather(*asking)

    with listening(app) as address:
        versions, found = asyncio.run(run(address))
    assert versions == [2, 3, 4]
    assert {one.status_code for one in found} == {200}
    answers = [one.json()["results"][0]["answer"] for one in found]
    assert answers == [f"TEXT {n}" for n in range(150)]


def test_a_model_that_cannot_be_loaded_leaves_the_one_before(folder, caplog):
    client = Client(create_app({"one": folder}))
    (folder / "task.json").write_text("no JSON")
    response = client.post("/models/one/reload")
    assert response.status_code == 409
    assert "version 1 stays" in response.json()["error"]
    assert str(folder) not in response.text and str(folder) in caplog.text
    assert client.post("/predict", A).status_code == 200


def test_a_task_in_memory_is_not_loaded_again(client):
    assert client.post("/models/shout/reload").status_code == 409


def test_a_folder_that_changes_is_loaded_again(folder, shout):
    app = create_app({"one": folder})
    models = app.state.models

    async def run():
        watching = asyncio.create_task(models.watch(0.01))
        await asyncio.sleep(0.05)
        before = models["one"].version
        await asyncio.to_thread(shout.save, folder)
        for _ in range(500):
            await asyncio.sleep(0.01)
            if models["one"].version > before:
                break
        watching.cancel()
        return before, models["one"].version

    assert asyncio.run(run()) == (1, 2)
