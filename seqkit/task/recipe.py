"""The decorator that makes a `Task` a recipe."""

import inspect
import re
import textwrap
from collections.abc import Callable
from typing import TypeVar

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


def recipe(name: str) -> Callable[[T], T]:
    """Registers a `Task` as a recipe, and gives its verbs their signatures.

    Args:
        name: What cards, the command line and saved folders call it.

    Example:

    >>> from seqkit.task import Task, recipe
    >>> @recipe("silence")
    ... class Silence(Task):
    ...     \"\"\"A text in, nothing out.\"\"\"
    >>> from seqkit.registries import recipes
    >>> recipes["silence"] is Silence
    True
    """

    def register(cls):
        cls.recipe = name
        recipes.register(name, cls)
        _sign_verbs(cls)
        return cls

    return register


def _sign_verbs(cls: type[Task]) -> None:
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    keyword = inspect.Parameter.KEYWORD_ONLY

    def build(dataset=None, **options):
        return cls.make(dataset, **options)

    def predict(self, inputs, **options):
        return self.answer(inputs, options)

    def evaluate(self, split=None, *, dataset=None, **options):
        return self.score_split(split, dataset, options)

    own = inspect.Parameter("self", positional)
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
    leading = [
        inspect.Parameter("dataset", positional, default=None),
        inspect.Parameter("model", keyword, default=None),
    ]
    for function, options, text, before in (
        (build, cls.Options, doc, leading),
        (
            predict,
            cls.Predict,
            _with_options(cls.answers),
            [own, inspect.Parameter("inputs", positional)],
        ),
        (
            evaluate,
            cls.Evaluate,
            _with_options(cls.scores),
            [own, inspect.Parameter("split", positional, default=None), dataset],
        ),
    ):
        sign(function, options, text, leading=before, leave_out=["dataset"])
        verb, function.__module__ = function.__name__, cls.__module__
        function.__qualname__ = f"{cls.__qualname__}.{verb}"
        setattr(cls, verb, staticmethod(function) if verb == "build" else function)


def _with_options(method: Callable) -> str:
    """The docstring of a method, with the options after its arguments."""
    doc = inspect.getdoc(method) or ""
    head, returns, tail = doc.partition("Returns:")
    return f"{head.rstrip()}\n\n{{options}}\n\n{returns}{tail}"
