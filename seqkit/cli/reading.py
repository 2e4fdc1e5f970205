"""What the arguments of commands mean: datasets, runs, options of verbs."""

import contextlib
import os

from seqkit.errors import SeqkitError


def dataset_of(given):
    """What `--dataset` names: nothing, one dataset, or a dictionary of splits."""
    splits, whole = {}, []
    for one in given or ():
        split, equals, place = one.partition("=")
        # A file may have such a name, and a folder before the sign is no split.
        if not equals or not split or "/" in split or os.path.exists(one):
            whole.append(one)
        elif split in splits:
            raise SeqkitError(f"--dataset {one}: the split {split} is given twice")
        elif not place:
            raise SeqkitError(f"--dataset {one}: expected SPLIT=FILE")
        else:
            splits[split] = place
    if len(whole) > 1 or whole and splits:
        found = " and ".join(given)
        raise SeqkitError(
            "--dataset: expected one dataset, or SPLIT=FILE once for each split, found "
            f"{found}"
        )
    return whole[0] if whole else splits or None


def verb_options(verb, known, given, settings):
    """Options of a verb of a task, as far as it takes them."""
    from seqkit.errors import ArgumentError
    from seqkit.options.command_line import pair_up, read_pairs

    given = {name: value for name, value in given.items() if value is not None}
    problems = [
        f"--{name.replace('_', '-')}: {verb} of this task takes only: "
        + ", ".join(known.model_fields)
        for name in given
        if name not in known.model_fields
    ]
    if problems:
        raise ArgumentError(problems)
    pairs = [(f"--{name}".replace("_", "-"), name, str(v)) for name, v in given.items()]
    return read_pairs([*pairs, *pair_up([], settings)], {"": known})[""]


def load_run(run, recipe=None, check=None):
    """The task of a folder; `check` is called with it before its model is loaded."""
    there = os.path.exists(run)
    if not os.path.isdir(run) and (there or run.count("/") != 1):  # not owner/name
        found = "a file" if there else "nothing there"
        raise SeqkitError(f"{run}: expected a folder that `train` wrote, found {found}")
    import seqkit
    from seqkit import runs
    from seqkit.cards import find_recipe

    found = recipe and find_recipe(recipe)
    if check is None:
        return seqkit.load(run, recipe=found)
    return runs.load_checked(run, check, found)


@contextlib.contextmanager
def scored_run(verb, run, recipe, data, split, given, settings):
    """A context that yields a task with its data, the split to score, and options.

    Mistakes in these are found before the model is loaded.
    """
    with contextlib.ExitStack() as stack:
        found = []

        def check(task):
            options = verb_options(verb, task.Evaluate, given, settings)
            stack.enter_context(task.lent(data, split))
            name = split or task.default_split()
            task.split(name)
            found.extend([name, options])

        task = load_run(run, recipe, check)
        yield task, *found
