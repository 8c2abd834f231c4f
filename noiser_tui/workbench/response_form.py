"""What the engine is asked about: a prompt, or a response to it that a reward model judges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from noiser.bounds import get_bound
from noiser.chat import Chat, Message
from noiser.errors import WrongUse
from noiser.explanation import Explanation
from noiser.model.info import ModelInfo
from noiser.request import Request
from noiser.reward_request import check_margin, check_reward
from noiser_tui.workbench.chat_form import Said

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel
    from noiser.prompt import Prompt

Measure: TypeAlias = Literal["reward", "margin"]
"""A number for a whole text, which is explained in place of a token's probability."""
REWARD_BOUND = "norm-l2"
"""The bound for a reward in place of one that searches: nothing flips there."""


@dataclass(frozen=True)
class Responded:
    """A prompt and a response to it, whose reward is asked about; its margin where there is another."""

    prompt: Said
    response: str
    against: str = ""

    @property
    def measure(self) -> Measure:
        """What is asked about."""
        return "margin" if self.against else "reward"


Question: TypeAlias = Said | Responded
"""What the engine can be asked about."""


@dataclass(frozen=True)
class ResponseForm:
    """The response whose reward is explained, and the one it is held against; empty for none."""

    response: str = ""
    against: str = ""

    @property
    def on(self) -> bool:
        """Whether a response is explained, and not what comes next."""
        return bool(self.response)

    def after(self, said: Said) -> Question:
        """What the engine is asked where the prompt is this."""
        return Responded(said, self.response, self.against) if self.on else said


def prompts_of(model: LanguageModel, question: Question) -> tuple[Prompt, ...]:
    """The texts that a model reads for it: of a margin both."""
    if not isinstance(question, Responded):
        return (model.read(question),)
    from noiser.margin import with_response  # here: it imports torch

    every = filter(None, (question.response, question.against))
    return tuple(with_response(model, question.prompt, one) for one in every)


def check_response(text: str) -> None:
    """WrongUse for a text that no one can have said."""
    if text.strip():
        Message("assistant", text)


def let_go_for(bound: str) -> dict[str, Any]:
    """What a request says otherwise once a response is asked about: no next token, no search."""
    none = {"target": None, "contrast": None, "generate": 0, "at": 0, "reference": False}
    return none | {"bound": REWARD_BOUND, "search": "exact"} if get_bound(bound).searches else none


def not_of_rewards(form: ResponseForm, request: Request, name: str) -> str:
    """Why the reward model of this name cannot be asked so, in one sentence; empty where it can."""
    if form.on and form.response == form.against:
        return "The two responses are the same: there is no margin between them."
    try:
        check_reward(request, name)
        if form.against:
            check_margin(request)
    except WrongUse as error:
        return str(error)
    return ""


def no_rewards(name: str, model: ModelInfo | None) -> str:
    """That the model of this name gives none, and what would; empty where it does, or is not known yet."""
    if model is None or model.rewards:
        return ""
    return f"{name} gives no rewards: load a reward model (Alt+M)."


def unanswerable(form: ResponseForm, request: Request, name: str, model: ModelInfo | None) -> str:
    """Why the model of this name cannot be asked so; empty where it can, or `model` is not known yet."""
    if form.on and (none := no_rewards(name, model)):
        return f"{none.rstrip('.')}, or take the response away (“No response”, Ctrl+K n)."
    rewards = form.on or (model is not None and model.rewards)
    return not_of_rewards(form, request, name) if rewards else ""


def responded_in(explanation: Explanation) -> Responded | None:
    """The question that a record answers; None where it is about no response to a prompt."""
    if explanation.explains not in ("reward", "margin"):
        return None
    split = [_split(one) for one in explanation.steps_explained]
    said, response = split[0]
    if said is None:
        return None
    return Responded(said, response, split[1][1] if len(split) > 1 else "")


def _split(explanation: Explanation) -> tuple[Said | None, str]:
    """The prompt that was responded to, and the response; None where the record tells of none."""
    if explanation.messages:
        *before, last = explanation.messages
        if not before or last.role != "assistant":
            return None, ""
        return Chat(tuple(before)), last.content
    text = explanation.prompt
    starts = [token.start for token in explanation.tokens if token.role == "generated"]
    return (text[: starts[0]], text[starts[0] :]) if starts else (None, "")
