"""What a run is expected to take, and whether a preview of it is worth its work."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from noiser.errors import WrongUse
from noiser.events import Estimate
from noiser.export import forecast
from noiser.methods import METHODS
from noiser.request import Request
from noiser_tui.workbench.response_form import Question, prompts_of

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

WORTH = 0.5
"""Seconds that the exact search is expected to take at least where a preview goes before it."""
LONG = 10.0
"""Seconds from which on a run says beforehand how long it takes."""


@dataclass(frozen=True)
class Costs:
    """What explaining a text as `request` asks would take, and as any other method would.

    `preview` is what the fast search before it adds, None where there is none: `no_preview` says why.
    """

    text: Question
    request: Request
    by_method: dict[str, Estimate] = field(default_factory=dict)
    preview: Estimate | None = None
    no_preview: str = ""

    @property
    def own(self) -> Estimate:
        """What the request itself takes, without a preview."""
        return self.by_method[self.request.method]

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
        if self.preview is None:
            return f"Expected to take {whole}."
        if refining:
            return f"Expected to take {whole} in all."
        return (
            f"Expected: a preview after {forecast.about(self.preview.seconds)}, all after {whole}."
        )


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
