"""What is tried with a seed, by kind: each returns what was done, and runs it."""

import contextlib
import io
import json
import os
import random
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

import seqkit
from seqkit import cli
from seqkit.cards import sections
from seqkit.errors import SeqkitError
from seqkit.registries import recipes
from tests.fuzz import damage

CARD = b"""recipe: fake
description: what is tried
seed: 1
build: {source: en, target: fr, dropout: 0.3, widths: [3, 4], num_layers: 2}
fit: {epochs: 2, verbose: 0}
evaluate: {split: [train, test], num_beams: 4}
result: {bleu: 35.0}
"""
DATA = {
    "sentiment": [
        "s.tsv",
        b"text\tlabel\n" + b"a good day\tgood\na bad one\tbad\n" * 9,
    ],
    "translation": ["t.csv", b"en,de\n" + b"the dog,der Hund\na cat,eine Katze\n" * 9],
    "tagging": ["e.conll", b"Ann B-PER\nsaw O\nOslo B-LOC\n\nthe O\nend O\n\n" * 9],
    "language_modeling": ["l.txt", "A line of text.\nAnd another é.\n".encode() * 9],
}
REAL = ["sentiment", "tagging", "translation"]
"""Recipes of which a real, small task is damaged."""


class Verdict(Exception):
    """What happened was none of the two good outcomes."""


def command(words: list[str], given: bytes = b"") -> str:
    """Runs a command line; "refused" or "accepted", or raises `Verdict`."""
    out, error = io.TextIOWrapper(io.BytesIO()), io.StringIO()
    stdin, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(given))
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            code = cli.main(words)
    finally:
        sys.stdin = stdin
    said = error.getvalue()
    if "unexpected error" in said or "Traceback" in said or len(said) > 6000:
        raise Verdict(f"{words}: {said[:600]}")
    if code == 2 and said.count("seqkit: error: ") == 1:
        return "refused"
    if code == 1 and "could not be read" in said:
        return "refused"
    if code == 0:
        return "accepted"
    raise Verdict(f"{words}: exit code {code}, {said[:600]}")


def refused(action: Callable, *arguments, **options) -> str:
    """Calls a function; "refused" by a `SeqkitError` of some length, or "accepted"."""
    try:
        action(*arguments, **options)
    except SeqkitError as error:
        if not 10 < len(str(error)) < 6000:
            raise Verdict(f"a message of {len(str(error))} characters") from error
        return "refused"
    return "accepted"


def options(rng: random.Random, room: Path) -> str:
    """An option of any verb of any recipe; it is right by its type if accepted."""
    part = rng.choice(list(sections(recipes[rng.choice(list(recipes))]).values()))
    name, value = rng.choice(list(part.model_fields)), damage.value(rng)
    found = refused(part.settle, {name: value})
    wrong = part.problems({name: value})
    if found == "refused" and not any(name in problem for problem in wrong):
        raise Verdict(f"{name}={value!r:.80}: {wrong}")
    if found == "accepted":
        # By the type that the option was declared with, or as its default.
        kept = getattr(part.settle({name: value}), name)
        if value is not None and isinstance(value, float) and not np.isfinite(value):
            if name not in ("dataset", "image_encoder"):
                raise Verdict(f"{name}={value!r} was accepted as {kept!r}")
    return found


def card(rng: random.Random, room: Path) -> str:
    """A card of the fake recipe with damaged text, or with another value."""
    file, data = room / "card.yaml", damage.broken(rng, CARD)
    if rng.random() < 0.6:
        from seqkit.options.yaml import read_yaml

        contents = read_yaml(CARD.decode(), "card")
        data = damage.as_json(damage.edited(rng, contents))
    file.write_bytes(data)
    return command(["train", str(file)])


