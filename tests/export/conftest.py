"""A small translator, and what another process makes of its SavedModel."""

import functools
import json
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from seqkit.decoding import BeamSearch, decode
from seqkit.models import TransformerSeq2Seq, with_steps
from seqkit.tokenizers import SentencePieceTokenizer

TEXTS = {
    "source": ["the dog runs over the hill", "a dog ran away", "who saw the cat?"] * 9,
    "target": ["der Hund läuft über den Hügel", "wer sah die süße Katze?"] * 9,
}


@pytest.fixture(scope="session")
def tokenizers():
    """A SentencePiece tokenizer for the source and another for the target."""
    return [
        SentencePieceTokenizer.train(TEXTS["source"], vocabulary_size=300),
        SentencePieceTokenizer.train(
            TEXTS["target"],
            vocabulary_size=40,
            model_type="char",
            byte_fallback=False,
        ),
    ]


def build_transformer(tokenizers, dtype="float32"):
    source, target = tokenizers
    model = TransformerSeq2Seq(
        target.vocabulary_size,
        source.vocabulary_size,
        num_layers=1,
        hidden_dim=16,
        num_heads=2,
        intermediate_dim=32,
        dtype=dtype,
    )
    model.build()
    # As it is initialised, it would say one token for ever.
    rng = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(scale=0.5, size=weight.shape))
    return model


def decoder(model, num_return_sequences=1, max_length=12):
    """A callable from a dictionary of source ids to a `Decoded`."""
    steps = with_steps(model)
    strategy = BeamSearch(3, num_return_sequences=num_return_sequences)

    def run(inputs):
        token_ids = inputs["encoder_token_ids"]
        memory, mask = steps.encode(token_ids)
        return decode(
            lambda *arguments: steps.step(*arguments)[:2],
            steps.initial_state(memory, mask, strategy.width, max_length),
            tf.shape(token_ids)[0],
            strategy=strategy,
            max_length=max_length,
            source_mask=mask,
        )

    return run


@functools.cache
def _compiled(model, num_return_sequences):
    run = decoder(model, num_return_sequences)
    return tf.function(
        lambda token_ids: run({"encoder_token_ids": token_ids}),
        [tf.TensorSpec([None, None], tf.int32)],
        autograph=False,
    )


def decode_alone(model, token_ids, num_return_sequences=1):
    """Ids and scores of each sentence, decoded by itself."""
    run = _compiled(model, num_return_sequences)
    for ids in token_ids:
        decoded = run(tf.constant([ids]))
        rows = zip(decoded.token_ids[0], decoded.lengths[0], strict=True)
        yield [r[:n].numpy().tolist() for r, n in rows], decoded.scores[0].numpy()


SERVER = """
import json, sys, traceback
import tensorflow as tf
if sys.argv[1] == "text":
    import tensorflow_text
for line in sys.stdin:
    code, request = json.loads(line)
    space = {"request": request, "tf": tf}
    try:
        exec(code, space)
        answer = {"answer": space["answer"], "imported": "seqkit" in sys.modules}
    except BaseException:
        answer = {"error": traceback.format_exc()}
    print("\\n" + json.dumps(answer), flush=True)
"""


class Server:
    """A process that has imported tensorflow alone, or tensorflow_text too.

    Args:
        kind: `"text"` for both.
    """

    def __init__(self, kind):
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, code, request):
        """Runs code that makes an `answer` of `request`; both are JSON."""
        print(json.dumps([code, request]), file=self.process.stdin, flush=True)
        for line in self.process.stdout:
            if line.startswith("{"):
                found = json.loads(line)
                assert "error" not in found, found["error"]
                assert not found["imported"], "seqkit was imported"
                return found["answer"]
        pytest.fail("the process ended")

    def close(self):
        self.process.kill()  # it has nothing to save, and takes seconds to end itself
        self.process.communicate()


@pytest.fixture(scope="session")
def tensorflow_alone():
    """`tensorflow_alone(kind, code, request)`: the answer of a `Server`."""
    servers = {}

    def run(kind, code, request):
        if kind not in servers:
            servers[kind] = Server(kind)
        return servers[kind](code, request)

    yield run
    for server in servers.values():
        server.close()


ANSWER = """
folder, calls = request
loaded = tf.saved_model.load(folder)
answer = []
for name, values in calls:
    call = loaded.signatures[name]
    (spec,) = call.structured_input_signature[1].values()
    given = {spec.name: tf.constant(values, spec.dtype)}
    found = {k: v.numpy() for k, v in call(**given).items()}
    answer.append({
        k: [str(v.dtype), v.shape, v.astype(str).tolist() if v.dtype != object else
            [x.decode() for x in v.ravel()]]
        for k, v in found.items()
    })
"""


@pytest.fixture(scope="session")
def ask(tensorflow_alone):
    """`ask(folder, kind, [(signature, values), ...])` -> answers of another process."""

    def run(folder, kind, requests):
        answers = tensorflow_alone(kind, ANSWER, [str(folder), requests])
        for answer in answers:
            for name, (dtype, shape, values) in answer.items():
                answer[name] = np.array(values, dtype).reshape(shape)
        return answers

    return run
