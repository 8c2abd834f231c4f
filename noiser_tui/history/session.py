"""What was open in a workbench, as data: enough to put every tab back where it was left."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace

from noiser.errors import NoiserError
from noiser.request import Request
from noiser_tui.history.fitting import fit

FORMAT = "noiser-session/1"
REQUESTS = ("request", "asked_with")
"""The fields of a tab that are requests."""


@dataclass(frozen=True)
class Tab:
    """One tab. Its `kind` is explanation, comparison, study or settings; others are the caller's.

    `title` is the name that the user gave it, `path` the file or folder that it came from, `text` the prompt
    as it stands in the editor, `cursor` the row and column in it, of a comparison the row and the segment,
    of a study the cell, of a list the row; `token` is the position under the cursor of the heat map, `scroll`
    its first line, `step` which of several targets is shown. `run` is the id of what is shown in the store of
    runs, None where nothing is. `models`, `methods` and `bounds` are those of a comparison. `unfinished` says
    that a run was going: `run` then is what was known of it, and it goes on from there. `failed` is why the
    last run failed, `warnings` what it had warned of until then. With `chat` the text is what the `role` says
    after the messages `before`, each its role and content. `response` is the one to it that is explained,
    `against` the other one, empty where there is none. Of a file of prompts `each` is the run of every prompt
    with what came of it, of one that was begun the run alone, of one that failed no run and why; `digest` is
    a mark of what the prompts are, and `made_with` which model explained them. `asked_with` is the request of
    `run` where that is known: only a run of the same is gone on with. `continued` is what the model
    `continued_by` wrote after the text, token by token: the text up to it, then id, text and probability of
    the token and of all that might stand there; `walked` is the token of it that was looked at. Where it was
    ended before its end, `continuing` is how many tokens were asked for, the first of them those `chosen`.
    `measuring` is what was measured, or who was asked, when that was ended before its end. `own` are options
    of a comparison's single methods, `top` how many segments it compares. `saved` is what the file at `path`
    held of the text, None where that was the text, as `unedited` says, or is not known; `held` is a digest of
    all that a chat's file held. Of a study `measure` is the column that is shown, empty for all of them, None
    for its first, and `against` the method that the others are compared with.
    """

    kind: str = "explanation"
    title: str = ""
    path: str = ""
    text: str = ""
    request: Request = field(default_factory=Request)
    run: str | None = None
    cursor: tuple[int, int] = (0, 0)
    token: int | None = None
    scroll: int = 0
    step: int = 0
    models: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    bounds: tuple[str, ...] = ()
    unfinished: bool = False
    failed: str = ""
    warnings: tuple[str, ...] = ()
    chat: bool = False
    role: str = "user"
    before: tuple[tuple[str, str], ...] = ()
    response: str = ""
    against: str = ""
    each: tuple[tuple[str, str], ...] = ()
    digest: str = ""
    made_with: dict[str, str | None] = field(default_factory=dict)
    asked_with: Request | None = None
    measuring: str = ""
    continued: tuple[tuple[str, tuple[tuple[int, str, float], ...]], ...] = ()
    continued_by: str = ""
    walked: int = 0
    continuing: int = 0
    chosen: tuple[int, ...] = ()
    own: dict[str, dict[str, int | str]] = field(default_factory=dict)
    top: int | None = None
    saved: str | None = None
    unedited: bool = False
    held: str = ""
    measure: str | None = None


@dataclass(frozen=True)
class Session:
    """The tabs in order, which of them is on top, the model, and what is unfolded around them.

    `sizes` are cells by the name of what they belong to.
    """

    tabs: tuple[Tab, ...] = ()
    active: int = 0
    model: str = ""
    side_bar: str = ""
    side_bar_open: bool = False
    panel: str = ""
    panel_open: bool = True
    panel_large: bool = False
    zen: bool = False
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def unfinished(self) -> tuple[int, ...]:
        """The indexes of the tabs whose run was going, which are to be offered to go on."""
        return tuple(i for i, tab in enumerate(self.tabs) if tab.unfinished)


def to_json(session: Session) -> str:
    """The session as it stands in a file."""
    return json.dumps({"format": FORMAT, **asdict(session)})


def from_json(data: bytes | str) -> tuple[Session, tuple[str, ...]]:
    """The session in a file, and a sentence for each thing in it that could not be taken over.

    What is no session at all is an empty one. A field that is not known, or is not what it should be,
    costs no more than itself.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        return Session(), (f"The last session cannot be read: {error}.",)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        return Session(), (f"The last session cannot be read: its format is not {FORMAT}.",)
    problems: list[str] = []
    session = fit(
        Session,
        {name: value for name, value in found.items() if name not in ("format", "tabs")},
        "The last session",
        problems,
    )
    listed = found.get("tabs")
    tabs = tuple(
        _tab(one, number, problems)
        for number, one in enumerate(listed if isinstance(listed, list) else (), 1)
        if isinstance(one, dict)
    )
    if not isinstance(listed, list) or len(tabs) < len(listed):
        problems.append("The last session has tabs that cannot be read.")
    active = min(max(0, session.active), max(0, len(tabs) - 1))
    return replace(session, tabs=tabs, active=active), tuple(problems)


def _tab(found: dict[str, object], number: int, problems: list[str]) -> Tab:
    where = f"Tab {number} of the last session"
    others = {name: value for name, value in found.items() if name not in REQUESTS}
    tab = fit(Tab, others, where, problems)
    for name in REQUESTS:
        asked = found.get(name)
        if not isinstance(asked, dict):
            continue
        try:
            request = fit(Request, asked, where, problems)
        except NoiserError as error:  # a method, say, of another version
            problems.append(f"{where} has the default options: {error}")
            continue
        given = name == "request"
        tab = replace(tab, request=request) if given else replace(tab, asked_with=request)
    return tab
