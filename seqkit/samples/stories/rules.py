"""The grammar of the stories, as data.

A symbol is followed by its rules: how often each is drawn, then its parts; "|"
separates rules that are drawn equally often. Words are in quotes. Letters are variables
of the rule: whom a word is about (x, y), or the verb, adjective or preposition that
decides what may come next (v, a, p). Capitals are classes of nouns. A symbol without
rules is a word of the lexicon; it agrees with its first variable if that is known, and
otherwise decides it. So the agreement of "The dogs that the man near the trees feeds
bark" is in the letters:

    noun(x) 'that' noun(y) preposition(p) noun(z) transitive(y, v, x) intransitive(x)

A clause is never ambiguous about the noun that a verb belongs to (no relative clause
follows a phrase in a phrase, no second verb a clause within one): each line has one
reading, in which every form is either right or wrong.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from seqkit.samples.tables import read_rules

_RULES = """
line()
    1 opening(h) '.' scene() '.' ending(h) '.'
    3 opening(h) '.' scene() '.' scene() '.' ending(h) '.'
    2 opening(h) '.' echo(h) '.' scene() '.' ending(h) '.'

sentence()
    1 opening(h) '.' | statement(x) '.' | reason(x) '.' | echo(x) '.' | ending(h) '.'

opening(h)
    1 name(h) 'the' trade() 'lives' where(h)
    1 where(h) 'lives' 'a' trade() 'called' name(h)

where(h)
    1 inside(p) phrase(y, p, ONE, h) outside(q) phrase(z, q, PLACE, y)

scene()
    3 statement(x) | statement(x) '.' echo(x)
    1 reason(x)

statement(x)
    5 phrase(x, LIVING) modifier(x) predicate(x)
    2 phrase(x, THING) modifier(x) predicate(x)
    1 sometimes() phrase(x, LIVING) modifier(x) act(x)

reason(x)
    1 phrase(x, LIVING) modifier(x) deed(x) 'because' pronoun(x) is(x) degree() mood(x)

echo(x)
    3 pronoun(x) predicate(x)
    1 pronoun(x) deed(x) 'because' pronoun(x) is(x) degree() mood(x)
    1 'then' pronoun(x) act(x) | sometimes() pronoun(x) act(x)

ending(h)
    2 '“' phrase(x, ANYTHING) modifier(x) clause(x) ',' '”' speech() name(h)
    1 '“' phrase(x, LIVING) modifier(x) act(x) often() ',' '”' speech() name(h)
    1 sometimes() phrase(x, LIVING) modifier(x) doing(x, v, h) particle(v) name(h)

modifier(x)
    4
    4 preposition(p) phrase(y, p, x) | who(x) does(x)
    3 'that' phrase(y, LIVING, x) inner(y, x) transitive(y, v, x) particle(v)
    2 'that' phrase(y, LIVING, x) inner(y, x) doing(y, v, x) particle(v) often()

inner(y, x)
    2
    1 preposition(p) phrase(z, p, y, x)

predicate(x)
    3 clause(x)
    2 act(x) often()
    5 both(x)
    1 transitive(x, v) particle(v) phrase(o, v, x) who(o) does(o)

both(x)
    2 alone(x) 'and' other(x) | other(x) 'and' alone(x)
    2 doing(x, v) particle(v) own(o, v, x) 'and' other(x)
    2 other(x) 'and' doing(x, v) particle(v) own(o, v, x)
    1 other(x) 'and' self(x) | is(x) degree() mood(x) 'and' other(x)
    1 other(x) 'and' lasts(x) | other(x) 'and' is(x) degree() quality(x)

clause(x)
    9 does(x)
    1 is(x) degree() mood(x) | is(x) degree() quality(x)

does(x)
    6 deed(x)
    2 lasts(x)

act(x)
    9 deed(x)
    1 is(x) degree() mood(x)

deed(x)
    4 alone(x)
    8 other(x)
    3 self(x)

alone(x)
    1 intransitive(x)
    3 intransitive(x) preposition(p) phrase(y, p, x)

other(x)
    5 doing(x, v) particle(v) phrase(o, v, x)
    3 doing(x, v) particle(v) own(o, v, x)

self(x)
    2 reflexive_verb(x, v) particle(v) reflexive(x)
    1 reflexive_verb(x, v) particle(v) reflexive(x) preposition(p) phrase(y, p, x)

lasts(x)
    1 lasting(x, v) particle(v) phrase(o, v, x) | lasting(x, v) particle(v) own(o, v, x)

own(o, v, x)
    1 possessive(x) noun(o, v, x, OWN)
    1 possessive(x) adjective(a) noun(o, v, x, OWN, a)

degree()
    2
    1 'very'

phrase(x, b, c, d)
    7 'the' noun(x, b, c, d)
    4 'the' adjective(a) noun(x, b, c, d, a)
    1 determiner(e) noun(x, b, c, d, e)

often()
    1 'every' 'morning' | 'every' 'day'

sometimes()
    1 'at' 'night' | 'in' 'summer' | 'sometimes'

trade()
    1 'baker' | 'painter' | 'sailor' | 'teacher'

speech()
    1 'says' | 'calls'
"""

_ITEM = re.compile(r"'([^']+)'|(\w+)\(([\w, ]*)\)")


class Item(NamedTuple):
    """A word, or a symbol with the names of its variables."""

    word: str
    symbol: str
    arguments: tuple[str, ...]


class Symbol(NamedTuple):
    """A symbol's variables and rules; `draw` lists each as often as it is drawn."""

    parameters: tuple[str, ...]
    rules: tuple[tuple[Item, ...], ...]
    draw: tuple[tuple[Item, ...], ...]


def _read_rule(text: str) -> tuple[Item, ...]:
    return tuple(
        Item(word, symbol, tuple(re.findall(r"\w+", arguments)))
        for word, symbol, arguments in _ITEM.findall(text)
    )


def _read_rules() -> Iterator[tuple[str, Symbol]]:
    for head, rules, draw in read_rules(_RULES, _read_rule):
        [(_, name, parameters)] = _ITEM.findall(head)
        yield name, Symbol(tuple(re.findall(r"\w+", parameters)), rules, draw)


RULES = dict(_read_rules())
