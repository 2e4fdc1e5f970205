"""What every recipe is: a task, from data to an exported model."""

from seqkit.task.assets import Asset, asset
from seqkit.task.image_task import ImageTask
from seqkit.task.label_task import LabelTask
from seqkit.task.language_task import LanguageTask
from seqkit.task.recipe import recipe
from seqkit.task.saving import load
from seqkit.task.sequence_task import SequenceTask
from seqkit.task.task import Task
from seqkit.task.text_task import TextTask, TokenizerTask
from seqkit.task.text_to_text import TextToTextTask
from seqkit.task.word_task import WordTask

__all__ = [
    "Asset",
    "ImageTask",
    "LabelTask",
    "LanguageTask",
    "SequenceTask",
    "Task",
    "TextTask",
    "TextToTextTask",
    "TokenizerTask",
    "WordTask",
    "asset",
    "load",
    "recipe",
]


def __dir__() -> list[str]:
    return sorted(__all__)
