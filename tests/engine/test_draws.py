"""The draws are the released code's, and the norm constants are the norms' expectations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.bounds import BOUNDS, chosen_scale, fixed_scale, get_bound
from noiser.draws import NORMS, make_draws, norm_constant
from noiser.errors import WrongUse

DIM = 512


def test_draws_are_those_of_the_released_code() -> None:
    expected = np.random.RandomState(1).randn(10, 768)
    assert (make_draws(1, 10, 768) == expected).all()
    assert expected[0, 0] == 1.6243453636632417  # what RandomState(1) gives on any machine


@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(1, 8), st.integers(1, 40))
def test_more_draws_keep_the_first_ones(seed: int, few: int, more: int, dim: int) -> None:
    assert (make_draws(seed, few + more, dim)[:few] == make_draws(seed, few, dim)).all()


def test_another_seed_gives_other_draws() -> None:
    assert (make_draws(1, 2, 16) != make_draws(2, 2, 16)).all()


@pytest.mark.parametrize("norm", ["1", "2", "3", "4"])
def test_norm_constants_are_the_expected_norms(norm: str) -> None:
    """(E Σ|g|^q)^(1/q), which the mean norm approaches from below as d grows."""
    vectors = np.random.default_rng(0).standard_normal((4000, DIM))
    measured = np.linalg.norm(vectors, ord=int(norm), axis=1).mean()
    assert norm_constant(norm, DIM) == pytest.approx(measured, rel=0.01)  # type: ignore[arg-type]


def test_the_constant_of_inf_bounds_the_expected_maximum() -> None:
    vectors = np.random.default_rng(0).standard_normal((4000, DIM))
    assert norm_constant("inf", DIM) == math.sqrt(2 * math.log(DIM))
    assert norm_constant("inf", DIM) >= vectors.max(axis=1).mean()
    assert norm_constant("inf", DIM) == pytest.approx(vectors.max(axis=1).mean(), rel=0.2)


def test_no_norm_divides_by_nothing() -> None:
    assert norm_constant("none", DIM) == 1.0


def test_the_released_constant_of_norm_3_is_11_percent_too_small_and_used_in_reference_mode() -> (
    None
):
    ratio = norm_constant("3", DIM, reference=True) / norm_constant("3", DIM)
    assert ratio == pytest.approx(0.89, abs=0.005)
    for norm in NORMS:
        if norm != "3":
            assert norm_constant(norm, DIM, reference=True) == norm_constant(norm, DIM)


def test_scales_of_the_bounds_that_do_not_search() -> None:
    options = {"dim": 64, "seed": 1, "ids": (1, 2)}
    assert fixed_scale("norm-l2", **options) == 1 / 8  # type: ignore[arg-type]
    assert fixed_scale("norm-linf", **options) == 1 / math.sqrt(2 * math.log(64))  # type: ignore[arg-type]
    assert fixed_scale("none", **options) == 1.0  # type: ignore[arg-type]


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 200_000), min_size=1, max_size=5))
def test_the_random_scale_is_one_in_0_to_1_for_a_seed_and_a_prompt(
    seed: int, ids: list[int]
) -> None:
    scale = fixed_scale("random", dim=4, seed=seed, ids=ids)
    assert 0 <= scale < 1
    assert scale == fixed_scale("random", dim=4, seed=seed, ids=list(ids))
    assert scale != fixed_scale("random", dim=4, seed=seed, ids=[*ids, 7])


def test_random_scales_are_uniform_over_prompts() -> None:
    scales = [fixed_scale("random", dim=4, seed=1, ids=[i]) for i in range(2000)]
    shares, _ = np.histogram(scales, bins=10, range=(0, 1))
    assert shares.min() > 150
    assert shares.max() < 250


def test_the_seven_bounds_of_the_paper() -> None:
    searching = {name for name, bound in BOUNDS.items() if bound.searches}
    assert searching == {"min", "max", "per-token"}
    assert set(BOUNDS) - searching == {"norm-l2", "norm-linf", "none", "random"}
    scales = [0.3, 0.1, 0.2]
    assert [chosen_scale(name, scales) for name in ("min", "max", "per-token")] == [0.1, 0.3, None]


def test_an_unknown_bound_comes_with_a_suggestion() -> None:
    with pytest.raises(WrongUse, match="Did you mean 'per-token'"):
        get_bound("pertoken")
