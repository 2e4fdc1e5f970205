"""Command-line options for arguments that are only known from a signature."""

from seqkit.errors import SeqkitError
from seqkit.recipes._arguments import ArgumentError, spell, suggest, suits
from seqkit.recipes._yaml import read_yaml


def pair_up(words, settings=()):
    """Take apart `--name value`, `--name=value` and `NAME=VALUE`.

    Args:
        words: What stands on the command line.
        settings: Values of `--set`.

    Returns:
        List of (option as written, argument name, text of the value or None).

    Raises:
        SeqkitError: A word that is neither an option nor its value.

    Example:

    >>> from seqkit.recipes._options import pair_up
    >>> pair_up(["--num-layers", "2"], ["seed=1"])
    [('--num-layers', 'num_layers', '2'), ('--set seed', 'seed', '1')]
    """
    pairs, words = [], list(words)
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            raise SeqkitError(f"{word}: expected an option, such as --name value")
        option, equals, value = word.partition("=")
        if not equals:
            follows = words and not words[0].startswith("--")
            value = words.pop(0) if follows else None
        pairs.append((option, option[2:].replace("-", "_"), value))
    for setting in settings or ():
        name, equals, value = setting.partition("=")
        if not equals:
            raise SeqkitError(f"--set {setting}: expected NAME=VALUE")
        pairs.append((f"--set {name}", name.replace("-", "_"), value))
    return pairs


def settle(pairs, sections, plain=None):
    """Sort options into the functions that take them, and read their values.

    Args:
        pairs: From `pair_up`. A name may carry its section: `build.dropout`.
        sections: Dictionary section -> `arguments(function)`.
        plain: The sections that a name without one is looked up in; all by default.

    Returns:
        Dictionary section -> (name -> value), with values of the annotated types.

    Raises:
        ArgumentError: All unknown options and unsuitable values together.

    Example:

    >>> from seqkit.recipes._arguments import arguments
    >>> from seqkit.recipes._options import pair_up, settle
    >>> def build(*, target: str = "de", shuffle: bool = True): ...
    >>> pairs = pair_up(["--target", "no", "--no-shuffle"])
    >>> settle(pairs, {"build": arguments(build)})
    {'build': {'target': 'no', 'shuffle': False}}
    """
    settled, problems, unknown = {section: {} for section in sections}, [], False
    plain = list(plain or sections)
    names = [name for section in plain for name in sections[section]]
    for option, name, text in pairs:
        section, dot, inner = name.partition(".")
        if dot and section in sections:
            candidates, name, known = [section], inner, list(sections[section])
        else:
            candidates, known = plain, names
        negated = text is None and name.startswith("no_") and name not in known
        if negated:
            name = name.removeprefix("no_")
        found = [one for one in candidates if name in sections[one]]
        if not found:
            near = suggest(name, known).replace("mean ", "mean --").replace("_", "-")
            problems.append(f"{option}: unknown option{near}")
            unknown = True
            continue
        annotation = sections[found[0]][name].annotation
        try:
            settled[found[0]][name] = _value(text, negated, annotation)
        except ValueError:
            shown = "no value" if text is None else repr(text)
            problems.append(f"{option}: expected {spell(annotation)}, found {shown}")
    if unknown:
        options = ", ".join("--" + name.replace("_", "-") for name in names)
        problems.append(f"The options are: {options}")
    if problems:
        raise ArgumentError(problems)
    return settled


def _value(text, negated, annotation):
    """The value a text stands for; ValueError where it does not suit."""
    if text is None:
        value = not negated
    else:
        try:
            value = read_yaml(text, "value")
        except SeqkitError:
            value = text
        # `--target 12` means the text where a number does not suit.
        if not suits(value, annotation):
            value = text
    if not suits(value, annotation):
        raise ValueError
    return value


def describe(sections):
    """The options of functions, one a line, as help shows them.

    >>> from seqkit.recipes._arguments import arguments
    >>> from seqkit.recipes._options import describe
    >>> def build(*, dropout: float = 0.1): ...
    >>> print(describe({"build": arguments(build)}))
      --dropout  a number (default: 0.1)
    """
    rows = []
    for known in sections.values():
        for name, parameter in known.items():
            words = spell(parameter.annotation)
            if parameter.default is not parameter.empty:
                words += f" (default: {parameter.default})"
            rows.append(("--" + name.replace("_", "-"), words))
    width = max((len(option) for option, _ in rows), default=0)
    return "\n".join(f"  {option:<{width}}  {words}" for option, words in rows)
