"""Asking whether a model that was refused may do what can run code: by name, and for it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.markup import escape
from textual.screen import ModalScreen

from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.workbench import desk
from noiser_tui.workbench.engine import JobEnded, LoadModel
from noiser_tui.workbench.load_options import with_trust
from noiser_tui.workbench.screens.pick import Choice, Pick

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

NAME = 30
"""Characters of a model's name in the question."""
_HAS = {"pickle": "has only pickle files", "remote-code": "brings code of its own"}
_DO = {"pickle": "Trust them", "remote-code": "Trust it"}
_RISK = {
    "pickle": "until the workbench closes; they can run code",
    "remote-code": "until the workbench closes; it runs as you do",
}
_WITH = {"pickle": "its pickle files", "remote-code": "code of its own"}


def ask(app: Workbench, ended: JobEnded) -> None:
    """Ask, and load the model again where it may; what is on top of the workbench is left alone."""
    job, refused = ended.job, ended.refused
    if isinstance(app.screen, ModalScreen) or not isinstance(job, LoadModel) or refused is None:
        return
    trust, name = refused.trust, visible(job.name)

    def take(answer: str | None) -> None:
        if answer != trust:
            return
        app.desk = desk.taken_back(with_trust(app.desk, job.name, trust), ended.error or "")
        app.notify(
            f"Until the workbench closes {name} is trusted with {_WITH[trust]}, and no other model is.",
            markup=False,
        )
        app.load_model(job.name)

    choices = [
        Choice("", "Do not load it", "the model before stays"),
        Choice(trust, _DO[trust], _RISK[trust]),
    ]
    short = name if cell_width(name) <= NAME else f"…{name[-NAME:]}"  # a folder's end tells more
    title = f"{one_line(short, 2 * NAME)} {_HAS[trust]}"
    app.push_screen(Pick(escape(title), choices), take)
