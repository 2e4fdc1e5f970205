"""What every recipe is: a task, from data to an exported model."""

from seqkit.task.assets import asset
from seqkit.task.recipe import recipe
from seqkit.task.saving import load
from seqkit.task.sequence_task import SequenceTask
from seqkit.task.task import Task
from seqkit.task.text_task import TextTask, TokenizerTask
from seqkit.task.text_to_text import TextToTextTask

__all__ = [
    "SequenceTask",
    "Task",
    "TextTask",
    "TextToTextTask",
    "TokenizerTask",
    "asset",
    "load",
    "recipe",
]


def __dir__() -> list[str]:
    return sorted(__all__)
