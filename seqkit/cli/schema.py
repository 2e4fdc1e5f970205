"""`seqkit schema`."""

from typing import Annotated

import typer


def schema(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="A recipe.")],
):
    """Print the JSON Schema of a recipe's cards, for editors."""
    import json

    from seqkit import cards

    found = cards.schema(cards.find_recipe(recipe))
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