def words(rng: random.Random, room: Path) -> str:
    """A command line of known and unknown words in any order."""
    verb = rng.choice(["train", "evaluate", "predict", "export", "schema"])
    place = rng.choice(["fake", str(room / "run"), damage.text_of(rng)])
    names = ["--epochs", "--dropout", "--num-beams", "--seed", "--dataset", "--set"]
    names += ["--source", "--widths", "--num-layers", "--split", "--cache-dir", "--x"]
    line = [verb, "fake" if verb == "train" else place]
    for _ in range(rng.randrange(4)):
        line += [rng.choice(names), damage.text_of(rng)]
    if verb == "export":
        line.insert(2, rng.choice([str(room / "out"), "a\0b", "x" * 300]))
    if rng.random() < 0.1:
        rng.shuffle(line)
    return command(line, b"a line\n\xff\n")


def run_folder(rng: random.Random, room: Path) -> str:
    """The run folder of a real, small task with one of its files damaged."""
    run = _copied(room / rng.choice(REAL), room / "changed")
    file = run / rng.choice(sorted(os.listdir(run)))
    kind, data = rng.randrange(5), file.read_bytes()
    if kind < 3 and data.startswith(b"{"):
        file.write_bytes(damage.as_json(damage.edited(rng, json.loads(data))))
    elif kind < 2 and file.name == "model.keras":
        _edit_model(rng, file)
    elif kind == 2:
        others = [one for one in sorted(run.iterdir()) if one != file]
        file.write_bytes(rng.choice(others).read_bytes())
    elif kind == 3:
        file.unlink()
        rng.choice([os.mkfifo, os.mkdir, lambda path: None])(file)
    else:
        file.write_bytes(damage.broken(rng, data))
    return command(["predict", str(run)], b"a line\n")


def checkpoint(rng: random.Random, room: Path) -> str:
    """The checkpoint of an interrupted run with damage."""
    from seqkit.training import Checkpoint

    folder = _copied(room / "checkpoint", room / "changed")
    file = folder / "checkpoint.npz"
    if rng.random() < 0.4:
        file.write_bytes(damage.broken(rng, file.read_bytes()))
    else:
        with np.load(file) as stored:
            arrays = dict(stored)
        name = rng.choice(sorted(arrays))
        document = json.loads(arrays["document"].tobytes())
        changes = {
            "less": lambda: arrays.pop(name),
            "shape": lambda: arrays.update({name: arrays[name][..., None]}),
            "type": lambda: arrays.update({name: arrays[name].astype("S3")}),
            "nan": lambda: arrays.update({name: np.full(3, np.nan)}),
            "more": lambda: arrays.update({f"callbacks/{name}": arrays[name]}),
            "document": lambda: arrays.update(
                document=np.frombuffer(
                    damage.as_json(damage.edited(rng, document)), np.uint8
                )
            ),
        }
        changes[rng.choice(sorted(changes))]()
        np.savez(file, **arrays)
    model = seqkit.load(room / "sentiment").model
    return refused(Checkpoint(folder).restore, model)


def data(rng: random.Random, room: Path) -> str:
    """A data file with damage, for each recipe that reads text."""
    from seqkit.data import load_labelled, load_pairs, load_tagged, load_texts

    loaders = [load_labelled, load_pairs, load_tagged, load_texts]
    recipe = rng.choice(sorted(DATA))
    load = dict(zip(["sentiment", "translation", "tagging"], loaders, strict=False))
    name, contents = DATA[recipe]
    file = room / name
    file.write_bytes(damage.broken(rng, contents))
    more = {"cache_dir": str(room / "cache")}
    more["on_error"] = rng.choice(["raise", "skip"])
    if recipe == "translation":
        more |= {"source": "en", "target": "de"}
    with contextlib.redirect_stderr(io.StringIO()):
        return refused(load.get(recipe, load_texts), str(file), **more)


KINDS = {
    "options": options,
    "card": card,
    "words": words,
    "data": data,
    "run_folder": run_folder,
    "checkpoint": checkpoint,
}


def _copied(source: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    return target


def _edit_model(rng: random.Random, file: Path) -> None:
    """Another value somewhere in the configuration of a saved model."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    config = damage.edited(rng, json.loads(parts["config.json"]))
    parts["config.json"] = damage.as_json(config)
    with zipfile.ZipFile(file, "w") as archive:
        for name, contents in parts.items():
            archive.writestr(name, contents)
