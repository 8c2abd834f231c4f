"""Faithfulness over samples: by hand, where it is not defined, and never NaN."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.metrics.bootstrap import ends, mean, resampling
from noiser.metrics.faithfulness import faithfulness
from noiser.metrics.results import Number, Soft


def sample(ns: float | None, nc: float | None, rns: float | None, rnc: float | None) -> Soft:
    numbers = [Number(one) for one in (ns, nc, rns, rnc)]
    return Soft(*numbers, Number(None), 16, 1, False, ())


def test_it_is_the_logarithms_of_ratios_of_means() -> None:
    found = faithfulness([sample(0.2, 0.9, 0.1, 0.3), sample(0.6, 0.7, 0.3, 0.5)])
    assert found.sufficiency.value == pytest.approx(math.log(0.4 / 0.2))
    assert found.comprehensiveness.value == pytest.approx(math.log(0.8 / 0.4))
    assert found.value.value == pytest.approx(2 * math.log(2))
    assert found.mean_sufficiency.value == pytest.approx(0.4)
    assert (found.samples, found.undefined) == (2, 0)
    assert found.value.interval is not None
    low, high = found.value.interval
    assert low == pytest.approx(math.log(0.6 / 0.3 * 0.7 / 0.5))
    assert high == pytest.approx(math.log(0.2 / 0.1 * 0.9 / 0.3))


def test_where_a_logarithm_is_not_there_it_is_none() -> None:
    found = faithfulness([sample(0.0, 0.5, 0.2, 0.4), sample(0.0, 0.5, 0.2, 0.4)])
    assert found.sufficiency == found.value == Number(None)
    assert found.comprehensiveness.value == pytest.approx(math.log(1.25))
    assert faithfulness([]).value == Number(None)
    one = faithfulness([sample(0.2, 0.5, 0.1, 0.4)])
    assert (one.value.interval, one.samples) == (None, 1)
    gap = faithfulness([sample(0.2, 0.5, 0.1, 0.4), sample(None, None, None, None)])
    assert (gap.value, gap.undefined) == (Number(None), 1)


def test_an_interval_whose_end_is_no_number_is_none() -> None:
    """Of 3 samples 2 have no Soft-NS: 8 of 27 resamples have none at all."""
    found = faithfulness([sample(ns, 0.5, 0.2, 0.4) for ns in (0.3, 0.0, 0.0)])
    assert found.sufficiency.value == pytest.approx(math.log(0.1 / 0.2))
    assert found.sufficiency.interval is None
    assert found.comprehensiveness.interval is not None


unit = st.none() | st.floats(0.0, 1.0)


@given(st.lists(st.builds(sample, unit, unit, unit, unit), max_size=6))
def test_it_always_goes_into_json(samples: list[Soft]) -> None:
    json.dumps(asdict(faithfulness(samples)), allow_nan=False)


def test_resampling_weighs_every_sample_alike_in_the_mean() -> None:
    weights = resampling(5, 3)
    assert weights.sum(axis=1) == pytest.approx(np.ones(len(weights)))
    assert weights.mean(axis=0) == pytest.approx(np.full(5, 0.2), abs=0.02)
    assert (resampling(5, 3) == weights).all()


def test_undefined_resamples_count_for_the_worst_at_both_ends() -> None:
    values = np.linspace(0.0, 1.0, 1000)
    assert ends(values) == pytest.approx((0.025, 0.975), abs=0.002)
    assert ends(np.where(np.arange(1000) < 10, np.nan, values)) is not None
    assert ends(np.where(np.arange(1000) < 40, np.nan, values)) is None


def test_a_mean_is_not_defined_where_a_sample_is_not() -> None:
    assert mean([]) == mean([0.5, None]) == Number(None)
    assert mean([0.5]) == Number(0.5)
    assert mean([1.0, 1.0]) == Number(1.0, (1.0, 1.0))
