"""What every recipe is: a task, from data to an exported model."""

from seqkit._public import public as _public
from seqkit.task.assets import Asset as Asset
from seqkit.task.assets import asset as asset
from seqkit.task.audio_task import AudioTask as AudioTask
from seqkit.task.devices import distribute as distribute
from seqkit.task.fields import Field as Field
from seqkit.task.forecast_stream import ForecastStream as ForecastStream
from seqkit.task.image_task import ImageTask as ImageTask
from seqkit.task.judging import compare as compare
from seqkit.task.label_task import LabelTask as LabelTask
from seqkit.task.language_task import LanguageTask as LanguageTask
from seqkit.task.recipe import recipe as recipe
from seqkit.task.saving import load as load
from seqkit.task.sequence_task import SequenceTask as SequenceTask
from seqkit.task.series_task import SeriesTask as SeriesTask
from seqkit.task.speech_stream import SpeechStream as SpeechStream
from seqkit.task.tag_task import TagTask as TagTask
from seqkit.task.task import Task as Task
from seqkit.task.text_task import TextTask as TextTask
from seqkit.task.text_task import TokenizerTask as TokenizerTask
from seqkit.task.text_to_text import TextToTextTask as TextToTextTask
from seqkit.task.word_task import WordTask as WordTask


def __dir__() -> list[str]:
    return _public(globals())
