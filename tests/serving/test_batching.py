"""Jobs are gathered, and nobody's answer depends on who else is there."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from seqkit.errors import SeqkitError
from seqkit.serving import Limits
from seqkit.serving.batching import Batcher
from seqkit.serving.refusals import Refused


class Machine:
    """Answers in capitals; `batches` are what it was given, with their options."""

    def __init__(self, **limits):
        self.batches, self.go = [], threading.Event()
        self.go.set()
        executor = ThreadPoolExecutor(1)
        limits = Limits.settle({"max_wait": 20, **limits})
        self.batcher = Batcher(self.run, executor, limits)

    def run(self, inputs, options):
        self.go.wait()
        self.batches.append((inputs, dict(options)))
        if "bad" in inputs:
            raise SeqkitError("bad: expected good")
        return [one.upper() for one in inputs]

    def ask(self, texts, options=(), **more):
        sizes = [len(text) for text in texts]
        return self.batcher.answer(texts, sizes, dict(options), **more)


def together(*calls):
    async def run():
        return await asyncio.gather(*(call() for call in calls), return_exceptions=True)

    return asyncio.run(run())


def test_requests_share_a_batch_and_get_their_own_answers():
    machine = Machine()
    texts = [[f"text {n}", f"more {n}"] for n in range(20)]
    found = together(*(lambda one=one: machine.ask(one) for one in texts))
    assert found == [[text.upper() for text in one] for one in texts]
    assert [len(inputs) for inputs, _ in machine.batches] == [40]
    assert machine.batcher.waiting == 0


def test_a_batch_has_at_most_max_batch_inputs():
    machine = Machine(max_batch=8)
    (found,) = together(lambda: machine.ask([str(n) for n in range(20)]))
    assert found == [str(n) for n in range(20)]
    assert [len(inputs) for inputs, _ in machine.batches] == [8, 8, 4]


def test_a_full_batch_does_not_wait():
    machine = Machine(max_batch=2, max_wait=60_000)
    assert together(lambda: machine.ask(["a", "b"])) == [["A", "B"]]


def test_only_equal_options_share_a_batch():
    machine = Machine()
    few, many = {"num_beams": 1}, {"num_beams": 5}
    together(*(lambda o=o: machine.ask(["a"], o) for o in (few, many, few, many)))
    assert machine.batches == [(["a", "a"], few), (["a", "a"], many)]


def test_draws_are_a_batch_of_their_own():
    machine = Machine()
    together(*(lambda: machine.ask(["a", "b"], apart=True) for _ in range(2)))
    assert machine.batches == [(["a", "b"], {})] * 2


def test_one_bad_input_does_not_fail_the_others():
    machine = Machine()
    found = together(*(lambda t=t: machine.ask([t]) for t in ("a", "bad", "b")))
    assert found[0] == ["A"] and found[2] == ["B"]
    assert isinstance(found[1][0], SeqkitError)


def test_long_inputs_share_a_batch_with_fewer_others():
    machine = Machine(max_text=100, max_batch=50)
    texts = ["a"] * 60 + ["b" * 100] * 3
    (found,) = together(lambda: machine.ask(texts))
    assert found == [text.upper() for text in texts]
    for inputs, _ in machine.batches:
        assert len(inputs) * max(map(len, inputs)) <= 200


def test_no_option_waits_for_ever_while_another_is_busy():
    machine = Machine(max_batch=1)
    order = [{"n": 1}] * 3 + [{"n": 2}]
    together(*(lambda o=o: machine.ask(["a"], o) for o in order))
    assert [options["n"] for _, options in machine.batches] == [1, 2, 1, 1]


def test_a_full_queue_refuses_and_goes_on():
    machine = Machine(max_queue=3)
    found = together(
        lambda: machine.ask(["a", "b"]),
        lambda: machine.ask(["c", "d"]),
        lambda: machine.ask(["e"]),
    )
    assert found[0] == ["A", "B"] and found[2] == ["E"]
    assert isinstance(found[1], Refused) and found[1].status == 429
    assert "2 inputs wait, and at most 3 may" in str(found[1])


def test_what_nobody_waits_for_is_not_computed():
    machine = Machine(max_batch=1)

    async def run():
        machine.go.clear()
        first = asyncio.create_task(machine.ask(["first"]))
        await asyncio.sleep(0.05)
        gone = asyncio.create_task(machine.ask(["gone"]))
        last = asyncio.create_task(machine.ask(["last"]))
        await asyncio.sleep(0)
        gone.cancel()
        machine.go.set()
        return await asyncio.gather(first, last)

    assert asyncio.run(run()) == [["FIRST"], ["LAST"]]
    assert [inputs for inputs, _ in machine.batches] == [["first"], ["last"]]
    assert machine.batcher.waiting == 0


def test_a_recipe_that_loses_an_answer_is_found_out():
    machine = Machine()
    machine.batcher._run = lambda inputs, options: inputs[1:]
    ((found,),) = together(lambda: machine.ask(["a"]))
    assert isinstance(found, RuntimeError) and "1 inputs got 0 answers" in str(found)


@pytest.mark.parametrize("count", [1, 3])
def test_it_works_in_one_loop_after_another(count):
    machine = Machine()
    for _ in range(count):
        assert together(lambda: machine.ask(["a"])) == [["A"]]
