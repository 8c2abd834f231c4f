"""Measuring explanations: every metric asked for, on one clean run of each target's prompt."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from noiser.errors import AnotherRun, Cancelled, MeasuringCancelled, WrongUse, unknown
from noiser.events import Emit, TargetMeasured, Work, ignore
from noiser.explanation import Explanation
from noiser.metrics import curves, hard
from noiser.metrics import soft as soft_metrics
from noiser.metrics.begun import MetricsBegun
from noiser.metrics.bench import Bench, Run, ids_of, set_up, targets_of
from noiser.metrics.going import Going, Known
from noiser.metrics.masks import NOTHING
from noiser.metrics.removal import RemovalOptions, removal
from noiser.metrics.results import METRICS, Curve, Metrics, SoftTarget
from noiser.metrics.soft import SoftOptions
from noiser.model.memory import enough_memory
from noiser.same_model import SAME

if TYPE_CHECKING:
    import threading

    from noiser.model.language_model import LanguageModel
    from noiser.snapshots import Snapshots


def measure(
    model: LanguageModel,
    explanation: Explanation,
    metrics: Sequence[str] = METRICS,
    *,
    masks: int = soft_metrics.MASKS,
    seed: int = 1,
    reference: bool = False,
    percents: Sequence[float] = hard.PERCENTS,
    grain: str | None = None,
    baseline: str = "zero",
    cancel: threading.Event | None = None,
    emit: Emit = ignore,
    positions_per_batch: int | None = None,
    memory: str | None = None,
    begun: MetricsBegun | None = None,
    keep: Snapshots[MetricsBegun] | None = None,
) -> Metrics:
    """How faithful an explanation is, by the `metrics` named: soft, hard, curves.

    `masks`, `seed` and `reference` are of the soft ones (`noiser.metrics.soft.soft`), `percents` of
    the hard ones (`noiser.metrics.hard.hard`); `grain` and `baseline` say what is taken away together
    there and in the curves, and what comes in its place. A generation, or an answer of several tokens,
    is measured at each of its tokens, and the numbers are means over them. Setting `cancel` raises
    MeasuringCancelled within one batch. WrongUse for a run of another model, one that was cancelled, a
    reward.

    `begun` is what a cancel left of the same metrics: it goes on from there, to the numbers that an
    undisturbed measurement gives. AnotherRun where it is of another run, or by other options. `keep` takes
    every few seconds what a cancel would leave then.
    """
    options = Options(
        tuple(metrics),
        SoftOptions(masks, seed, reference),
        tuple(percents),
        RemovalOptions(grain, baseline),
    )
    run = Run(cancel, emit, positions_per_batch, memory)
    of = mark_of(explanation, options)
    if begun is not None and begun.of != of:
        raise AnotherRun("The metrics to go on with are of another run, or by other options.")
    going = Going(begun or MetricsBegun(of), keep)
    try:
        found = measure_each(model, [explanation], options, run, going)[0]
    except Cancelled:
        raise MeasuringCancelled(going.left()) from None
    finally:
        going.end()  # what is known of a target knows who is told of it: a circle around tensors
    return replace(found, work=going.work, seconds=going.seconds)


def mark_of(explanation: Explanation, options: Options) -> str:
    """A mark of what is measured and how: only what was begun of the same is gone on with."""
    model = [explanation.model.get(name) for name in SAME]
    targets = [
        (ids_of(one), one.target.id, one.contrast, [token.score for token in one.tokens])
        for one in explanation.steps_explained
    ]
    return hashlib.sha256(repr((options, model, targets)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Options:
    """What is measured, and how."""

    metrics: tuple[str, ...] = METRICS
    soft: SoftOptions = field(default_factory=SoftOptions)
    percents: tuple[float, ...] = hard.PERCENTS
    removal: RemovalOptions = field(default_factory=RemovalOptions)

    def __post_init__(self) -> None:
        if not self.metrics:
            raise WrongUse(f"Nothing is to be measured: name some of {', '.join(METRICS)}.")
        for name in self.metrics:
            if name not in METRICS:
                raise unknown("metric", name, METRICS)
        hard.check_percents(self.percents)


@dataclass
class _Found:
    """What was measured of one explanation, target by target."""

    soft: list[SoftTarget] = field(default_factory=list)
    hard: list[hard.HardTarget] = field(default_factory=list)
    curves: list[tuple[Curve, Curve]] = field(default_factory=list)
    grain: str = ""
    baseline: str = ""


def measure_each(
    model: LanguageModel,
    explanations: Sequence[Explanation],
    options: Options | None = None,
    run: Run | None = None,
    going: Going | None = None,
) -> list[Metrics]:
    """The same for several explanations, by different methods, best of the same prompt.

    Where they explain the same ids, the clean run, the zeroed one and the random baseline are shared,
    and so are the calls. `going` is for one explanation alone.
    """
    options, run = options or Options(), run or Run()
    started = time.perf_counter()
    targets = [targets_of(model, one) for one in explanations]
    found = [_Found() for _ in explanations]
    steps, work = max(map(len, targets), default=0), Work()
    for step in range(steps):
        for bench, members in _benches(model, targets, step, run):
            ones = [targets[i][step] for i in members]
            known = going.begin(bench.perturber) if going is not None else None
            with enough_memory(model, len(bench.ids)):
                _measure(bench, ones, [found[i] for i in members], options, known)
            work += bench.perturber.work
        run.emit(TargetMeasured(step, steps, work))
    seconds = time.perf_counter() - started
    return [
        Metrics(
            prompt=one.prompt,
            model=one.model,
            method=one.method,
            targets=tuple(target.target for target in own),
            soft=soft_metrics.combined(got.soft, options.soft) if got.soft else None,
            hard=hard.combined(got.hard, options.percents, got.grain, got.baseline)
            if got.hard
            else None,
            curves=curves.combined(got.curves, got.grain, got.baseline) if got.curves else None,
            work=work,
            seconds=seconds,
        )
        for one, own, got in zip(explanations, targets, found, strict=True)
    ]


def _benches(
    model: LanguageModel, targets: Sequence[Sequence[Explanation]], step: int, run: Run
) -> Iterator[tuple[Bench, list[int]]]:
    """The prompts of one step of the explanations, each with those that explain it."""
    members: dict[tuple[int, ...], list[int]] = {}
    for i, own in enumerate(targets):
        if step < len(own):
            members.setdefault(ids_of(own[step]), []).append(i)
    for ids, which in members.items():
        yield set_up(model, ids, run), which


def _measure(
    bench: Bench,
    ones: Sequence[Explanation],
    found: Sequence[_Found],
    options: Options,
    known: Known | None,
) -> None:
    """Every metric of one target, for each of the explanations of it."""
    if "soft" in options.metrics:
        bench.perturber.begin([NOTHING])
    for one in ones:
        bench.objective(one)  # which checks the model before the work
    if "soft" in options.metrics:
        made = soft_metrics.soft_targets(bench, ones, options.soft, known)
        for got, target in zip(found, made, strict=True):
            got.soft.append(target)
    if not {"hard", "curves"} & set(options.metrics):
        return
    for one, got in zip(ones, found, strict=True):
        removed = removal(bench, one, options.removal, known)
        got.grain, got.baseline = removed.grain, removed.baseline
        if "hard" in options.metrics:
            got.hard.append(hard.hard_target(removed, options.percents))
        if "curves" in options.metrics:
            got.curves.append(curves.curve_pair(removed))
