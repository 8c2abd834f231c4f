"""Noiser: which words a language model's prediction hangs on.

    import noiser
    model = noiser.load()                      # the built-in model
    print(noiser.explain(model, "The capital of France is"))

Importing this loads nothing heavy: torch and transformers come with the first model.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from noiser.inseq_hook import register as _register

if TYPE_CHECKING:
    from noiser.chat import Chat
    from noiser.comparer import compare
    from noiser.comparison.result import Comparison
    from noiser.errors import (
        AnotherRun,
        Cancelled,
        ComparisonCancelled,
        MeasuringCancelled,
        NoiserError,
        WrongUse,
    )
    from noiser.estimator import estimate
    from noiser.explainer import explain
    from noiser.explanation import Explanation
    from noiser.export import save
    from noiser.judge.choose import open_judge
    from noiser.many import explain_many
    from noiser.margin import explain_margin, explain_reward
    from noiser.metrics.judged import Judged, judge_all
    from noiser.metrics.measure import measure
    from noiser.metrics.results import Metrics
    from noiser.model.language_model import LanguageModel
    from noiser.model.loading import load
    from noiser.model.replicas import load_replicas
    from noiser.opening import open_comparison, open_record
    from noiser.redraw import more_draws
    from noiser.request import Request

__version__ = "0.1.0"

_HOMES = {
    "AnotherRun": "noiser.errors",
    "Cancelled": "noiser.errors",
    "Chat": "noiser.chat",
    "Comparison": "noiser.comparison.result",
    "ComparisonCancelled": "noiser.errors",
    "Explanation": "noiser.explanation",
    "Judged": "noiser.metrics.judged",
    "LanguageModel": "noiser.model.language_model",
    "MeasuringCancelled": "noiser.errors",
    "Metrics": "noiser.metrics.results",
    "NoiserError": "noiser.errors",
    "Request": "noiser.request",
    "WrongUse": "noiser.errors",
    "compare": "noiser.comparer",
    "estimate": "noiser.estimator",
    "explain": "noiser.explainer",
    "explain_many": "noiser.many",
    "explain_margin": "noiser.margin",
    "explain_reward": "noiser.margin",
    "judge_all": "noiser.metrics.judged",
    "load": "noiser.model.loading",
    "load_replicas": "noiser.model.replicas",
    "measure": "noiser.metrics.measure",
    "more_draws": "noiser.redraw",
    "open_comparison": "noiser.opening",
    "open_judge": "noiser.judge.choose",
    "open_record": "noiser.opening",
    "save": "noiser.export",
}

__all__ = [
    "AnotherRun",
    "Cancelled",
    "Chat",
    "Comparison",
    "ComparisonCancelled",
    "Explanation",
    "Judged",
    "LanguageModel",
    "MeasuringCancelled",
    "Metrics",
    "NoiserError",
    "Request",
    "WrongUse",
    "compare",
    "estimate",
    "explain",
    "explain_many",
    "explain_margin",
    "explain_reward",
    "judge_all",
    "load",
    "load_replicas",
    "measure",
    "more_draws",
    "open_comparison",
    "open_judge",
    "open_record",
    "save",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'noiser' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


_register()
