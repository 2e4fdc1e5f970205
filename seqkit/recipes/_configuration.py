"""What the `build()` of every recipe does with its arguments."""

import sys
from pathlib import Path
from typing import Literal, get_origin

from seqkit.errors import SeqkitError
from seqkit.recipes._arguments import arguments, spell, suits


def fill_in(config, defaults):
    """Puts a default where nothing was given, in place."""
    for name, value in defaults.items():
        if name in config and config[name] is None:
            config[name] = value


def check_choices(build, config):
    """Raises for an argument that is none of the choices in its annotation."""
    for name, parameter in arguments(build).items():
        choice = get_origin(parameter.annotation) is Literal
        if choice and not suits(config[name], parameter.annotation):
            raise SeqkitError(
                f"{name}: expected {spell(parameter.annotation)}, "
                f"found {config[name]!r}"
            )


def check_counts(counts):
    """Raises for a count below 1; `None` counts nothing."""
    for name, count in counts.items():
        if count is not None and count < 1:
            raise SeqkitError(f"{name}: expected at least 1, found {count}")


def check_batches(config):
    """Raises where a batch is bounded twice, or XLA would compile every shape anew."""
    if config.get("batch_tokens") is not None and config["batch_size"] is not None:
        raise SeqkitError("batch_tokens, batch_size: expected one of them, found both")
    if config["jit_compile"] and config["static_shapes"] is False:
        raise SeqkitError(
            "jit_compile: expected static_shapes=True with it, found False. XLA "
            "compiles anew for every shape of a batch."
        )


def settle_compilation(config):
    """Decides what was left open of XLA, in place: it compiles on JAX alone."""
    import keras

    fill_in(config, {"jit_compile": keras.backend.backend() == "jax"})
    fill_in(config, {"static_shapes": config["jit_compile"]})


# Arguments of `build` that every function of `seqkit.data` that loads examples takes.
_OF_EVERY_LOADER = (
    "name",
    "encoding",
    "on_error",
    "validation_fraction",
    "seed",
    "cache_dir",
)


def load_splits(load, config, names, sample):
    """The examples of a dataset, by split; says what was left out.

    Args:
        load: A function of `seqkit.data`.
        config: The configuration.
        names: Those of its entries that this `load` takes besides what all of them do.
        sample: Makes the embedded sample.
    """
    check_kept(config["dataset"])
    given = {name: config[name] for name in (*names, *_OF_EVERY_LOADER)}
    splits = load(config["dataset"], sample=sample, **given)
    if splits.skipped:
        report(splits.summary())
    return splits


def check_train(splits, reason):
    """Raises where there is nothing to learn from."""
    if "train" not in splits:
        raise SeqkitError(
            f"dataset: expected a train split, found {', '.join(splits)}. {reason}"
        )


def check_kept(dataset):
    """Raises where a loaded task's dataset was in memory and is gone."""
    if isinstance(dataset, dict) and set(dataset) == {"in_memory"}:
        raise SeqkitError(
            f"dataset: the task was built with a {dataset['in_memory']} in memory, "
            "which is not kept. Give dataset= to load it with one."
        )


def plain(config):
    """The configuration with paths as the strings that JSON can hold."""
    return {k: str(v) if isinstance(v, Path) else v for k, v in config.items()}


def report(text):
    """What was left out; on standard error, for results may go to standard output."""
    print(text, file=sys.stderr)


def options(local):
    """The arguments of a verb from its `locals()`, to call it anew with other texts."""
    return {k: v for k, v in local.items() if k not in ("self", "texts")}
