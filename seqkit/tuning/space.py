"""From the ranges of a card to the options of one trial."""

import dataclasses
import json
from typing import Any

from seqkit.cards import Card, find_recipe, sections
from seqkit.options.tuning import Range, Tuning, range_of


class Space:
    """The ranges of a card; an option is called `section.name`."""

    def __init__(self, card: Card):
        self.card, known = card, sections(find_recipe(card.recipe))
        settings = {k: v for k, v in card.tune.items() if k in Tuning.model_fields}
        self.settings: Any = Tuning.settle(settings, where="tune.")
        self.ranges: dict[str, Range] = {
            f"{section}.{name}": range_of(known[section], name, given)
            for section in known
            for name, given in (card.tune.get(section) or {}).items()
        }
        self._known = known

    def suggest(self, trial: Any) -> Card:
        """The card of a trial, without ranges."""
        return self.card_of({name: self._one(trial, name) for name in self.ranges})

    def _one(self, trial: Any, name: str) -> Any:
        one = self.ranges[name]
        if one.choices is not None:
            return trial.suggest_categorical(name, [_stored(v) for v in one.choices])
        number = isinstance(one.low, int) and isinstance(one.high, int)
        suggest = trial.suggest_int if number else trial.suggest_float
        step = {} if one.step is None else {"step": one.step}
        return suggest(name, one.low, one.high, log=one.log, **step)

    def card_of(self, chosen: dict[str, Any]) -> Card:
        """The card with the values that were chosen."""
        changed = {name: dict(getattr(self.card, name)) for name in self._known}
        for key, value in chosen.items():
            section, _, name = key.partition(".")
            choices = self.ranges[key].choices or ()
            found = next((one for one in choices if _stored(one) == value), value)
            changed[section][name] = found
        seed = None if "seed" in changed["build"] else self.card.seed
        return dataclasses.replace(self.card, tune={}, seed=seed, **changed)

    def own(self, dataset: Any) -> tuple[dict[str, Any], list[str]]:
        """The card's own values, and the names of those that no range holds."""
        values = {}
        for section, options in self._known.items():
            given = dict(getattr(self.card, section))
            if section == "build":
                given["dataset"] = (
                    dataset if dataset is not None else given.get("dataset")
                )
            filled = options.filled(given)
            values |= {f"{section}.{name}": value for name, value in filled.items()}
        own = {name: values[name] for name in self.ranges}
        outside = [
            name for name, one in self.ranges.items() if not one.holds(own[name])
        ]
        return {name: _stored(value) for name, value in own.items()}, outside


def _stored(value: Any) -> Any:
    """A value as Optuna stores it."""
    return json.dumps(value) if isinstance(value, list | dict) else value
