"""What a run is expected to take, and whether a preview of it is worth its work."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from noiser.errors import WrongUse
from noiser.events import Estimate
from noiser.export import forecast
from noiser.methods import METHODS
from noiser.request import Request
from noiser_tui.workbench.response_form import Question, prompts_of

if TYPE_CHECKING:
    from noiser.explanation import Explanation
    from noiser.model.language_model import LanguageModel

WORTH = 0.5
"""Seconds that the exact search is expected to take at least where a preview goes before it."""
LEAST = 0.05
"""The share of a run that is taken to be left where it has done about all that was expected of it."""
LONG = 10.0
"""Seconds from which on a run says beforehand how long it takes."""


@dataclass(frozen=True)
class Costs:
    """What explaining a text as `request` asks would take, and as any other method would.

    `preview` is what the fast search before it adds, None where there is none: `no_preview` says why.
    `left` is what is left of a run that goes on, None for one that begins.
    """

    text: Question
    request: Request
    by_method: dict[str, Estimate] = field(default_factory=dict)
    preview: Estimate | None = None
    no_preview: str = ""
    left: Estimate | None = None

    @property
    def own(self) -> Estimate:
        """What the request itself takes, without a preview; of a run that goes on what is left of it."""
        return self.by_method[self.request.method] if self.left is None else self.left

    @property
    def total(self) -> Estimate:
        """What F5 takes, the preview included."""
        return self.own if self.preview is None else self.preview + self.own

    def fits(self, text: Question, request: Request) -> bool:
        """Whether this is about that text and request, whatever its method."""
        same = asdict(self.request) | {"method": ""} == asdict(request) | {"method": ""}
        return same and self.text == text

    def sentence(self) -> str:
        """All of it, for who asked."""
        line = forecast.expected(self.own)
        if self.left is not None:
            return f"What is left takes {line}. {forecast.not_known(self.request)}".strip()
        parts = [f"{line[0].upper()}{line[1:]}.", forecast.not_known(self.request)]
        if self.preview is None:
            parts.append(f"No preview: {self.no_preview}.")
        else:
            after = forecast.about(self.preview.seconds)
            parts.append(f"A preview, on top of that, is there after {after}.")
        return " ".join(filter(None, parts))

    def warning(self, *, refining: bool) -> str:
        """How long the run takes that has begun; empty where that is not worth a word."""
        if self.total.seconds < LONG:
            return ""
        whole = forecast.about(self.total.seconds)
        if self.left is not None:
            return f"What is left is expected to take {whole}."
        if self.preview is None:
            return f"Expected to take {whole}."
        if refining:
            return f"Expected to take {whole} in all."
        return (
            f"Expected: a preview after {forecast.about(self.preview.seconds)}, all after {whole}."
        )


def left_of(costs: Costs, begun: Explanation | None) -> Costs:
    """What is left of a run that goes on from what a cancel left, by the work that was done; no preview."""
    if begun is None:
        return costs
    from noiser.begun import begun_in  # here: it imports numpy

    before = begun_in(begun)
    done = [one.work.token_forwards for one in before.made]
    if before.left is not None and before.left.left_off is not None:
        done.append(before.left.left_off.work.token_forwards)
    whole = costs.by_method[costs.request.method]
    share = max(LEAST, 1 - sum(done) / max(1, whole.token_forwards))
    calls, forwards = (math.ceil(share * one) for one in (whole.calls, whole.token_forwards))
    left = Estimate(calls, forwards, share * whole.seconds)
    return replace(costs, left=left, preview=None, no_preview="it goes on where it was")


def preview_of(request: Request) -> Request:
    """The request that is run first: the same noise, searched the fast way."""
    return replace(request, search="fast")


def no_fast_search(request: Request) -> str:
    """Why there is no fast search for a request; empty where there is one."""
    if not METHODS[request.method].searches:
        return f"{request.method} searches no noise scale"
    if request.reference:
        return "reference mode has no fast search"
    if request.bound != "min":
        return f"the fast search finds the bound min only, not {request.bound}"
    if request.search == "fast":
        return "the search is the fast one already"
    if request.generate:
        return "each generated token needs the one before it"
    return ""


def measure_costs(
    model: LanguageModel, text: Question, request: Request, memory: str | None = None
) -> Costs:
    """Estimate a request, its preview and the other methods; the first time the model is measured."""
    from noiser.answer import answer_spellings  # here: they import torch
    from noiser.estimator import estimate_each

    asked = {request.method: request}
    for name in METHODS:
        try:
            asked.setdefault(name, replace(request, method=name))
        except WrongUse:  # reference mode is of one method only
            continue
    why = no_fast_search(request)
    if not why and answer_spellings(model, request.target):
        why = "several targets are explained one after the other"
    fast = [] if why else [preview_of(request)]
    requests = [*asked.values(), *fast]
    every = [estimate_each(model, one, requests, memory=memory) for one in prompts_of(model, text)]
    estimates = [one + other for one, other in zip(*every, strict=True)] if every[1:] else every[0]
    by_method = dict(zip(asked, estimates, strict=False))  # the fast one comes after all methods
    exact = by_method[request.method]
    if not why and exact.seconds < WORTH:
        why = f"the exact search takes {forecast.about(exact.seconds)} here"
    return Costs(text, request, by_method, None if why else estimates[-1], why)
