"""What the model reads of a text, and what it would write next; nothing is explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from noiser.events import NextToken
from noiser.prompt import Prompt
from noiser.request import Request
from noiser.units import Unit, cut
from noiser_tui.workbench.engine.job import Job
from noiser_tui.workbench.engine.messages import EngineMessage
from noiser_tui.workbench.response_form import Question, Responded, prompts_of

if TYPE_CHECKING:
    from noiser_tui.workbench.engine.context import Context


class TextRead(EngineMessage):
    """A text as the loaded model reads it: ids, bytes and roles, and the request's units of them.

    A response stands behind its prompt.
    Without units each token is one. It is told before the model has run.
    """

    def __init__(
        self, number: int, text: Question, prompt: Prompt, units: tuple[Unit, ...]
    ) -> None:
        super().__init__(number)
        self.text = text
        self.prompt = prompt
        self.units = units


class NextTokensKnown(EngineMessage):
    """The most probable tokens after a text, in order, and the one that the request would explain.

    `target` is None where the request's target is several tokens; a reward model has neither.
    """

    def __init__(
        self,
        number: int,
        text: Question,
        next_tokens: tuple[NextToken, ...],
        target: NextToken | None,
    ) -> None:
        super().__init__(number)
        self.text = text
        self.next_tokens = next_tokens
        self.target = target


@dataclass(frozen=True)
class ReadPrompt(Job):
    """Read a text, and say what the model would write after it."""

    text: Question
    request: Request
    short: ClassVar[bool] = True

    def run(self, context: Context) -> None:
        """Post the tokens, then the next ones, after one run of the text as it is."""
        from noiser.answer import answer_spellings
        from noiser.model.reward_model import RewardModel
        from noiser.one import NEXT_TOKENS, Explainer
        from noiser.target import make_objective, next_token, next_tokens

        model = context.model
        prompt, *_ = prompts_of(model, self.text)
        request = self.request.on(prompt)
        by_token = request.granularity == "token"
        units = () if by_token else cut(prompt, request.granularity, request.spans)
        context.post(TextRead(context.number, self.text, prompt, tuple(units)))
        if isinstance(model, RewardModel) or isinstance(self.text, Responded):
            return
        asker = Explainer(model, request, context.cancel, context.teller(), None, None)
        clean = asker.run(prompt.ids).clean
        target: NextToken | None = None
        if not answer_spellings(model, request.target):
            objective = make_objective(model, clean, request.target, request.contrast)
            target = next_token(model, clean, objective.target)
        candidates = next_tokens(model, clean, NEXT_TOKENS)
        context.post(NextTokensKnown(context.number, self.text, candidates, target))
