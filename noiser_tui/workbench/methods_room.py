"""The methods: choosing the one under the cursor, and what each costs here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noiser.export import forecast
from noiser.methods.method import Method
from noiser_tui.workbench.reading import prompt_read
from noiser_tui.workbench.request_options import let_go
from noiser_tui.workbench.state import State

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def use_pointed(app: Workbench) -> None:
    """Ask with the method under the cursor; what is explained already is explained again with it."""
    name, page = app.side_bar.key_in("methods"), app.desk.explanation
    if name and page is not None:
        app.change_request(method=name, **let_go(vars(page.request), name))


def cost_of(method: Method, page: State) -> tuple[str, str]:
    """What a method takes on a page's prompt, in signs and in words; both empty where nothing is known.

    As it was estimated on this text, else at most so many token-forwards on as many tokens as it has.
    """
    costs, prompt = page.costs, prompt_read(page)
    if costs is not None and costs.fits(page.asked, page.request):
        estimate = costs.by_method.get(method.name)
        if estimate is not None:
            words = f"Expected to take {forecast.expected(estimate)}."
            return forecast.approximate(estimate.seconds), words
    if prompt is None:
        return "", ""
    most = method.cost(len(prompt), page.request)
    return f"≤ {_short(most)}", f"At most {most:,} token-forwards on this prompt."


def _short(number: int) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.{0 if number >= 10 * size else 1}f}{letter}"
    return str(number)
