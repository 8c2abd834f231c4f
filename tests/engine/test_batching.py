"""How changes are cut into calls: all of them, within the budget, at the least cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.batching import Budget, split_into_batches

LENGTH = 64
starts_of_changes = st.lists(st.integers(0, 60), min_size=1, max_size=40).map(sorted)
budgets = st.builds(
    Budget,
    positions=st.integers(1, 3000),
    bytes=st.floats(1, 1e6),
    position_bytes=st.floats(0, 1e3),
    row_bytes=st.floats(0, 1e4),
)


@pytest.mark.parametrize("ragged", [True, False])
@given(
    starts=starts_of_changes,
    variants=st.integers(1, 12),
    price=st.floats(0, 5000),
    budget=budgets,
)
def test_batches_cover_all_changes_within_the_budget_and_cost_least(
    ragged: bool, starts: list[int], variants: int, price: float, budget: Budget
) -> None:
    def positions(begin: int, size: int) -> int:
        if ragged:
            return variants * sum(LENGTH - start for start in starts[begin : begin + size])
        return variants * size * (LENGTH - starts[begin])

    def cost(sizes: list[int]) -> float:
        begins = [sum(sizes[:k]) for k in range(len(sizes))]
        return sum(positions(b, s) + price for b, s in zip(begins, sizes, strict=True))

    def allowed(sizes: list[int]) -> bool:
        begins = [sum(sizes[:k]) for k in range(len(sizes))]
        return all(
            s == 1
            or (
                positions(b, s) <= budget.positions
                and variants * s * budget.row_bytes + positions(b, s) * budget.position_bytes
                <= budget.bytes
            )
            for b, s in zip(begins, sizes, strict=True)
        )

    sizes = split_into_batches(
        starts, LENGTH, variants, budget=budget, call_price=price, ragged=ragged
    )
    assert sum(sizes) == len(starts)
    assert min(sizes) >= 1
    assert allowed(sizes)
    count = len(starts)
    even = [[k] * (count // k) + [count % k] * bool(count % k) for k in range(1, count + 1)]
    for other in even:
        if allowed(other):
            assert cost(sizes) <= cost(other) + 1e-6


@given(budget=budgets, rows=st.integers(2, 50), positions=st.integers(50, 5000))
def test_half_a_call_that_failed_fits_and_the_call_itself_does_not(
    budget: Budget, rows: int, positions: int
) -> None:
    halved = budget.halved(rows, positions)
    if budget.size(rows, positions) > 0:
        assert not halved.fits(rows, positions)
        assert halved.size(rows // 2, positions // 2) <= halved.bytes
