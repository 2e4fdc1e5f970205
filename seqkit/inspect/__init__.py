"""What a trained model does, as arrays and as plots."""

from seqkit.inspect.alignment import Alignment as Alignment
from seqkit.inspect.plot_alignment import plot_alignment as plot_alignment
