"""YAML 1.2, safe: `no` is text, `1e-3` a number, and no key may be given twice."""

import io
from typing import Any

import ruamel.yaml
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from seqkit.errors import SeqkitError

_MOST = 1_000_000


class _Constructor(SafeConstructor):
    """Leaves dates as text."""


_Constructor.add_constructor(
    "tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str
)


def read_yaml(text: str, where: Any) -> Any:
    """The value of a YAML text, which messages call `where`."""
    yaml = ruamel.yaml.YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    try:
        value = yaml.load(io.StringIO(text))
    except (YAMLError, ValueError, TypeError, RecursionError) as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        place = f"{where}, line {mark.line + 1}" if mark else str(where)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise SeqkitError(f"{place}: not a readable YAML file: {problem}") from None
    if _endless(value):
        raise SeqkitError(
            f"{where}: expected at most {_MOST:,} values, found more: anchors repeat "
            "others, or themselves"
        )
    return value


def _endless(value: Any) -> bool:
    """Whether there are too many values, those of anchors counted at each alias."""
    waiting, count = [value], 0
    while waiting:
        one = waiting.pop()
        count += 1
        if count + len(waiting) > _MOST:
            return True
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return False


def write_yaml(value: Any) -> str:
    """The YAML text of mappings, lists, texts and numbers, which `read_yaml` reads."""
    yaml = ruamel.yaml.YAML(typ="safe", pure=True)
    yaml.default_flow_style, yaml.sort_base_mapping_type_on_output = False, False
    yaml.allow_unicode, yaml.width = True, 88
    text = io.StringIO()
    yaml.dump(value, text)
    return text.getvalue()
