"""Declaring options once: type, default, bounds and meaning."""

from seqkit._public import public as _public
from seqkit.options.defaults import by as by
from seqkit.options.defaults import same_as as same_as
from seqkit.options.defaults import unless as unless
from seqkit.options.option import Count as Count
from seqkit.options.option import Default as Default
from seqkit.options.option import Fraction as Fraction
from seqkit.options.option import Length as Length
from seqkit.options.option import NotNegative as NotNegative
from seqkit.options.option import OneOf as OneOf
from seqkit.options.option import Positive as Positive
from seqkit.options.option import Seed as Seed
from seqkit.options.option import Steps as Steps
from seqkit.options.option import option as option
from seqkit.options.options import Options as Options


def __dir__() -> list[str]:
    return _public(globals())
