"""What a language model writes, against plain loops over the whole model."""

import functools
import gc
import itertools
import tracemalloc

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.decoding import BeamSearch, Greedy, Sampling
from seqkit.decoding.noise import mix, uniform
from seqkit.errors import SeqkitError
from seqkit.inference.compiled import compiled
from seqkit.inference.language.generator import Generator
from seqkit.models import RecurrentLanguageModel, TransformerLanguageModel
from seqkit.tokenizers import (
    ByteTokenizer,
    CharacterTokenizer,
    SentencePieceTokenizer,
    WordTokenizer,
)
from tests.models.cases import parameters

CHARACTERS = CharacterTokenizer("abcde\n ")
PROMPTS = ["", "abc", "e", "abcd ab\nab", "bc", "abcabcabcabcabcabcabc d"]
NEWLINE = CHARACTERS.encode(["\n"])[0][0]
STRATEGIES = {
    "greedy": Greedy(),
    "sampling": Sampling(0.9),
    "filtered": Sampling(1.5, top_k=6, top_p=0.9),
}


def randomized(model, scale=0.6, seed=0):
    """As it is initialised, it would say one token for ever."""
    model.build()
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(scale=scale, size=weight.shape))
    return model


def recurrent(vocabulary_size, **arguments):
    options = {"cell": "gru", "num_layers": 1, "hidden_dim": 12, **arguments}
    return randomized(RecurrentLanguageModel(vocabulary_size, **options))


@pytest.fixture(scope="module")
def documents():
    """A model of documents, that end with a token."""
    return Generator(recurrent(CHARACTERS.vocabulary_size), CHARACTERS)


@pytest.fixture(scope="module")
def running():
    """A model of a running text, that ends with nothing."""
    return Generator(
        recurrent(CHARACTERS.vocabulary_size, cell="lstm"),
        CHARACTERS,
        start_id=NEWLINE,
        end_id=None,
    )


@pytest.fixture(scope="module", params=["documents", "running"])
def generator(request):
    return request.getfixturevalue(request.param)


@functools.cache
def whole_model(model):
    """All logits of ids, with no state and no steps."""
    specs = [((None, None), "int32")]
    return compiled(lambda ids: model({"token_ids": ids}), model, specs)


def reference(generator, prompt, strategy, max_length, seed=0, number=0):
    """Token ids, their log-probability and whether the end came; one long loop."""
    run = whole_model(generator.model)
    ids = [generator.start_id, *generator.tokenizer.encode([prompt])[0]]
    read, score = len(ids), 0.0
    seed = mix(ops.convert_to_tensor(np.array([seed], "uint32")), number)
    suppressed = [0, 1, 2] if generator.end_id == 3 else [0, 1, 2, 3]
    for index in range(max_length):
        # Padded, so that shapes are few.
        whole = np.array([ids + [0] * (-len(ids) % 32)], "int32")
        logits = ops.convert_to_numpy(run(whole))
        logits = logits[0, len(ids) - 1].astype("float64")
        log_probs = logits - np.log(np.exp(logits).sum())
        weights = np.exp(log_probs)
        weights[suppressed] = 0
        if isinstance(strategy, Sampling):
            weights = weights ** (1 / strategy.temperature)
            order = np.argsort(-weights, kind="stable")
            weights[order[strategy.top_k :] if strategy.top_k else []] = 0
            before = np.cumsum(weights[order]) - weights[order]
            weights[order[before >= (strategy.top_p or 2) * weights.sum()]] = 0
            noise = float(ops.convert_to_numpy(uniform(seed, 0, index))[0])
            below = np.cumsum(weights) / weights.sum()
            token = int(np.argmax(below > noise))
        else:
            token = int(np.argmax(weights))
        score += log_probs[token]
        if token == generator.end_id:
            return ids[read:], score, True
        ids.append(token)
    return ids[read:], score, False


@pytest.mark.parametrize("name", STRATEGIES)
def test_equals_a_plain_loop(generator, name):
    strategy = STRATEGIES[name]
    found = generator.predict(PROMPTS, strategy=strategy, max_length=16, seed=7)
    assert len({one.text for [one] in found}) > 2
    for number, (prompt, [one]) in enumerate(zip(PROMPTS, found, strict=True)):
        ids, score, finished = reference(generator, prompt, strategy, 16, 7, number)
        assert (one.token_ids, one.finished) == (ids, finished)
        np.testing.assert_allclose(one.score, score, rtol=1e-4)
        assert one.text == CHARACTERS.decode([ids])[0]


def same(found, expected):
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert [c._replace(score=0) for c in one] == [
            c._replace(score=0) for c in other
        ]
        # Equal rows of a batch, or of batches of two sizes, may differ in the last
        # digits: a processor adds up several at a time.
        np.testing.assert_allclose(
            [c.score for c in one], [c.score for c in other], rtol=1e-4
        )


