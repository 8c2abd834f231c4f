"""What the workbench knows, and how each event changes it; no widget in sight."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from noiser.events import (
    BatchHalved,
    Event,
    Explained,
    ModelLoaded,
    ModelLoading,
    NextToken,
    PromptRead,
    ScalesTried,
    SearchNarrowed,
    TokensScored,
    Warned,
    Work,
)
from noiser.explanation import Explanation
from noiser.model.info import ModelInfo
from noiser.prompt import Prompt
from noiser.request import Request

Phase = Literal["starting", "loading", "ready", "running"]


@dataclass(frozen=True)
class State:
    """One moment of the workbench.

    `search` is its last step, `tried` how far the next one is; `raw` the raw
    scores known so far; `outcome` one word on how the last run ended; `error` one sentence.
    """

    model_name: str
    request: Request = field(default_factory=Request)
    phase: Phase = "starting"
    model: ModelInfo | None = None
    prompt: Prompt | None = None
    target: NextToken | None = None
    next_tokens: tuple[NextToken, ...] = ()
    search: SearchNarrowed | None = None
    tried: ScalesTried | None = None
    raw: dict[int, float] = field(default_factory=dict)
    work: Work = field(default_factory=Work)
    explanation: Explanation | None = None
    warnings: tuple[Warned, ...] = ()
    outcome: str = ""
    error: str = ""

    @property
    def reference_work(self) -> int:
        """Token-forwards that the released code spends on this prompt."""
        n = len(self.prompt) if self.prompt else 0
        return 121 * n * n + 11 * n


def started(state: State, request: Request) -> State:
    """A run was asked for: what the last one found is gone from the screen."""
    return replace(
        state,
        request=request,
        phase="running" if state.model is not None else state.phase,
        search=None,
        tried=None,
        raw={},
        work=Work(),
        explanation=None,
        warnings=(),
        outcome="",
        error="",
    )


def told(state: State, event: Event) -> State:
    """The state after an event of the engine."""
    if isinstance(event, ModelLoading):
        return replace(state, phase="loading", model_name=event.name, model=None)
    if isinstance(event, ModelLoaded):
        return replace(state, phase="ready", model=event.info)
    if isinstance(event, PromptRead):
        return replace(
            state,
            phase="running",
            prompt=event.prompt,
            target=event.target,
            next_tokens=event.next_tokens,
            search=None,
            raw={},
        )
    if isinstance(event, SearchNarrowed):
        return replace(state, search=event, tried=None, work=event.work)
    if isinstance(event, ScalesTried):
        return replace(state, tried=event, work=event.work)
    if isinstance(event, TokensScored):
        return replace(state, raw={**state.raw, **event.raw}, work=event.work)
    if isinstance(event, Warned):
        return replace(state, warnings=(*state.warnings, event))
    if isinstance(event, Explained):
        return replace(state, explanation=event.explanation, work=event.explanation.work)
    if isinstance(event, BatchHalved):
        told_so = Warned(f"Memory ran out: batches were halved to {event.rows} rows.")
        return replace(state, warnings=(*state.warnings, told_so), work=event.work)
    raise TypeError(f"unknown event {event!r}")


def ended(state: State, *, error: str | None, cancelled: bool) -> State:
    """The state after a job ended."""
    phase: Phase = "ready" if state.model is not None else "starting"
    if cancelled:
        return replace(state, phase=phase, outcome="cancelled")
    if error is not None:
        return replace(state, phase=phase, outcome="failed", error=error)
    return replace(state, phase=phase, outcome="done" if state.explanation else "")
