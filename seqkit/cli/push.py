"""`seqkit push`."""

from typing import Annotated

import typer

from seqkit.cli.arguments import Recipe, RunFolder
from seqkit.cli.output import note
from seqkit.cli.reading import load_run


def push(
    run: RunFolder,
    name: Annotated[
        str,
        typer.Argument(
            metavar="OWNER/NAME", help="A repository; made if there is none."
        ),
    ],
    private: Annotated[
        bool | None,
        typer.Option(help="Who sees a new repository; by default as in your account."),
    ] = None,
    license_: Annotated[
        str | None,
        typer.Option(
            "--license", metavar="NAME", help="As the Hub calls it, such as apache-2.0."
        ),
    ] = None,
    recipe: Recipe = None,
):
    """Save a trained task, with its card, on the Hugging Face Hub.

    Log in first with `hf auth login`, or set HF_TOKEN.
    """
    task = load_run(run, recipe)
    address = task.push_to_hub(name, private=private, license=license_)
    note(f"Pushed to {address}")