@pytest.mark.parametrize(
    "strategy",
    [*STRATEGIES.values(), Sampling(num_return_sequences=3), BeamSearch(3)],
    ids=[*STRATEGIES, "several", "beam"],
)
def test_the_batch_does_not_matter(generator, strategy):
    options = {"strategy": strategy, "max_length": 20, "seed": 3}
    together = generator.predict(PROMPTS, **options)
    for batch_size in (1, 4):
        same(generator.predict(PROMPTS, batch_size=batch_size, **options), together)


def test_a_seed_of_its_own_frees_a_prompt_from_its_place(documents):
    options = {"strategy": Sampling(num_return_sequences=2), "max_length": 20}
    seeds = [5, -6, 2**40]
    found = documents.predict(PROMPTS[:3], seed=seeds, **options)
    for prompt, seed, row in zip(PROMPTS, seeds, found, strict=False):
        same(documents.predict([prompt], seed=seed, **options), [row])
    assert documents.predict(["a", "a"], **options)[0] != found[0]
    one, other = documents.predict(["a"] * 2, seed=[1, 1], **options)
    same([one], [other])
    assert one[0].token_ids != one[1].token_ids
    options["strategy"] = Sampling(num_return_sequences=4)
    more = documents.predict(["a"], seed=[1], **options)
    same([more[0][:2]], [one])


@pytest.mark.parametrize("piece", [1, 7, 100])
@pytest.mark.parametrize("stop", [(), ("ab", "b\n", "dcde")])
def test_the_pieces_lengths_do_not_matter(generator, monkeypatch, piece, stop):
    options = {"strategy": Sampling(1.2, num_return_sequences=2), "max_length": 50}
    expected = generator.predict(PROMPTS, stop=stop, **options)
    monkeypatch.setattr("seqkit.inference.language.continuation.PIECE", piece)
    found = generator.predict(PROMPTS, stop=stop, **options)
    same(found, expected)


def cut(text, stop):
    """Before the stop string that is complete first."""
    for end in range(len(text) + 1):
        places = [end - len(s) for s in stop if text[:end].endswith(s)]
        if places:
            return text[: min(places)]
    return text


@pytest.mark.parametrize("strategy", [Sampling(1.2), BeamSearch(3)])
def test_stop_strings(running, strategy):
    options = {"strategy": strategy, "max_length": 60, "seed": 2}
    whole = running.predict(PROMPTS, **options)
    stop = sorted({one.text[i : i + 3] for [one] in whole for i in (5, 20)})[:4]
    found = running.predict(PROMPTS, stop=stop, **options)
    assert any(one.finished for [one] in found)
    for number, ([one], [uncut]) in enumerate(zip(found, whole, strict=True)):
        assert one.text == cut(uncut.text, stop)
        assert one.finished == (one.text != uncut.text)
        ids = one.token_ids
        assert ids == uncut.token_ids[: len(ids)]
        text = CHARACTERS.decode([ids])[0]
        if one.finished:  # the token that completes the stop string is the last
            assert any(text.endswith(s) for s in stop) and text.startswith(one.text)
        context = [NEWLINE, *CHARACTERS.encode([PROMPTS[number]])[0]]
        np.testing.assert_allclose(
            one.score, running.score([context], [ids])[0], rtol=1e-4
        )


def test_nothing_is_written_when_all_have_stopped(running, monkeypatch):
    calls = []
    write = running.stepper.write

    def counted(*arguments):
        calls.append(arguments)
        return write(*arguments)

    monkeypatch.setattr(running.stepper, "write", counted)
    found = running.predict(
        PROMPTS, strategy=Sampling(2.0), max_length=5000, stop=("a", "b", "c", "d")
    )
    assert all(one.finished for [one] in found)
    assert len(calls) < 4


def test_beam_search_finds_what_is_likelier(documents):
    [few] = documents.predict(["ab"], max_length=12)
    strategy = BeamSearch(6, length_penalty=0.0, num_return_sequences=3)
    [found] = documents.predict(["ab"], strategy=strategy, max_length=12)
    assert len({one.text for one in found}) == 3
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True) and scores[0] >= few[0].score - 1e-5
    for one in found:
        ids = one.token_ids + [3] * one.finished
        context = [2, *CHARACTERS.encode(["ab"])[0]]
        np.testing.assert_allclose(
            one.score, documents.score([context], [ids])[0], rtol=1e-4
        )
    strategy = BeamSearch(6, length_penalty=0.0)
    [one], _ = documents.predict(["ab", "b"], strategy=strategy, max_length=12)
    same([[one]], [found[:1]])


