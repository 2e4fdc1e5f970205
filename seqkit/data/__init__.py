"""From any source to checked examples, token ids and batches.

Each kind of example has a loader, a function that encodes its text once, and a class
of numbered `Batches`:

| examples | loader | token ids | batches |
|---|---|---|---|
| sentence pairs | `load_pairs` | `tokenize_pairs` | `BatchedPairs` |
| text | `load_texts` | `tokenize_texts` | `BatchedLanes` |
| texts with labels | `load_labelled` | `tokenize_labelled` | `LabelledBatches` |
| tagged sentences | `load_tagged` | `IndexedSentences` | `TaggedBatches` |
| images with captions | `load_captions` | `tokenize_captions` | `CaptionBatches` |
| sounds with texts | `load_speech` | `Recordings` | `SpeechBatches` |
| time series | `load_series` | | `WindowBatches` |
| sets of points | `load_points` | | `PointBatches` |

All loaders have the following in common.

**Datasets.** A dataset is one of these; the loader lists the files that it reads:

| dataset | splits |
|---|---|
| `"owner/name"` of the Hugging Face hub | as it names them |
| a folder written by `save_to_disk` | as it names them |
| a folder of files, or of folders, named after splits | by name |
| one file, or the common stem of parallel files | by name, otherwise train |
| `datasets.DatasetDict`, `IterableDatasetDict`, `{split: any one split}` | by key |
| `datasets.Dataset`, `IterableDataset`, a list of rows, a pandas `DataFrame` | train |
| `None` | those of `sample()` |

Splits are named train, validation (in files also val, valid, dev) and test; other
splits keep their names, in files only `test_*`. A file or `Dataset` named as a test
split is never taken for train. Hidden and system files are passed over. Text files may
be compressed (`.gz`). Text is kept as it is in the file, with its surrounding spaces.
`readers` adds file formats to those that are there: `.tsv`, `.csv` (also with
semicolons), `.jsonl` (an object per line), `.json` (an array of objects), `.parquet`
and `.xlsx` (the first sheet; requires openpyxl).

**Arguments.**

- `separator`: what separates the columns of tables, by default a comma in `.csv` and a
  tab in `.tsv` and `.txt`.
- `header`: whether the first line of tables is a header; without a value, it is one if
  it names the columns, or looks so, which is reported.
- `encoding`: encoding of text files, any that Python knows.
- `name`: configuration of a hub dataset, such as "de-en" of "wmt/wmt16".
- `sample`: called without arguments if `dataset` is `None`; returns a dictionary from
  split name to a list of rows.
- `on_error`: "raise" stops at the first bad row, "skip" leaves bad rows out and counts
  them. Parallel files of unequal length are always an error.
- `validation_fraction`: without a validation split, the fraction of train (below 1, at
  most 3,000 rows) or the number of rows (from 1 on) that becomes one. No text is then
  on both sides, each label has its share, and a label with one or two examples stays in
  train. 0 holds out nothing. By default 0.05; of rows that are no running text at least
  200, if that is no more than a fifth of them.
- `test_fraction`: the same for a test split, by default 0. Test is held out before
  validation, whose fraction is that of what train was before.
- `seed`: which rows are held out.
- `cache_dir`: folder of the Arrow files, by default inside that of `datasets`. What is
  stored there is used again only while files hold the same bytes.

**Results.** A loader returns `Splits`, a mapping from split name to a memory-mapped
`datasets.Dataset`. Its `summary()` reports sizes, what the loader decided by itself
(`notes`), and what was left out (`skipped`, `messages`). A `DataError` names file and
line or row, what was expected and what was found.
"""

from seqkit._public import public as _public
from seqkit.data.batching.batches import Batches as Batches
from seqkit.data.batching.bounds import choose_bounds as choose_bounds
from seqkit.data.batching.bucketed import BucketedBatches as BucketedBatches
from seqkit.data.batching.buckets import BucketPlan as BucketPlan
from seqkit.data.batching.full_rows import FullRows as FullRows
from seqkit.data.batching.own_rows import OwnRows as OwnRows
from seqkit.data.batching.padding import pad as pad
from seqkit.data.batching.spec import Spec as Spec
from seqkit.data.captions.batches import CaptionBatches as CaptionBatches
from seqkit.data.captions.images import read_image as read_image
from seqkit.data.captions.loading import load_captions as load_captions
from seqkit.data.captions.region_features import RegionFeatures as RegionFeatures
from seqkit.data.captions.resized_images import ResizedImages as ResizedImages
from seqkit.data.captions.tokenized import TokenizedCaptions as TokenizedCaptions
from seqkit.data.captions.tokenized import tokenize_captions as tokenize_captions
from seqkit.data.labels.batches import LabelledBatches as LabelledBatches
from seqkit.data.labels.loading import load_labelled as load_labelled
from seqkit.data.labels.tokenized import TokenizedTexts as TokenizedTexts
from seqkit.data.labels.tokenized import tokenize_labelled as tokenize_labelled
from seqkit.data.pairs.batches import BatchedPairs as BatchedPairs
from seqkit.data.pairs.copying import SourceWords as SourceWords
from seqkit.data.pairs.loading import load_pairs as load_pairs
from seqkit.data.pairs.tokenized import TokenizedPairs as TokenizedPairs
from seqkit.data.pairs.tokenized import tokenize_pairs as tokenize_pairs
from seqkit.data.points.batches import PointBatches as PointBatches
from seqkit.data.points.batches import pad_points as pad_points
from seqkit.data.points.loading import load_points as load_points
from seqkit.data.series.loading import load_series as load_series
from seqkit.data.series.scaler import SeriesScaler as SeriesScaler
from seqkit.data.series.windows import ScaledSeries as ScaledSeries
from seqkit.data.series.windows import WindowBatches as WindowBatches
from seqkit.data.sources.holdout import hold_out as hold_out
from seqkit.data.sources.lines import Record as Record
from seqkit.data.sources.readers import readers as readers
from seqkit.data.sources.splits import Splits as Splits
from seqkit.data.sources.splits import split_name as split_name
from seqkit.data.speech.augmenting import SoundAugmentation as SoundAugmentation
from seqkit.data.speech.batches import SpeechBatches as SpeechBatches
from seqkit.data.speech.loading import load_speech as load_speech
from seqkit.data.speech.reading import read_audio as read_audio
from seqkit.data.speech.recordings import Recordings as Recordings
from seqkit.data.tags.batches import TaggedBatches as TaggedBatches
from seqkit.data.tags.loading import load_tagged as load_tagged
from seqkit.data.tags.sentences import IndexedSentences as IndexedSentences
from seqkit.data.text.counts import TextCounts as TextCounts
from seqkit.data.text.lanes import BatchedLanes as BatchedLanes
from seqkit.data.text.loading import load_texts as load_texts
from seqkit.data.text.token_stream import TokenStream as TokenStream
from seqkit.data.text.tokenizing import tokenize_texts as tokenize_texts


def __dir__() -> list[str]:
    return _public(globals())
