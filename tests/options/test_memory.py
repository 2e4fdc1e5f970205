"""Sizes that cannot fit are refused with an estimate of what they take."""

import pytest

from seqkit import cli
from seqkit.options.memory import memory_problem, weight_bytes
from seqkit.registries import recipes


@pytest.mark.parametrize(
    "sizes", [(10**9, 8), (1, 10**7), (10**6, 10**4), (2**31 - 1, None)]
)
def test_what_cannot_fit(sizes):
    assert "GB (this machine has" in memory_problem(weight_bytes(*sizes))


@pytest.mark.parametrize("sizes", [(1, 1), (48, 2048), (None, None)])
def test_what_can(sizes):
    assert memory_problem(weight_bytes(*sizes)) == ""


@pytest.mark.parametrize("name", list(recipes))
def test_every_recipe_estimates_its_network(name):
    found = recipes[name].Options.problems({"num_layers": 10**9, "hidden_dim": 512})
    (problem,) = [one for one in found if "hidden_dim" in one]
    assert problem.startswith("num_layers, hidden_dim: expected sizes that fit")
    assert "take at least 2.2e+06 GB" in problem


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--num-layers 99999999999999999999", "from 1 up to 2147483647, found"),
        ("--hidden-dim 9999999999", "--hidden-dim: expected an integer from 1 up to"),
        ("--hidden-dim 99999996", "--num-layers, --hidden-dim: expected sizes that"),
    ],
)
@pytest.mark.parametrize("name", list(recipes))
def test_on_the_command_line(name, words, message, capfd):
    assert cli.main(["train", name, *words.split()]) == 2
    assert message in capfd.readouterr().err
