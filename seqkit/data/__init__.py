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
`readers` adds file formats.

**Arguments.**

- `encoding`: encoding of text files, any that Python knows.
- `name`: configuration of a hub dataset, such as "de-en" of "wmt/wmt16".
- `sample`: called without arguments if `dataset` is `None`; returns a dictionary from
  split name to a list of rows.
- `on_error`: "raise" stops at the first bad row, "skip" leaves bad rows out and counts
  them. Parallel files of unequal length are always an error.
- `validation_fraction`: without a validation split, the fraction of train (below 1, at
  most 3,000 rows) or the number of rows (from 1 on) that becomes one. No text is then
  on both sides, and a label with one or two examples stays in train. 0 holds out
  nothing.
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

from seqkit.data.batching.batches import Batches
from seqkit.data.batching.bucketed import BucketedBatches
from seqkit.data.batching.buckets import BucketPlan
from seqkit.data.batching.padding import pad
from seqkit.data.captions.batches import CaptionBatches
from seqkit.data.captions.images import read_image
from seqkit.data.captions.loading import load_captions
from seqkit.data.captions.region_features import RegionFeatures
from seqkit.data.captions.resized_images import ResizedImages
from seqkit.data.captions.tokenized import TokenizedCaptions, tokenize_captions
from seqkit.data.labels.batches import LabelledBatches
from seqkit.data.labels.loading import load_labelled
from seqkit.data.labels.tokenized import TokenizedTexts, tokenize_labelled
from seqkit.data.pairs.batches import BatchedPairs
from seqkit.data.pairs.loading import load_pairs
from seqkit.data.pairs.tokenized import TokenizedPairs, tokenize_pairs
from seqkit.data.sources.holdout import hold_out
from seqkit.data.sources.lines import Record
from seqkit.data.sources.readers import readers
from seqkit.data.sources.splits import Splits, split_name
from seqkit.data.tags.batches import TaggedBatches
from seqkit.data.tags.loading import load_tagged
from seqkit.data.tags.sentences import IndexedSentences
from seqkit.data.text.counts import TextCounts
from seqkit.data.text.lanes import BatchedLanes
from seqkit.data.text.loading import load_texts
from seqkit.data.text.token_stream import TokenStream
from seqkit.data.text.tokenizing import tokenize_texts

__all__ = [
    "BatchedLanes",
    "BatchedPairs",
    "Batches",
    "BucketPlan",
    "BucketedBatches",
    "CaptionBatches",
    "IndexedSentences",
    "LabelledBatches",
    "Record",
    "RegionFeatures",
    "ResizedImages",
    "Splits",
    "TaggedBatches",
    "TextCounts",
    "TokenStream",
    "TokenizedCaptions",
    "TokenizedPairs",
    "TokenizedTexts",
    "hold_out",
    "load_captions",
    "load_labelled",
    "load_pairs",
    "load_tagged",
    "load_texts",
    "pad",
    "read_image",
    "readers",
    "split_name",
    "tokenize_captions",
    "tokenize_labelled",
    "tokenize_pairs",
    "tokenize_texts",
]


def __dir__() -> list[str]:
    return __all__