def tokenizers():
    text = ["the dog saw the cat\n", "a dog ran away\n", "who saw the dög?\n"] * 9
    return {
        "bytes": ByteTokenizer(),
        "words": WordTokenizer.train(text),
        "sentencepiece": SentencePieceTokenizer.train(text, vocabulary_size=290),
    }


TOKENIZERS = tokenizers()


@pytest.mark.parametrize("name", parameters(TOKENIZERS, {"words"}))
def test_streams_what_predict_gives(name):
    tokenizer = TOKENIZERS[name]
    model = recurrent(tokenizer.vocabulary_size, hidden_dim=8)
    generator = Generator(model, tokenizer, start_id=3, end_id=None)
    for prompt, strategy in itertools.product(
        ["", "the dög", "a dog \n"], [Greedy(), Sampling(1.1, top_k=50)]
    ):
        options = {"strategy": strategy, "max_length": 40, "seed": 4}
        [[whole]] = generator.predict([prompt], **options)
        # What follows is what the tokenizer says of all ids.
        ids = tokenizer.encode([prompt])[0]
        before, after = tokenizer.decode([[3, *ids], [3, *ids, *whole.token_ids]])
        assert before + whole.text == after
        for stop in ((), (whole.text[9:12], whole.text[6:9] + "!")):
            [[expected]] = generator.predict([prompt], stop=stop, **options)
            assert expected.finished == bool(stop)
            for size in (1, 6):
                pieces = list(
                    generator.stream(
                        prompt, stop=stop, tokens_per_piece=size, **options
                    )
                )
                assert "".join(pieces) == expected.text and "" not in pieces


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_stream_goes_on_from_its_state(running, name):
    options = {"strategy": STRATEGIES[name], "stop": ("dbea", "\n\n\n\n")}
    [[whole]] = running.predict(["abc"], max_length=60, seed=1, **options)
    assert len(whole.text) > 30
    for place in (0, 1, 13):
        stream = running.stream("abc", seed=1, tokens_per_piece=2, **options)
        begun = "".join(itertools.islice(stream, place))
        state = stream.state
        # A state is a value: it may be used again, and by others.
        for size in (1, 3):
            rest = running.stream(
                state=state,
                tokens_per_piece=size,
                max_length=60 - state.index,
                **options,
            )
            assert begun + "".join(rest) == whole.text
    # A stream that came to its limit goes on as well.
    first = running.stream("abc", seed=1, max_length=17, **options)
    text = "".join(first)
    second = running.stream(state=first.state, max_length=43, **options)
    assert text + "".join(second) == whole.text
    assert list(running.stream(state=second.state, max_length=0 + 1, **options))


def test_a_prompt_after_a_stop_string(running):
    options = {"strategy": Sampling(2.0), "stop": "a"}
    first = running.stream("b", tokens_per_piece=5, seed=3, **options)
    text = "".join(first)
    assert first.finished
    second = running.stream("cd", state=first.state, max_length=9, strategy=Greedy())
    # As if all had been one prompt.
    [[expected]] = running.predict(["b" + text + "a" + "cd"], max_length=9)
    assert "".join(second) == expected.text


def test_a_stop_string_across_a_break(running):
    [[whole]] = running.predict(["abc"], max_length=30, strategy=Sampling(1.0))
    stop = whole.text[10:14]
    place = whole.text.index(stop)
    options = {"strategy": Sampling(1.0), "stop": stop}
    first = running.stream("abc", max_length=place + 2, **options)
    assert "".join(first) == whole.text[: place + 2]  # it ends here
    second = running.stream(state=first.state, max_length=20, **options)
    assert "".join(second) == "" and second.finished
    assert second.state.index == place + 4


def test_an_end_token_ends_a_stream(documents):
    stream = documents.stream("ab", strategy=Sampling(2.0), seed=1)
    [[expected]] = documents.predict(
        ["ab"], strategy=Sampling(2.0), seed=1, max_length=500
    )
    assert "".join(stream) == expected.text and expected.finished and stream.finished
    assert list(documents.stream(state=stream.state)) == []
    with pytest.raises(SeqkitError, match="state: expected a text that goes on"):
        documents.stream("c", state=stream.state)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="measured once is enough"
)
def test_ten_thousand_tokens_cost_the_same_each(running, monkeypatch):
    calls = []
    step = running.model.step
    monkeypatch.setattr(
        running.model, "step", lambda *a: (calls.append(0), step(*a))[1]
    )
    # Another temperature, so that it is compiled here.
    stream = running.stream("ab", strategy=Sampling(1.07), tokens_per_piece=50)
    for _ in range(20):
        next(stream)
    traced, length = len(calls), 0
    assert traced > 0  # of the traces: what is compiled calls it no more
    sizes = []
    tracemalloc.start()
    for piece in stream:
        length += len(piece)
        if stream.state.index % 2000 == 0:
            gc.collect()
            memory = tracemalloc.get_traced_memory()[0]
            sizes.append((len(gc.get_objects()), memory))
        if stream.state.index >= 10_000:
            break
    tracemalloc.stop()
    assert length > 8500 and len(calls) == traced
    assert len(sizes) == 5
    objects, memory = np.subtract(sizes[-1], sizes[1])
    # A list of the tokens alone would hold 6,000 objects more, and 50 kB.
    assert objects < 30 and memory < 40_000


