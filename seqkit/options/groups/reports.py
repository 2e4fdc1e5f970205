"""What reports and comparisons take."""

from seqkit.options.option import Count, Seed, Steps, option
from seqkit.options.options import Options


class Samples(Options):
    """How certain figures are."""

    samples: Count = option(1000, "Samples of the bootstrap, and of other tests.")
    seed: Seed = option(12345, "Seed of the samples; sacreBLEU has the same default.")


class Report(Samples):
    """What a report shows."""

    examples: Steps = option(20, "How many of the worst examples are shown.")
