"""Explaining the prompts of a list one after the other, on one device or several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from noiser.errors import Cancelled, NoiserError, WrongUse
from noiser.events import Event, PromptRead
from noiser.explanation import Explanation
from noiser.request import Request
from noiser.same_model import unlike
from noiser_tui.workbench.chat_form import Said
from noiser_tui.workbench.engine.advice import told
from noiser_tui.workbench.engine.job import GoOnLater, Job
from noiser_tui.workbench.engine.loading import give_back
from noiser_tui.workbench.engine.messages import EngineMessage, WorkKnown

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel
    from noiser_tui.workbench.engine.context import Context

COPIED = ("dtype", "load_in", "revision", "trust")
"""Options of `noiser.load` by which the copies on other devices are loaded, too."""


class ListedBegun(EngineMessage):
    """Prompt `at` of the list is being explained."""

    def __init__(self, number: int, at: int) -> None:
        super().__init__(number)
        self.at = at


class ListedExplained(EngineMessage):
    """Prompt `at` of the list is explained, or failed for the reason in `error`."""

    def __init__(
        self, number: int, at: int, explanation: Explanation | None, error: str | None = None
    ) -> None:
        super().__init__(number)
        self.at = at
        self.explanation = explanation
        self.error = error


@dataclass(frozen=True)
class ListedPrompt:
    """Prompt `at` of a list, how it is to be explained, and what a cancel left of that."""

    at: int
    said: Said
    request: Request
    begun: Explanation | None = None


@dataclass(frozen=True)
class ExplainList(Job):
    """Explain prompts with the model that is loaded, called `model`, making way for others in between.

    On several `devices`, a copy of the model each, where two or more are named; `options` are those of
    `noiser.load` for these. `made_with` tells which model explained others of the list, in the words of a
    record: another one explains no more of them.
    """

    prompts: tuple[ListedPrompt, ...]
    model: str
    devices: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    made_with: Mapping[str, Any] = field(default_factory=dict)

    def run(self, context: Context) -> None:
        """Post each as it is done, in their order; the copies go when all are, or when it ends else."""
        try:
            self._run(context)
        except GoOnLater:
            raise
        except BaseException:
            _let_go(context)
            raise
        _let_go(context)

    def _run(self, context: Context) -> None:
        from noiser.many import explain_many

        models = self._models(context)
        made = explain_many(
            models,
            self._turn(context, len(models)),
            cancel=context.cancel,
            emit=self._teller(context),
            memory=context.memory,
            begun={i: one.begun for i, one in enumerate(self.prompts) if one.begun is not None},
            keep=self._keeper(context),
        )
        done = 0
        for done, outcome in enumerate(made, 1):
            one = self.prompts[done - 1]
            if isinstance(outcome, Explanation):
                context.post(ListedExplained(context.number, one.at, outcome))
            else:
                context.post(ListedExplained(context.number, one.at, None, told(outcome)))
        if done < len(self.prompts):
            if context.enough.is_set():
                raise Cancelled
            raise GoOnLater(replace(self, prompts=self.prompts[done:]))

    def _turn(self, context: Context, least: int) -> Iterator[tuple[Said, Request]]:
        """The prompts of this turn: at least one for each model, then until others wait."""
        for given, one in enumerate(self.prompts):
            if context.enough.is_set() or (given >= least and context.others_wait()):
                return
            yield one.said, one.request

    def _teller(self, context: Context) -> Callable[[int, Event], None]:
        def listen(number: int, event: Event) -> None:
            if isinstance(event, PromptRead):
                context.post(ListedBegun(context.number, self.prompts[number].at))

        return listen

    def _keeper(self, context: Context) -> Callable[[int, Explanation], None]:
        def post(number: int, left: Explanation) -> None:
            context.post(WorkKnown(context.number, left, at=self.prompts[number].at))

        return post

    def _models(self, context: Context) -> tuple[LanguageModel, ...]:
        own, held = context.model, context.held
        if own.info.name != self.model:
            raise NoiserError(
                f"These prompts were begun with {self.model}, and {own.info.name} is loaded."
            )
        if self.made_with and (told := unlike(own.info, self.made_with)):
            raise NoiserError(
                f"The prompts that are done were explained with another model: {told}. Load that one "
                "(Alt+M) and F5 goes on; F5 now asks whether to begin anew."
            )
        if len(self.devices) < 2:
            return (own,)
        if not held.copies:
            held.copies = _copies(own, self.devices, self.options)
        return held.copies


def _copies(
    own: LanguageModel, devices: tuple[str, ...], options: dict[str, Any]
) -> tuple[LanguageModel, ...]:
    """The model on each of the devices; where it is on one of them already it is not loaded again."""
    from noiser.model.options import chosen_device
    from noiser.model.replicas import check_devices, load_replicas

    if options.get("device_map"):
        raise WrongUse("The model is spread over devices already: it has no copies on several.")
    check_devices(devices)
    others = list(devices)
    places = [chosen_device(name) for name in devices]
    mine = [(place.type, place.index or 0) for place in places]
    here = (own.device.type, own.device.index or 0)
    first: tuple[LanguageModel, ...] = ()
    if here in mine:
        others.pop(mine.index(here))
        first = (own,)
    alike = {name: options[name] for name in COPIED if name in options}
    alike["revision"] = own.info.revision or alike.get("revision")
    if first and not alike.get("load_in"):
        alike["dtype"] = own.info.dtype
    return (*first, *load_replicas(own.info.name, others, **alike))


def _let_go(context: Context) -> None:
    if context.held.copies:
        context.held.copies = ()
        give_back()
