"""From the words of a command to options, and from options to help."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from seqkit.errors import ArgumentError, SeqkitError
from seqkit.options.options import Options, suggest
from seqkit.options.signature import meaning
from seqkit.options.yaml import read_yaml

Pair = tuple[str, str, str | None]
"""An option as written, its name, and the text of its value."""


def pair_up(words: Iterable[str], settings: Iterable[str] | None = ()) -> list[Pair]:
    """Takes apart `--name value`, `--name=value` and, of `--set`, `NAME=VALUE`."""
    pairs, words = [], list(words)
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            raise SeqkitError(f"{word}: expected an option, such as --name value")
        option, equals, text = word.partition("=")
        value: str | None = text
        if not equals:
            follows = words and not words[0].startswith("--")
            value = words.pop(0) if follows else None
        pairs.append((option, option[2:].replace("-", "_"), value))
    for setting in settings or ():
        name, equals, text = setting.partition("=")
        if not equals:
            raise SeqkitError(f"--set {setting}: expected NAME=VALUE")
        pairs.append((f"--set {name}", name.replace("-", "_"), text))
    return pairs


def read_pairs(
    pairs: Sequence[Pair],
    sections: Mapping[str, type[Options]],
    plain: Sequence[str] = (),
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, dict[str, Any]]:
    """Sorts options into sections, reads their values, and checks all together.

    A name may carry its section (`build.dropout`), else it is of one of `plain`.
    """
    found: dict[str, dict[str, Any]] = {section: {} for section in sections}
    written: dict[tuple[str, str], str] = {}
    bare = {option for option, _, text in pairs if text is None}
    problems, unknown = [], False
    plain = list(plain or sections)
    names = [name for section in plain for name in sections[section].model_fields]
    for option, name, text in pairs:
        section, dot, inner = name.partition(".")
        candidates, known = plain, names
        if dot and section in sections:
            candidates, name = [section], inner
            known = list(sections[section].model_fields)
        value: Any = text
        if text is None:
            value = name in known or not name.startswith("no_")
            name = name if value else name.removeprefix("no_")
        place = next((s for s in candidates if name in sections[s].model_fields), None)
        if place is None:
            near = suggest(name, known).replace("mean ", "mean --").replace("_", "-")
            problems.append(f"{option}: unknown option{near}")
            unknown = True
            continue
        if text is not None:
            value = read_value(text, sections[place], name)
        elif sections[place].expected(name) == "anything":
            problems.append(f"{option}: expected a value, found none")
        found[place][name], written[place, name] = value, option
    for section, options in sections.items():
        values = {**(given or {}).get(section, {}), **found[section]}
        for problem in options.problems(values):
            wrong, _, said = problem.partition(": ")
            shown = [
                written.get((section, name), flag(name)) for name in wrong.split(", ")
            ]
            if shown[0] in bare and len(shown) == 1:
                said = said.rpartition("found ")[0] + "found no value"
            problems.append(f"{', '.join(shown)}: {said}")
    if unknown:
        problems.append(f"The options are: {', '.join(map(flag, names))}")
    if problems:
        raise ArgumentError(problems)
    return found


def flag(name: str) -> str:
    """The name of an option on the command line."""
    return "--" + name.replace("_", "-")


def read_value(text: str, options: type[Options], name: str) -> Any:
    """The value of a text: YAML if that suits the option, otherwise the text itself."""
    try:
        value = read_yaml(text, name)
    except SeqkitError:
        return text
    # The text itself is meant by white space and `#`, which are nothing in YAML, ...
    if value is None and text not in ("", "~", "null", "Null", "NULL"):
        return text
    if isinstance(value, str) and text[0] not in "'\"":
        return text
    # ... and by `--target 12`, since a number does not suit.
    return value if value is None or options.accepts(name, value) else text


def help_rows(
    options: type[Options], leave_out: Iterable[str] = ()
) -> Iterable[tuple[str, str]]:
    """Pairs of an option and its meaning; a heading has no meaning."""
    for title, names in options.groups().items():
        names = [name for name in names if name not in leave_out]
        if names:
            yield title, ""
        for name in names:
            yield flag(name), meaning(options, name)
