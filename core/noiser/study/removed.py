"""Hard sufficiency and comprehensiveness, and curves, as a study's measures: what taking units away does."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

from noiser.metrics.measure import measure
from noiser.metrics.results import Number
from noiser.study.measures import Case, Value


def hard(case: Case) -> Mapping[str, Value]:
    """Losses of the target's probability with the top units alone, and without them: means over k%."""
    found = measure(case.model, case.explanation, ("hard",), cancel=case.cancel).hard
    assert found is not None
    return {
        "hard_sufficiency": _mean(found.sufficiency),
        "hard_comprehensiveness": _mean(found.comprehensiveness),
    }


def curves(case: Case) -> Mapping[str, Value]:
    """The areas below the deletion and the insertion curve."""
    found = measure(case.model, case.explanation, ("curves",), cancel=case.cancel).curves
    assert found is not None
    return {
        "deletion_area": found.deletion_area.value,
        "insertion_area": found.insertion_area.value,
    }


def _mean(numbers: tuple[Number, ...]) -> Value:
    known = [one.value for one in numbers if one.value is not None]
    return fmean(known) if known else None
