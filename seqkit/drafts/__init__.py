"""Drafts of recipe cards: settings that suit a dataset."""

from seqkit._public import public as _public
from seqkit.drafts.card import card_text as card_text
from seqkit.drafts.columns import find_columns as find_columns
from seqkit.drafts.settings import Setting as Setting
from seqkit.drafts.settings import settings as settings


def __dir__() -> list[str]:
    return _public(globals())
