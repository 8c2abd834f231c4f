"""The fast search: what it promises always, and what it finds where flips are monotone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.errors import WrongUse
from noiser.events import Event, SearchNarrowed
from noiser.explainer import explain
from noiser.fast_search import Trial, follow_and_certify
from noiser.model.language_model import LanguageModel
from noiser.perturb import Perturber
from noiser.request import Request
from noiser.search import EXTRA_STEPS, SearchState, bisect
from tests.engine.cases import MODELS, model_of, prompt_of
from tests.tiny import tiny

STEPS = 6
LONG = "Rivers run to the sea while mountains stay"


class Table:
    """Whether each position holds at a scale; counts the trials."""

    def __init__(self, thresholds: Sequence[float], odd: set[tuple[int, float]]) -> None:
        self.thresholds, self.odd, self.trials = thresholds, odd, 0

    def holds(self, position: int, scale: float) -> bool:
        return (scale < self.thresholds[position]) is not ((position, scale) in self.odd)

    def tried(self, positions: Sequence[int], scale: float) -> Iterator[list[Trial]]:
        for start in range(0, len(positions), 3):
            batch = positions[start : start + 3]
            self.trials += len(batch)
            yield [Trial(i, self.holds(i, scale), self.thresholds[i] - scale) for i in batch]

    def evaluate(self, positions: Sequence[int], scales: Sequence[float]) -> list[bool]:
        self.trials += len(positions)
        return [self.holds(i, scale) for i, scale in zip(positions, scales, strict=True)]

    def search(self, order: Sequence[int], levels: int = 1) -> SearchState:
        *_, last = follow_and_certify(
            order, self.tried, self.evaluate, steps=STEPS, levels=lambda _: levels
        )
        return last


thresholds = st.lists(st.floats(0.0, 1.2), min_size=1, max_size=12)


@given(values=thresholds, data=st.data())
def test_where_flips_are_monotone_it_finds_the_exhaustive_minimum(
    values: list[float], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(values))))
    table = Table(values, set())
    *_, whole = bisect(
        range(len(values)),
        lambda positions, scales: [
            table.holds(i, scale) for i, scale in zip(positions, scales, strict=True)
        ],
        steps=STEPS,
        pruning="none",
    )
    smallest = min(whole.scale(i, reference=False) for i in range(len(values)))
    fast = table.search(order)
    (leader,) = fast.leaders("min")
    assert fast.scale(leader, reference=False) == smallest
    assert fast.saturated(leader) is all(whole.saturated(i) for i in range(len(values)))


@given(values=thresholds, data=st.data())
def test_whatever_it_finds_every_token_holds_at_it(
    values: list[float], data: st.DataObject
) -> None:
    """Also where more noise un-flips a token, at any scale of the grid or below it."""
    count = len(values)
    grid = [k / 2**STEPS for k in range(1, 2**STEPS)]
    grid += [2.0 ** -(STEPS + k) for k in range(1, EXTRA_STEPS + 1)]
    odd = data.draw(st.sets(st.tuples(st.integers(0, count - 1), st.sampled_from(grid))))
    table = Table(values, odd)
    last = table.search(data.draw(st.permutations(range(count))))
    (leader,) = last.leaders("min")
    found = last.scale(leader, reference=False)
    assert found == 0.0 or all(table.holds(i, found) for i in range(count))
    assert all(bracket.low < bracket.high for bracket in last.brackets.values())


@given(values=thresholds, levels=st.integers(2, 4), data=st.data())
def test_steps_asked_at_once_change_nothing_but_the_work(
    values: list[float], levels: int, data: st.DataObject
) -> None:
    """Monotone or not: what was asked ahead counts only where the path comes by."""
    count = len(values)
    grid = [k / 2**STEPS for k in range(1, 2**STEPS)]
    odd = data.draw(st.sets(st.tuples(st.integers(0, count - 1), st.sampled_from(grid))))
    order = data.draw(st.permutations(range(count)))
    one, many = (Table(values, odd).search(order, number) for number in (1, levels))
    assert many.brackets == one.brackets


def test_a_good_guess_costs_one_path_and_one_pass() -> None:
    values = [0.9] * 40
    values[7] = 0.3
    table = Table(values, set())
    table.search([7, *range(7), *range(8, 40)])
    assert table.trials == STEPS + 39


@pytest.mark.parametrize("model", MODELS)
def test_against_the_exact_search(model: str) -> None:
    loaded, prompt = model_of(model), prompt_of(model)
    exact, fast = (explain(loaded, prompt, Request(search=how)) for how in ("exact", "fast"))
    assert fast.search == "fast"
    assert fast.alpha is not None
    held_at = [token for token in fast.tokens if token.scale == fast.alpha]
    assert len(held_at) == len(fast.tokens)
    assert not any("not monotone" in warning.message for warning in fast.warnings)
    if fast.alpha == exact.alpha:
        assert [t.raw for t in fast.tokens] == pytest.approx(
            [t.raw for t in exact.tokens], abs=1e-12
        )


@pytest.mark.parametrize("others", [{"bound": "max"}, {"bound": "none"}, {"reference": True}])
def test_it_is_for_the_smallest_scale_only(others: dict[str, object]) -> None:
    with pytest.raises(WrongUse, match="fast search"):
        Request(search="fast", **others)  # type: ignore[arg-type]


def test_without_gradients_the_last_token_leads_first(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[SearchNarrowed] = []

    def listen(event: Event) -> None:
        if isinstance(event, SearchNarrowed):
            told.append(event)

    monkeypatch.setattr(LanguageModel, "fragility", lambda *_: None)
    explanation = explain(tiny("llama"), LONG, Request(search="fast"), emit=listen)
    assert told[0].active == (len(explanation.tokens) - 1,)


@given(values=thresholds, guess=st.floats(1e-6, 4), data=st.data())
def test_a_guess_changes_nothing_but_the_work(
    values: list[float], guess: float, data: st.DataObject
) -> None:
    """Where flips are monotone; however far off the guess is."""
    order = data.draw(st.permutations(range(len(values))))
    table = Table(values, set())
    *_, last = follow_and_certify(order, table.tried, table.evaluate, steps=STEPS, guess=guess)
    plain = Table(values, set()).search(order)
    (leader,), (other,) = last.leaders("min"), plain.leaders("min")
    assert last.scale(leader, reference=False) == plain.scale(other, reference=False)
    assert last.saturated(leader) == plain.saturated(other)


def test_a_good_guess_of_a_small_scale_spares_the_halvings() -> None:
    table = Table([0.03], set())
    list(follow_and_certify([0], table.tried, table.evaluate, steps=STEPS, guess=0.03))
    # flips at 1/32, holds at 1/64, and that is the grid
    assert table.trials == 2


def test_a_short_path_is_followed_from_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last token runs one position a row: no guess may pass over scales at which it holds."""
    told: list[SearchNarrowed] = []

    def listen(event: Event) -> None:
        if isinstance(event, SearchNarrowed):
            told.append(event)

    text = " ".join([LONG] * 4)
    for favourite, guessed in ((-1, False), (0, True)):
        told.clear()

        def slopes(_self: Perturber, *_: int, favourite: int = favourite) -> list[float]:
            steep = [1.0] * len(_self.embeddings)
            steep[favourite] = 1e5
            return steep

        monkeypatch.setattr(Perturber, "slopes", slopes)
        explain(tiny("llama"), text, Request(search="fast"), emit=listen)
        first = told[0].brackets[told[0].active[0]]
        assert (0.5 in (first.low, first.high)) is not guessed
