"""Trained models as files that answer without seqkit and without Keras."""

from seqkit.export.saved_model import save_model as save_model
from seqkit.export.signatures import Signature as Signature
from seqkit.export.signatures import text_signatures as text_signatures
from seqkit.export.signatures import token_signatures as token_signatures
from seqkit.export.text import InGraphTokenizer as InGraphTokenizer
