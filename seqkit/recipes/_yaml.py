"""YAML without surprises: safe, YAML 1.2's plain values, no key twice."""

import re

import yaml

from seqkit.errors import SeqkitError


class _Loader(yaml.SafeLoader):
    """PyYAML reads YAML 1.1, where `no` (Norwegian) is False and `1e-3` is text."""

    yaml_implicit_resolvers = {}

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.constructor.ConstructorError(
                    None, None, f"expected a name, found {key!r}", key_node.start_mark
                )
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"found the key {key!r} twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9_]*)|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:(?:0|[1-9][0-9_]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )


def read_yaml(text, where):
    """The value that a YAML text holds.

    Args:
        text: The document.
        where: What to call it in an error message.

    Returns:
        Dictionaries, lists, text, numbers, booleans and None.

    Raises:
        SeqkitError: Not YAML, a tag that would make an object, or a key given twice.

    Example:

    >>> from seqkit.recipes._yaml import read_yaml
    >>> read_yaml("target: no\\nlearning_rate: 1e-3", "card.yaml")
    {'target': 'no', 'learning_rate': 0.001}
    """
    try:
        return yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{where}, line {mark.line + 1}" if mark else str(where)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise SeqkitError(f"{place}: not a readable YAML file: {problem}") from None
