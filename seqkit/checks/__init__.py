"""Checks of a dataset before anything is trained on it.

`task.check()`, `seqkit.recipes.NAME.check(dataset, ...)` and `seqkit check NAME` run
them all. A check is a function from `Examples` to `Finding`s:

>>> from seqkit.checks import Examples, Finding
>>> def questions(examples: Examples):
...     for column in examples.columns("text", target=False):
...         texts = examples.splits["train"][column]
...         count = sum(text.endswith("?") for text in texts)
...         yield Finding(f"train: {count} texts are questions", count=count)

Another package adds one for every recipe with `seqkit.registries.checks.register(
"questions", questions)`, or with an entry point in the group `seqkit.checks`; a recipe
adds one for itself in its attribute `checks`, a dictionary.
"""

from seqkit._public import public as _public
from seqkit.checks.examples import Examples as Examples
from seqkit.checks.examples import Limit as Limit
from seqkit.checks.findings import CheckReport as CheckReport
from seqkit.checks.findings import Finding as Finding
from seqkit.checks.findings import Place as Place
from seqkit.checks.run import run_checks as run_checks


def __dir__() -> list[str]:
    return _public(globals())
