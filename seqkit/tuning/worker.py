"""A process that runs trials: `python -m seqkit.tuning.worker`, for `run_workers`."""

import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from seqkit.cards import make_card
from seqkit.errors import SeqkitError
from seqkit.tuning import studies
from seqkit.tuning.space import Space
from seqkit.tuning.trials import Trials
from seqkit.tuning.tuning import begin_lock


def main() -> int:
    """Reads what is asked for, runs it, and writes an error that ends the study."""
    asked, answers = json.load(sys.stdin), sys.stdout
    sys.stdout = sys.stderr  # what training prints is no answer
    try:
        _run(asked)
    except KeyboardInterrupt:
        return 0
    except SeqkitError as error:
        print(json.dumps(str(error)), file=answers)
        return 2
    return 0


def _run(asked: dict[str, Any]) -> None:
    for module in asked["imports"]:
        importlib.import_module(module)
    card = make_card(asked["card"], "the card")
    place = studies.address(asked["out"], asked["storage"])
    seconds, parent = asked["seconds"], os.getppid()
    end = time.monotonic() + (float("inf") if seconds is None else seconds)
    with studies.quietly():
        trials = Trials(
            studies.open_study(card, place, asked["direction"]),
            Space(card),
            asked["dataset"],
            asked["metric"],
            # Without its parent nobody waits for it.
            stop=lambda: time.monotonic() > end or os.getppid() != parent,
            say=lambda text: print(f"seqkit: {text}", file=sys.stderr, flush=True),
            keep=Path(asked["out"]) / "trials" if asked["keep"] else None,
        )
        trials.run(asked["trials"], begin_lock(asked["out"]))


if __name__ == "__main__":
    sys.exit(main())
