"""What can be asked about a reward, said without a model."""

from __future__ import annotations

from noiser.bounds import get_bound
from noiser.errors import WrongUse
from noiser.methods import get_method
from noiser.request import Request


def check_reward(request: Request, name: str) -> None:
    """WrongUse where the reward model of this name cannot do what is asked."""
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


def check_margin(request: Request) -> None:
    """WrongUse where the margin between two rewards cannot be explained so."""
    method = get_method(request.method)
    if not method.needs_target:
        raise WrongUse(f"The method {method.name} gives the same whatever the reward is.")
    if not method.signed or request.reduction == "l2":
        raise WrongUse(
            f"What {method.name} gives here has no sign: it cannot say which response it speaks for."
        )
    if request.granularity != "token":
        raise WrongUse("A margin is explained token by token.")
