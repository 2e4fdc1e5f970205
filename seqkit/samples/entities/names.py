"""Names, put together from syllables: the ending tells what a name is at home.

`Bel` + `wick` is a place, `Bel` + `brix` makes kettles. That holds where nothing else
is said; people are called Belwick too.
"""

_STEMS = """
Bel Bor Dal Dov Fas Fen Gar Gol Hab Hes Jor Kel Kor Lam Lor Mer Nev Nov Pel Por
Ral Rud Sar Sel Tam Tor Vel Vor Wen Yov Zel Bram Drun Fren Grol Hest Kran Plim Stol Tren
""".split()

# Endings by the type of what is called so.
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

# By the symbol that stands for them in the rules: "person-name" is a surname.
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
    """The type that a name has by its ending, "first", or None for other words."""
    return _FAMILIES.get(word.lower())
