# What tensorflow's own source tells a checker is wrong where its backends differ, so
# that everything in it counts as Any.
from typing import Any

def __getattr__(name: str) -> Any: ...
