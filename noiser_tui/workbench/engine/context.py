"""What a job has to run with: the model that is held, its cancel flag, and who is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from textual.message import Message

from noiser.errors import NoiserError
from noiser_tui.workbench.engine.drawing import Curves
from noiser_tui.workbench.engine.gauge import Gauge
from noiser_tui.workbench.engine.messages import EngineTold
from noiser_tui.workbench.engine.rationing import Rationed

if TYPE_CHECKING:
    from noiser.events import Event
    from noiser.explanation import Explanation
    from noiser.model.info import ModelInfo
    from noiser.model.language_model import LanguageModel

Post: TypeAlias = "Callable[[Message], object]"


@dataclass
class Held:
    """What the engine keeps from one job to the next: the model that is loaded, curves it drew.

    `memory` bounds what a call of the model may take, as it does for `noiser.explain`. `copies` are the
    model on several devices, itself among them, while many prompts are explained on all of those. `gauge`
    tells what is free where the model is.
    """

    model: LanguageModel | None = None
    copies: tuple[LanguageModel, ...] = ()
    gauge: Gauge = field(default_factory=Gauge)
    curves: Curves = field(default_factory=Curves)
    memory: str | None = None

    @property
    def info(self) -> ModelInfo | None:
        """What the loaded model is; None where there is none."""
        return self.model.info if self.model is not None else None


@dataclass(frozen=True)
class Context:
    """The surroundings of job `number`; `post` is the only way to the interface.

    A job of several parts begins no further one once `enough` is set. `others_wait` says whether another
    job would run if this one made way.
    """

    number: int
    cancel: threading.Event
    post: Post
    held: Held = field(default_factory=Held)
    enough: threading.Event = field(default_factory=threading.Event)
    others_wait: Callable[[], bool] = lambda: False

    @property
    def model(self) -> LanguageModel:
        """The model that is loaded; NoiserError where there is none."""
        if self.held.model is None:
            raise NoiserError("No model is loaded: choose one under Models.")
        return self.held.model

    @property
    def memory(self) -> str | None:
        """What a call may take, as the user has set it."""
        return self.held.memory

    def model_of(self, explanation: Explanation) -> LanguageModel:
        """The loaded model, where the explanation was made with it; else NoiserError names that one."""
        model, name = self.model, explanation.model.get("name")
        if model.info.name != name:
            raise NoiserError(
                f"This run was made with {name}, and {model.info.name} is loaded: load {name} first."
            )
        from noiser.same_model import check_model

        check_model(model, explanation)
        return model

    def teller(self, *, preview: bool = False) -> Rationed:
        """A listener for the engine's events, which posts them as those of this job."""

        def tell(event: Event) -> None:
            memory = self.held.gauge.read_again(self.held.model)
            self.post(EngineTold(self.number, event, preview=preview, memory=memory))

        return Rationed(tell)
