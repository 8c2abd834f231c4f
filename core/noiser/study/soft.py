"""Soft-NS and Soft-NC as a study's measure, and the faithfulness that they make over samples."""

from __future__ import annotations

from collections.abc import Mapping

from noiser.metrics.bench import Run
from noiser.metrics.soft import MASKS, SoftOptions, soft
from noiser.study.measures import Case, Value


def measure(case: Case) -> Mapping[str, Value]:
    """Both numbers of the explanation and of random scores, which meet the same masks.

    Means over generated tokens. In reference mode one mask, and the released distance.
    """
    study = case.study
    masks = MASKS if study.reference else study.masks
    found = soft(
        case.model,
        case.explanation,
        SoftOptions(masks, case.setting.seed, study.reference),
        Run(cancel=case.cancel),
    )
    return {
        "soft_ns": found.sufficiency.value,
        "soft_nc": found.comprehensiveness.value,
        "random_ns": found.random_sufficiency.value,
        "random_nc": found.random_comprehensiveness.value,
    }
