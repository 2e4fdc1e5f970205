"""A short run whose last line is JSON: how many programs were compiled, or found."""

import json
import sys

import jax.monitoring

from seqkit.recipes import sentiment
from tests import tiny

counts = {}


def count(name, **_):
    name = name.rpartition("/")[2]
    counts[name] = counts.get(name, 0) + 1


jax.monitoring.register_event_listener(count)
task = sentiment.build(sys.argv[1], cache_dir=sys.argv[2], **tiny.SENTIMENT)
task.fit(epochs=1, verbose=0)
task.predict(["Today the soup was tasty."])
print(json.dumps(counts))
