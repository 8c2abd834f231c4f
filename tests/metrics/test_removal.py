"""Hard metrics and curves against the plain transcription, and areas worked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.errors import WrongUse
from noiser.explainer import explain
from noiser.metrics import curves as curves_module
from noiser.metrics.curves import curves
from noiser.metrics.hard import PERCENTS, hard, top_count
from noiser.metrics.removal import RemovalOptions
from noiser.request import Request
from tests.engine.cases import ids_of, model_of
from tests.metrics import plain
from tests.metrics.cases import last_token_reader, quick, with_scores
from tests.tiny import tiny

NAMES = ("qwen2", "gemma2+bos", "gpt2")
SCORES = [0.1, 0.0, 0.4, -0.2, 0.1, 0.3, 0.0, 0.05]
ORDER = [2, 5, 0, 4, 7, 1, 3, 6]
"""By score, negatives as 0, ties in the order of the prompt."""


@pytest.mark.parametrize("name", NAMES)
def test_hard_metrics_and_curves_are_those_of_the_plain_transcription(name: str) -> None:
    model, ids = model_of(name), ids_of(name)
    run = with_scores(quick(model), SCORES[: len(ids)])
    order = [i for i in ORDER if i < len(ids)]
    target = run.target.id
    found = hard(model, run, (20, 50))
    clean = plain.without(model.network, ids, [], target)
    for percent, suff, comp in zip(
        (20, 50), found.sufficiency, found.comprehensiveness, strict=True
    ):
        count = max(1, len(ids) * percent // 100)
        alone = plain.without(model.network, ids, order[count:], target)
        gone = plain.without(model.network, ids, order[:count], target)
        assert suff.value == pytest.approx(clean - alone, abs=1e-9)
        assert comp.value == pytest.approx(clean - gone, abs=1e-9)
    drawn = curves(model, run)
    for one, area, insertion in (
        (drawn.deletion[0], drawn.deletion_area, False),
        (drawn.insertion[0], drawn.insertion_area, True),
    ):
        values, expected = plain.curve(model.network, ids, order, target, insertion)
        assert one.counts == tuple(range(len(ids) + 1))
        assert one.values == pytest.approx(values, abs=1e-9)
        assert area.value == pytest.approx(expected, abs=1e-9)


def test_deleting_the_one_token_that_is_read_is_all_that_matters() -> None:
    model = last_token_reader()
    run = quick(model)
    n, p = len(run.tokens), run.target.probability
    nothing = 1 / model.vocabulary  # no embedding, no logits: every token alike
    assert p is not None
    right = with_scores(run, [*[0.0] * (n - 1), 1.0])
    wrong = with_scores(run, [1.0, *[0.0] * (n - 1)])
    first = (p + nothing) / 2 / n
    assert curves(model, right).deletion_area.value == pytest.approx(first + nothing * (n - 1) / n)
    assert curves(model, right).insertion_area.value == pytest.approx(first + p * (n - 1) / n)
    assert curves(model, wrong).deletion_area.value == pytest.approx(first + p * (n - 1) / n)
    at_one = hard(model, right, [1])
    assert at_one.sufficiency[0].value == pytest.approx(0.0)
    assert at_one.comprehensiveness[0].value == pytest.approx(p - nothing)
    at_one = hard(model, wrong, [1])
    assert at_one.sufficiency[0].value == pytest.approx(p - nothing)
    assert at_one.comprehensiveness[0].value == pytest.approx(0.0)


def test_words_go_as_a_whole_and_what_has_no_score_stays() -> None:
    model = tiny("llama")
    run = quick(model, specials="exclude")
    assert run.tokens[0].score is None
    found = curves(model, run, RemovalOptions(grain="word"))
    assert found.grain == "word"
    assert found.deletion[0].counts[-1] == len(run.prompt.split())
    ids = [token.id for token in run.tokens]
    all_gone = plain.without(model.network, ids, range(1, len(ids)), run.target.id)
    assert found.deletion[0].values[-1] == pytest.approx(all_gone)
    by_word = quick(model, granularity="word")
    assert curves(model, by_word).deletion[0].counts == tuple(range(len(by_word.units) + 1))


def test_against_a_contrast_the_difference_is_measured() -> None:
    model = tiny("qwen2", bos=False)
    run = quick(model, target="id:7", contrast="id:9")
    ids = [token.id for token in run.tokens]
    top = run.ranked()[0]
    loss = plain.without(model.network, ids, [], 7, 9) - plain.without(
        model.network, ids, [top], 7, 9
    )
    assert hard(model, run, [1]).comprehensiveness[0].value == pytest.approx(loss, abs=1e-9)


def test_the_baseline_can_be_another() -> None:
    model = tiny("qwen2", bos=False)
    run = quick(model)
    mean = hard(model, run, [50], RemovalOptions(baseline="mean"))
    assert mean.baseline == "mean"
    assert mean.comprehensiveness != hard(model, run, [50]).comprehensiveness
    with pytest.raises(WrongUse, match="Unknown baseline"):
        RemovalOptions(baseline="nil")
    with pytest.raises(WrongUse, match="Unknown grain"):
        RemovalOptions(grain="letter")


def test_a_generation_has_a_curve_for_each_token_and_intervals_over_them() -> None:
    model = tiny("qwen2", bos=False)
    run = explain(model, "The capital of", Request(method="random", generate=3))
    found = curves(model, run)
    assert len(found.deletion) == 3
    assert found.deletion_area.value == pytest.approx(sum(one.area for one in found.deletion) / 3)
    assert found.deletion_area.interval is not None
    low, high = found.deletion_area.interval
    areas = [one.area for one in found.deletion]
    assert min(areas) - 1e-12 <= low <= high <= max(areas) + 1e-12


def test_long_prompts_have_evenly_spaced_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves_module, "POINTS", 3)
    model = tiny("qwen2", bos=False)
    run = quick(model)
    n = len(run.tokens)
    found = curves(model, run)
    assert found.deletion[0].counts == (0, round(n / 3), round(2 * n / 3), n)


@given(st.integers(1, 500), st.floats(0.01, 100.0))
def test_the_top_percent_is_some_units_and_never_more_than_there_are(
    n: int, percent: float
) -> None:
    assert 1 <= top_count(n, percent) <= n
    assert top_count(n, 100.0) == n


def test_the_top_percent_is_rounded_down() -> None:
    assert [top_count(n, 50) for n in (1, 2, 3, 7)] == [1, 1, 1, 3]
    assert [top_count(100, k) for k in (7, 29, 57)] == [
        7,
        29,
        57,
    ]  # 0.07 · 100 is above 7 in binary
    with pytest.raises(WrongUse, match="above 0"):
        hard(tiny("qwen2"), quick(tiny("qwen2")), [0])
    assert PERCENTS == (1, 5, 10, 20, 50)
