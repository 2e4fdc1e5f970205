"""From any source to checked examples, token ids and batches."""

from seqkit.data.batches import BatchedPairs as BatchedPairs
from seqkit.data.batches import pad as pad
from seqkit.data.buckets import BucketPlan as BucketPlan
from seqkit.data.encode import TokenizedPairs as TokenizedPairs
from seqkit.data.encode import tokenize_pairs as tokenize_pairs
from seqkit.data.holdout import hold_out as hold_out
from seqkit.data.lanes import BatchedLanes as BatchedLanes
from seqkit.data.pairs import load_pairs as load_pairs
from seqkit.data.splits import Splits as Splits
from seqkit.data.splits import split_name as split_name
from seqkit.data.text_counts import TextCounts as TextCounts
from seqkit.data.texts import load_texts as load_texts
from seqkit.data.token_stream import TokenStream as TokenStream
from seqkit.data.token_stream import tokenize_texts as tokenize_texts