def test_a_long_prompt_is_read_in_one_pass(running, monkeypatch):
    shapes = []
    read = running.stepper._read

    def counted(token_ids, state):
        shapes.append(token_ids.shape)
        return read(token_ids, state)

    monkeypatch.setattr(running.stepper, "_read", counted)
    rng = np.random.default_rng(0)
    prompts = ["".join(rng.choice(list("abcde "), n)) for n in (3000, 13, 2222)]
    found = running.predict(prompts, max_length=3)
    assert sum(np.prod(s) for s in shapes) == 3000 + 13 + 2222
    assert len(shapes) <= 3000 / 256 + 9
    for prompt, [one] in zip(prompts, found, strict=True):
        ids, score, _ = reference(running, prompt, Greedy(), 3)
        assert one.token_ids == ids
        np.testing.assert_allclose(one.score, score, rtol=1e-3)


def test_a_transformer_whose_window_is_shorter_than_the_text():
    model = randomized(
        TransformerLanguageModel(
            CHARACTERS.vocabulary_size,
            num_layers=2,
            hidden_dim=8,
            num_heads=2,
            context_length=5,
        )
    )
    generator = Generator(model, CHARACTERS)
    strategy = Sampling(0.8)
    found = generator.predict(PROMPTS[:4], strategy=strategy, max_length=20)
    for number, (prompt, [one]) in enumerate(zip(PROMPTS, found, strict=False)):
        ids, score, _ = reference(generator, prompt, strategy, 20, 0, number)
        assert one.token_ids == ids
        np.testing.assert_allclose(one.score, score, rtol=1e-3)
    stream = generator.stream(PROMPTS[0], strategy=strategy, max_length=20)
    assert "".join(stream) == found[0][0].text


def test_no_start_token():
    generator = Generator(recurrent(11), CHARACTERS, start_id=None, end_id=None)
    assert len(generator.predict(["a", "abc"], max_length=3)) == 2
    with pytest.raises(SeqkitError, match="prompts, row 1: expected a text.*start_id"):
        generator.predict(["a", ""], max_length=3)


def test_no_prompts(documents):
    assert documents.predict([], max_length=3) == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g: g.predict("abc"), "prompts: expected a list of strings"),
        (lambda g: g.predict(["a"], max_length=0), "max_length: expected an int of"),
        (lambda g: g.predict(["a"], max_length=None), "max_length: expected an int of"),
        (lambda g: g.predict(["a"], batch_size=0), "batch_size: expected an int"),
        (lambda g: g.predict(["a"], stop=["x", ""]), "stop: expected strings of at"),
        (lambda g: g.predict(["a"], seed=[1, 2]), "seed: expected an int, or one for"),
        (
            lambda g: g.stream("a", strategy=BeamSearch(2)),
            "strategy: expected Greedy.*found BeamSearch.*Use predict",
        ),
        (
            lambda g: g.stream("a", strategy=Sampling(num_return_sequences=2)),
            "strategy: expected.*2 texts side by side",
        ),
        (lambda g: g.stream("a", max_length=0), "max_length: expected an int of"),
        (lambda g: g.stream("a", tokens_per_piece=0), "tokens_per_piece: expected"),
    ],
)
def test_mistakes_are_named(documents, call, message):
    with pytest.raises(SeqkitError, match=message):
        call(documents)


def test_a_model_that_gives_no_numbers():
    model = recurrent(11)
    model.embedding.embeddings.assign(np.full(model.embedding.embeddings.shape, np.nan))
    with pytest.raises(SeqkitError, match="row 0: expected a finite score.*diverged"):
        Generator(model, CHARACTERS).predict(["a"], max_length=3)


@pytest.mark.slow
def test_the_same_on_jax(run_tests_on):
    run_tests_on(
        "jax",
        "tests/inference/language/test_generator.py::test_equals_a_plain_loop[documents-filtered]",
        "tests/inference/language/test_generator.py::test_the_batch_does_not_matter"
        "[documents-beam]",
        "tests/inference/language/test_generator.py::test_a_stream_goes_on_from_its_state"
        "[sampling]",
    )
