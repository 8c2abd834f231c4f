"""Which judge is meant by its name."""

from __future__ import annotations

import threading
from pathlib import Path

from noiser.errors import WrongUse
from noiser.judge.asker import ModelJudge
from noiser.judge.budget import Budget
from noiser.judge.cache import Cache
from noiser.judge.local import TINY, LocalModel
from noiser.judge.pace import Pace
from noiser.judge.question import PAPER_MODEL, PAPER_URL
from noiser.judge.remote import RemoteModel
from noiser.judge.talking import Talker

PAPER = "paper"
"""The name of the preset: the paper's model at the service it was asked of."""
LOCAL = "local:"


def open_judge(
    name: str = TINY,
    url: str | None = None,
    *,
    budget: Budget | None = None,
    pace: Pace | None = None,
    cache: str | Path | None = None,
    cancel: threading.Event | None = None,
    device: str = "auto",
    at_once: int | None = None,
) -> ModelJudge:
    """The judge of that name: `built-in`, `local:FOLDER_OR_ID`, `paper`, or a model at `url`.

    `budget` bounds what is asked, `pace` how fast a model at an address is, `at_once` how many questions
    are on their way to it, whoever asks. Replies are kept in
    `cache`, a file; None is the one in the user's cache folder. WrongUse for a name that cannot be meant.
    """
    return ModelJudge(_talker(name, url, budget, pace, cancel, device, at_once), Cache(cache))


def is_local(name: str) -> bool:
    """Whether the judge of that name runs on this machine."""
    return name == TINY or name.startswith(LOCAL)


def _talker(
    name: str,
    url: str | None,
    budget: Budget | None,
    pace: Pace | None,
    cancel: threading.Event | None,
    device: str,
    at_once: int | None,
) -> Talker:
    if is_local(name):
        local = name.removeprefix(LOCAL) if name.startswith(LOCAL) else TINY
        if url is not None:
            raise WrongUse(
                f"The judge {name} runs on this machine and has no address.", change=("judge_url",)
            )
        if not local:
            raise WrongUse("The judge local: names no model: give a folder or a hub id after it.")
        return LocalModel(local, device, budget=budget, cancel=cancel)
    model, place = (PAPER_MODEL, url or PAPER_URL) if name == PAPER else (name, url)
    if place is None:
        raise WrongUse(
            f"The judge {name} needs the address of a server that speaks the OpenAI protocol, or is "
            f"named {LOCAL}{name} if it is a model on this machine.",
            change=("judge_url",),
        )
    return RemoteModel(model, place, budget=budget, pace=pace, cancel=cancel, at_once=at_once)
