"""The decorator that makes a `Task` a recipe."""

import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any, TypeVar

from seqkit.options.signature import sign
from seqkit.registries import recipes
from seqkit.task.task import Task

T = TypeVar("T", bound=type[Task])

_BUILD = """
{summary}

Args:
    dataset: {dataset}
    model: A `keras.Model` of your own in the form that the recipe trains, instead of
        the one that the options describe. Its vocabulary must fit the tokenizer.

{{options}}

Returns:
    `{name}`.

Raises:
    ArgumentError: Options that are wrong, all of them together.
    SeqkitError: The data are not as described.
"""

_SPLIT = """
    split: Name of the split to score.
    dataset: Another dataset to score, in place of the task's own."""
_ARGUMENTS = {
    "answers": """
    inputs: A list of inputs, or one input.""",
    "scores": _SPLIT,
    "judged": _SPLIT,
}


def recipe(name: str) -> Callable[[T], T]:
    """Registers a `Task` as a recipe, and gives its verbs their signatures.

    Args:
        name: What cards, the command line and saved folders call it.

    >>> from seqkit.task import Task, recipe
    >>> @recipe("silence")
    ... class Silence(Task):
    ...     \"\"\"A text in, nothing out.\"\"\"
    >>> from seqkit.registries import recipes
    >>> recipes["silence"] is Silence
    True
    """

    def register(cls):
        recipes.register(name, cls)
        cls.recipe = name
        _sign_verbs(cls)
        return cls

    return register


def _sign_verbs(cls: type[Task]) -> None:
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    keyword = inspect.Parameter.KEYWORD_ONLY

    def build(cls, dataset=None, **options):
        return cls.make(dataset, **options)

    def predict(self, inputs, **options):
        return self.answer(inputs, options)

    def evaluate(self, split=None, *, dataset=None, **options):
        return self.score_split(split, dataset, options)

    own = inspect.Parameter("self", positional)
    inputs = inspect.Parameter("inputs", positional)
    split = inspect.Parameter("split", positional, default=None)
    dataset = inspect.Parameter("dataset", keyword, default=None)
    doc = _BUILD.format(
        summary=re.sub(
            r"\n *Attributes:.*", "", inspect.cleandoc(cls.__doc__ or ""), flags=re.S
        ),
        dataset=textwrap.fill(cls.Options.meaning("dataset"), 76).replace(
            "\n", "\n        "
        ),
        name=cls.__name__,
    )
    own_scores = cls.scores is not Task.scores
    judging = cls.scores if own_scores else cls.judged
    leading = [
        inspect.Parameter("cls", positional),
        inspect.Parameter("dataset", positional, default=None),
        inspect.Parameter("model", keyword, default=None),
    ]
    for function, options, text, before in (
        (build, cls.Options, doc, leading),
        (predict, cls.Predict, _with_options(cls.answers), [own, inputs]),
        (evaluate, cls.Evaluate, _with_options(judging), [own, split, dataset]),
    ):
        verb = function.__name__
        if verb in vars(cls):  # its own, which stays
            continue
        sign(function, options, text, leading=before, leave_out=["dataset"])
        function.__module__ = cls.__module__
        function.__qualname__ = f"{cls.__qualname__}.{verb}"
        method: Any = function
        setattr(cls, verb, classmethod(method) if verb == "build" else method)


def _with_options(method: Callable) -> str:
    """The docstring of a method, with the options after its arguments."""
    doc = inspect.getdoc(method) or ""
    head, returns, tail = doc.partition("Returns:")
    if "Args:" not in head:
        head = f"{head.rstrip()}\n\nArgs:{_ARGUMENTS.get(method.__name__, '')}"
    return f"{head.rstrip()}\n\n{{options}}\n\n{returns}{tail}"
