"""Recipes: one module a task; its `build()` joins data, model, decoding and metrics."""

import importlib


def __getattr__(name):
    from seqkit.recipes.cards import recipe_names

    if name in recipe_names():
        return importlib.import_module(f"seqkit.recipes.{name}")
    raise AttributeError(
        f"module {__name__!r} has no attribute {name!r}; there are the recipes "
        + ", ".join(recipe_names())
    )
