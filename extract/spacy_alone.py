"""spaCy without torch: thinc, its library for networks, imports torch wherever that is installed, which takes a second
or two and 180 MB of every process, and nothing here has spaCy run a network."""

import importlib
import sys
from types import ModuleType


def load() -> ModuleType:
    """spaCy; torch is not imported for it. Whoever imports torch itself, before or afterwards, gets it as usual."""
    if "torch" in sys.modules or "spacy" in sys.modules:
        return importlib.import_module("spacy")
    sys.modules["torch"] = None  # type: ignore[assignment]  # an import of it fails, and thinc does without
    try:
        return importlib.import_module("spacy")
    finally:
        del sys.modules["torch"]
