"""Names, composed of syllables, whose endings suggest their types.

`Bel` + `wick` is a place, `Bel` + `brix` makes kettles, unless the context says
otherwise: people are called Belwick too.
"""

_STEMS = """
Bel Bor Dal Dov Fas Fen Gar Gol Hab Hes Jor Kel Kor Lam Lor Mer Nev Nov Pel Por
Ral Rud Sar Sel Tam Tor Vel Vor Wen Yov Zel Bram Drun Fren Grol Hest Kran Plim Stol Tren
""".split()

# Endings by type.
ENDINGS = {
    "person": ("kin", "sen", "low", "ander"),
    "place": ("wick", "bury", "mouth", "stead"),
    "organisation": ("brix", "plon", "dux", "zent"),
    "product": ("impo", "uzza", "iddo", "opli"),
}

_FIRST_NAMES = """
Anna Ben Clara David Emma Fay Greta Hanna Hugo Ida Ines Jan Jonas Karin Leo Lena Lucy
Marta Mia Nora Olga Oskar Otto Paul Rosa Rufus Sara Simon Tilda Tom Ulla Vera Viktor
""".split()
# First names that are everyday words as well: verbs, months, what a shop sends.
EVERYDAY_NAMES = ("Bill", "Hope", "June", "Mark", "May", "Rose", "Will")

# By their symbol in the rules: "person-name" is a surname.
NAMES = {"first": (*_FIRST_NAMES, *EVERYDAY_NAMES)} | {
    f"{kind}-name": tuple(stem + ending for stem in _STEMS for ending in endings)
    for kind, endings in ENDINGS.items()
}

_FAMILIES = {
    name.lower(): symbol.removesuffix("-name")
    for symbol, names in NAMES.items()
    for name in names
}


def family(word: str) -> str | None:
    """The type suggested by a name's ending, "first", or `None` for other words."""
    return _FAMILIES.get(word.lower())
