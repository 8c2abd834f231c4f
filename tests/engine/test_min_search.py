"""The search for the smallest scale by one leader's path, on hold tables nobody would choose."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noiser.min_search import search_minimum
from noiser.search import SearchState
from tests.engine.test_search import STEPS, TABLES, Table


def searched(table: Table, order: list[int], steps: int) -> list[SearchState]:
    return list(search_minimum(order, table.evaluate, steps=steps))


@settings(max_examples=500)
@given(columns=TABLES, steps=STEPS, data=st.data())
def test_it_finds_the_exhaustive_minimum_monotone_or_not(
    columns: list[tuple[int, float]], steps: int, data: st.DataObject
) -> None:
    """Whoever leads first, and however badly: the table is a coin per token and scale."""
    table = Table(columns)
    order = data.draw(st.permutations(range(len(columns))))
    last = searched(table, order, steps)[-1]
    alone = table.alone(steps)
    leaders = last.leaders("min")
    smallest = min(found.alpha for found in alone)
    assert leaders
    assert all(alone[i].alpha == smallest for i in leaders)
    assert all(last.scale(i, reference=False) == smallest for i in leaders)
    assert all(last.saturated(i) == alone[i].saturated for i in leaders)
    assert last.active == ()


@settings(max_examples=300)
@given(columns=TABLES, steps=STEPS)
def test_every_tokens_own_scale_lies_in_its_bracket_at_every_moment(
    columns: list[tuple[int, float]], steps: int
) -> None:
    table = Table(columns)
    alone = table.alone(steps)
    for state in searched(table, list(range(len(columns))), steps):
        for i, bracket in state.brackets.items():
            if state.active == () or bracket.out_at is None:
                assert bracket.low <= alone[i].alpha <= bracket.high
            if bracket.out_at is not None:
                assert not state.saturated(i)


@given(columns=TABLES, steps=STEPS, guess=st.floats(1e-6, 4), data=st.data())
def test_a_guess_changes_no_scale(
    columns: list[tuple[int, float]], steps: int, guess: float, data: st.DataObject
) -> None:
    table = Table(columns)
    order = data.draw(st.permutations(range(len(columns))))
    *_, last = search_minimum(order, table.evaluate, steps=steps, guess=guess)
    smallest = min(found.alpha for found in table.alone(steps))
    assert all(last.scale(i, reference=False) == smallest for i in last.leaders("min"))
    assert len(table.asked) == len(set(table.asked))


@given(
    columns=TABLES,
    steps=STEPS,
    guess=st.none() | st.floats(1e-6, 4),
    levels=st.integers(2, 4),
    data=st.data(),
)
def test_steps_asked_at_once_change_no_path_and_take_fewer_calls(
    columns: list[tuple[int, float]],
    steps: int,
    guess: float | None,
    levels: int,
    data: st.DataObject,
) -> None:
    order = data.draw(st.permutations(range(len(columns))))
    calls = []
    found = []
    for many in (1, levels):
        table, count = Table(columns), 0

        def evaluate(
            positions: Sequence[int], scales: Sequence[float], table: Table = table
        ) -> list[bool]:
            nonlocal count
            count += 1
            return table.evaluate(positions, scales)

        *_, last = search_minimum(
            order, evaluate, steps=steps, guess=guess, levels=lambda _, many=many: many
        )
        assert len(table.asked) == len(set(table.asked))
        found.append((last.leaders("min"), last.brackets[last.leaders("min")[0]]))
        calls.append(count)
    assert found[0][1].low == found[1][1].low
    assert calls[1] <= calls[0]


def test_by_hand_three_calls_take_a_leader_down_nine_steps() -> None:
    table, calls = Thresholds([0.3]), []

    def evaluate(positions: Sequence[int], scales: Sequence[float]) -> list[bool]:
        calls.append(len(scales))
        return table.evaluate(list(positions), list(scales))

    *_, last = search_minimum([0], evaluate, steps=9, levels=lambda _: 3)
    assert calls == [7, 7, 7]
    assert last.scale(0, reference=False) == 153 / 512


def test_by_hand_below_the_grid_halvings_alone_are_asked_ahead() -> None:
    table = Thresholds([2.0**-6])
    *_, last = search_minimum(
        [0],
        table.evaluate,  # type: ignore[arg-type]
        steps=2,
        levels=lambda _: 3,
    )
    assert table.asked[:3] == [(0, 1 / 2), (0, 1 / 4), (0, 3 / 4)]
    assert [scale for _, scale in table.asked[3:]] == [2.0**-k for k in range(3, 9)]
    assert last.scale(0, reference=False) == 2.0**-7


@given(columns=TABLES, steps=STEPS)
def test_nothing_is_asked_twice(columns: list[tuple[int, float]], steps: int) -> None:
    table = Table(columns)
    searched(table, list(range(len(columns))), steps)
    assert len(table.asked) == len(set(table.asked))


class Thresholds:
    """Tokens that hold below a scale of their own; notes what is asked."""

    def __init__(self, values: list[float]) -> None:
        self.values = values
        self.asked: list[tuple[int, float]] = []

    def evaluate(self, positions: list[int], scales: list[float]) -> list[bool]:
        self.asked += zip(positions, scales, strict=True)
        return [scale < self.values[i] for i, scale in zip(positions, scales, strict=True)]


def test_by_hand_a_small_scale_costs_one_path_and_one_question_to_each() -> None:
    """Leader's path: flips at 1/2 to 1/16, holds at 1/32, where it stays. The others hold at 1/16.

    The leader held at one step only, so that step is all that is asked of the others.
    """
    table = Thresholds([0.04, 0.2, 0.3, 0.4])
    *_, last = search_minimum(range(4), table.evaluate, steps=5)  # type: ignore[arg-type]
    path = [(0, 2.0**-k) for k in range(1, 6)]
    assert table.asked == [*path, (1, 1 / 32), (2, 1 / 32), (3, 1 / 32)]
    assert last.leaders("min") == (0,)
    assert last.scale(0, reference=False) == 1 / 32


def test_by_hand_a_token_that_holds_where_the_leader_first_flipped_is_passed_over() -> None:
    """Leader's path: flips at 1/2, then holds at 1/4, 3/8, 7/16, 15/32; the others hold at 1/2."""
    table = Thresholds([0.49, 0.6, 0.7, 0.8])
    *_, last = search_minimum(range(4), table.evaluate, steps=5)  # type: ignore[arg-type]
    assert table.asked[5:] == [(1, 0.5), (2, 0.5), (3, 0.5)]
    assert [last.brackets[i].low for i in (1, 2, 3)] == [0.5, 0.5, 0.5]
    assert [last.brackets[i].out_at for i in (1, 2, 3)] == [1, 1, 1], "there they part upwards"
    assert last.scale(0, reference=False) == 15 / 32


@pytest.mark.parametrize("first", [0, 1, 2])
def test_by_hand_who_goes_lower_leads_on(first: int) -> None:
    values = [0.3, 0.1, 0.7]
    table = Thresholds(values)
    order = [first, *(i for i in range(3) if i != first)]
    *_, last = search_minimum(order, table.evaluate, steps=6)  # type: ignore[arg-type]
    assert last.leaders("min") == (1,)
    assert last.scale(1, reference=False) == 6 / 64
    assert len(table.asked) == len(set(table.asked)) <= 3 * 6
