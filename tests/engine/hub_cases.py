"""Run by test_hub.py in a process of its own: HF_ENDPOINT is read when huggingface_hub is imported.

    python hub_cases.py '{"case": {"model": "a/b", ...options of load}}'

Prints one JSON object: what became of each case, how long it took, and what the cache holds.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any
from urllib.request import urlopen

from noiser.errors import NoiserError
from noiser.explainer import explain
from noiser.model.available import available_models
from noiser.model.loading import load
from noiser.request import Request


def attempt(options: dict[str, Any]) -> dict[str, Any]:
    started = time.perf_counter()
    outcome: dict[str, Any] = {}
    try:
        if not options:  # leaves its mark in the list of requests
            urlopen(f"{os.environ['HF_ENDPOINT']}/mark")
            return {"seconds": 0.0}
        model = load(**options)
        outcome["revision"] = model.info.revision
        explanation = explain(model, "The capital", Request(draws=2, steps=2))
        outcome["scores"] = [token.score for token in explanation.tokens]
    except NoiserError as error:
        outcome["says"] = str(error)
    except BaseException as error:  # noqa: BLE001 - told to the test
        outcome["raw"] = repr(error)
    return {**outcome, "seconds": time.perf_counter() - started}


def main() -> None:
    import transformers  # noqa: F401 - so that no case is charged for the import

    results = {name: attempt(options) for name, options in json.loads(sys.argv[1]).items()}
    print(json.dumps({"cases": results, "available": [m.name for m in available_models()]}))


if __name__ == "__main__":
    main()
