"""The lock-step search against each token searched alone, on hold tables nobody would choose."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.bounds import Pruning
from noiser.search import EXTRA_STEPS, SearchState, bisect, levels_at_once, midpoints
from tests.engine import plain

# What holds is any function of (position, scale): a seeded coin, with a bias that makes some tokens
# hold nearly always or nearly never, so that saturation and the halvings below the grid come up.
TABLES = st.lists(
    st.tuples(st.integers(0, 2**32), st.sampled_from([0.0, 0.02, 0.2, 0.5, 0.8, 1.0])),
    min_size=1,
    max_size=6,
)
STEPS = st.integers(1, 8)


class Table:
    """Holds by a coin thrown once for each (position, scale); counts what is asked."""

    def __init__(self, columns: Sequence[tuple[int, float]]) -> None:
        self.columns = columns
        self.asked: list[tuple[int, float]] = []

    def holds(self, position: int, scale: float) -> bool:
        seed, bias = self.columns[position]
        coin = hash((seed, scale)) % 1000 / 1000
        return coin < bias

    def evaluate(self, positions: Sequence[int], scales: Sequence[float]) -> list[bool]:
        self.asked += zip(positions, scales, strict=True)
        return [self.holds(i, a) for i, a in zip(positions, scales, strict=True)]

    def run(
        self, steps: int, pruning: Pruning, *, reference: bool = False
    ) -> tuple[SearchState, list[SearchState]]:
        positions = range(len(self.columns))
        states = list(
            bisect(positions, self.evaluate, steps=steps, pruning=pruning, reference=reference)
        )
        return states[-1], states

    def alone(self, steps: int) -> list[plain.Found]:
        return [
            plain.bisection(lambda a, i=i: self.holds(i, a), steps)
            for i in range(len(self.columns))
        ]

    def alone_reference(self, steps: int) -> list[plain.Found]:
        return [
            plain.last_midpoint(lambda a, i=i: self.holds(i, a), steps)
            for i in range(len(self.columns))
        ]


@given(TABLES, STEPS)
def test_without_pruning_every_token_gets_its_own_scale(
    columns: list[tuple[int, float]], steps: int
) -> None:
    table = Table(columns)
    state, _ = table.run(steps, "none")
    for i, found in enumerate(table.alone(steps)):
        assert state.scale(i, reference=False) == found.alpha
        assert state.saturated(i) == found.saturated


@pytest.mark.parametrize("pruning", ["min", "max"])
@given(columns=TABLES, steps=STEPS)
def test_pruning_keeps_the_scale_exact_monotone_or_not(
    pruning: Pruning, columns: list[tuple[int, float]], steps: int
) -> None:
    table = Table(columns)
    state, _ = table.run(steps, pruning)
    alone = table.alone(steps)
    choose = min if pruning == "min" else max
    assert choose(state.brackets[i].low for i in state.brackets) == choose(f.alpha for f in alone)
    for i, found in enumerate(alone):
        assert state.brackets[i].low <= found.alpha <= state.brackets[i].high
        if state.brackets[i].out_at is None:
            assert state.brackets[i].low == found.alpha
            assert state.saturated(i) == found.saturated
        else:
            assert not state.saturated(i)


@pytest.mark.parametrize("pruning", ["min", "max"])
@given(columns=TABLES, steps=STEPS)
def test_the_leaders_are_tokens_that_decide_the_scale(
    pruning: Pruning, columns: list[tuple[int, float]], steps: int
) -> None:
    table = Table(columns)
    state, _ = table.run(steps, pruning)
    alphas = [found.alpha for found in table.alone(steps)]
    chosen = (min if pruning == "min" else max)(alphas)
    leaders = state.leaders(pruning)
    assert leaders
    assert all(alphas[i] == chosen for i in leaders)


@pytest.mark.parametrize("pruning", ["none", "min", "max"])
@given(columns=TABLES, steps=STEPS)
def test_reference_mode_chooses_among_last_midpoints(
    pruning: Pruning, columns: list[tuple[int, float]], steps: int
) -> None:
    table = Table(columns)
    state, states = table.run(steps, pruning, reference=True)
    alone = [found.alpha for found in table.alone_reference(steps)]
    ours = [state.scale(i, reference=True) for i in range(len(columns))]
    assert len(states) <= steps
    if pruning == "none":
        assert ours == alone
    else:
        choose = min if pruning == "min" else max
        assert choose(ours) == choose(alone)


@pytest.mark.parametrize("pruning", ["none", "min", "max"])
@given(columns=TABLES, steps=STEPS)
def test_nothing_is_asked_twice_and_pruning_only_saves(
    pruning: Pruning, columns: list[tuple[int, float]], steps: int
) -> None:
    table = Table(columns)
    table.run(steps, pruning)
    assert len(set(table.asked)) == len(table.asked)
    exhaustive = Table(columns)
    exhaustive.run(steps, "none")
    assert set(table.asked) <= set(exhaustive.asked)


@pytest.mark.parametrize("pruning", ["none", "min", "max"])
@given(columns=TABLES, steps=STEPS)
def test_brackets_only_narrow_and_steps_count_up(
    pruning: Pruning, columns: list[tuple[int, float]], steps: int
) -> None:
    table = Table(columns)
    _, states = table.run(steps, pruning)
    assert [state.step for state in states] == list(range(1, len(states) + 1))
    for earlier, later in itertools.pairwise(states):
        assert set(later.active) <= set(earlier.active)
        for i in later.brackets:
            assert later.brackets[i].low >= earlier.brackets[i].low
            assert later.brackets[i].high <= earlier.brackets[i].high


@pytest.mark.parametrize("pruning", ["none", "min", "max"])
def test_a_token_that_never_flips_ends_just_below_1_and_is_saturated(pruning: Pruning) -> None:
    state, states = Table([(1, 1.0), (2, 1.0)]).run(10, pruning)
    assert len(states) == 10
    for i in (0, 1):
        assert state.scale(i, reference=False) == 1 - 2**-10
        assert state.saturated(i)


@pytest.mark.parametrize("pruning", ["none", "min", "max"])
def test_a_token_that_always_flips_ends_at_0_after_the_extra_halvings(pruning: Pruning) -> None:
    state, states = Table([(1, 0.0)]).run(10, pruning)
    assert len(states) == 10 + EXTRA_STEPS
    assert state.brackets[0].low == 0.0
    assert state.brackets[0].high == 2.0 ** -(10 + EXTRA_STEPS)
    assert not state.saturated(0)


def test_reference_mode_does_not_look_below_the_grid() -> None:
    state, states = Table([(1, 0.0)]).run(10, "min", reference=True)
    assert len(states) == 10
    assert state.scale(0, reference=True) == 2.0**-10


def test_only_tokens_without_a_scale_look_below_the_grid() -> None:
    table = Table([(1, 0.0), (2, 1.0)])
    table.run(4, "none")
    below = [i for i, scale in table.asked if scale < 2.0**-4]
    assert set(below) == {0}
    assert len(below) == EXTRA_STEPS


@pytest.mark.parametrize(("row", "price", "levels"), [
    (300, 120, 1),  # what the built-in model's calls cost on a CPU
    (100, 3.4, 1),  # those of Qwen2-0.5B's shape
    (420, 2000, 2),  # and on a GPU: 2,431, 1,635, 1,650, 2,077 a level
    (100, 2000, 4),  # 2,100, 1,150, 900, 875, 1,020
    (10, 2000, 5),
])  # fmt: skip
def test_a_dear_call_asks_several_levels(row: int, price: float, levels: int) -> None:
    assert levels_at_once(row, price) == levels


def test_midpoints_are_the_next_steps_whatever_they_answer() -> None:
    assert sorted(midpoints(0.0, 1.0, 3)) == [k / 8 for k in range(1, 8)]
    assert midpoints(0.25, 0.5, 1) == [0.375]
