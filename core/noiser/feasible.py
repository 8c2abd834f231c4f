"""What a model cannot be asked, said before anything runs."""

from __future__ import annotations

from noiser.bounds import get_bound
from noiser.errors import WrongUse
from noiser.methods import get_method
from noiser.model.language_model import LanguageModel
from noiser.model.reward_model import RewardModel
from noiser.request import Request


def check_model(model: LanguageModel, request: Request) -> None:
    """WrongUse where a reward model cannot do what is asked, said before anything runs."""
    if not isinstance(model, RewardModel):
        return
    name = model.info.name
    for option in ("target", "contrast", "generate", "at"):
        if getattr(request, option):
            raise WrongUse(f"{name} is a reward model and predicts no token: give no {option}.")
    method = get_method(request.method)
    if not method.rewards:
        raise WrongUse(f"The method {method.name} explains predictions, and {name} gives rewards.")
    if method.searches and get_bound(request.bound).searches:
        raise WrongUse(
            f"The bound {request.bound} searches the noise that flips a prediction, and a reward has "
            "none to flip: take a bound without a search, as norm-l2, or another method."
        )
