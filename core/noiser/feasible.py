"""What a model cannot be asked, said before anything runs."""

from __future__ import annotations

from noiser.model.language_model import LanguageModel
from noiser.model.reward_model import RewardModel
from noiser.request import Request
from noiser.reward_request import check_reward


def check_model(model: LanguageModel, request: Request) -> None:
    """WrongUse where a reward model cannot do what is asked, said before anything runs."""
    if isinstance(model, RewardModel):
        check_reward(request, model.info.name)
