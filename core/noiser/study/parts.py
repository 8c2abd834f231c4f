"""Where the importance lies, as a study's measure: the paper's figure 2."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

from noiser.metrics.parts import longra_parts, shares
from noiser.study.measures import Case, Value

NAMES = ("relative", "main", "distractor")


def measure(case: Case) -> Mapping[str, Value]:
    """The share of the importance on each part, the mean over generated tokens.

    None for a sample without a distractor in parentheses, or without a word that the target hangs on.
    """
    prompt, relative = case.explanation.prompt, case.sample.relative
    if not relative or relative not in prompt or not 0 <= prompt.find("(") < prompt.rfind(")"):
        return {f"share_{name}": None for name in NAMES}
    parts = longra_parts(prompt, relative)
    steps = [shares(one, parts) for one in case.explanation.steps_explained]
    result: dict[str, Value] = {}
    for name in NAMES:
        known = [value for step in steps if (value := step[name].value) is not None]
        result[f"share_{name}"] = fmean(known) if known else None
    return result
