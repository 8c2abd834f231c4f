"""Every action of the workbench: one registry for keys, footer, palette and help."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True)
class Action:
    """One thing a user can do. `short` is its name in the footer, empty when it is
    not shown there; `opens` says that it opens a list, a question or a page."""

    id: str
    title: str
    keys: tuple[str, ...]
    short: str = ""
    help: str = ""
    opens: bool = False
    priority: bool = True

    @property
    def run(self) -> str:
        """The action as textual runs it; those that open something share one."""
        return f"choose('{self.id}')" if self.opens else self.id


ACTIONS: tuple[Action, ...] = (
    Action("palette", "Commands", ("f1", "ctrl+p"), "Menu", "Search all commands", opens=True),
    Action("run", "Explain the prompt", ("f5",), "Explain", "Find the words the target hangs on"),
    Action("cancel", "Cancel", ("escape", "shift+f5"), "Cancel", "Stop the run", priority=False),
    Action(
        "estimate",
        "Estimate cost",
        ("ctrl+t",),
        "",
        "How long explaining the prompt would take",
    ),
    Action(
        "method", "Choose the method", ("f2",), "Method", "How importance is measured", opens=True
    ),
    Action(
        "bound",
        "Choose the bound",
        ("f3",),
        "Bound",
        "Which noise scale is used for scoring",
        opens=True,
    ),
    Action("norm", "Choose the norm", ("f4",), "Norm", "What the noise is divided by", opens=True),
    Action(
        "target",
        "Choose the target",
        ("f6",),
        "Target",
        "Which next token is explained",
        opens=True,
    ),
    Action(
        "contrast",
        "Choose a contrast",
        ("f7",),
        "Versus",
        "Explain the target against another",
        opens=True,
    ),
    Action(
        "next_target",
        "Next of several targets",
        ("alt+right",),
        "",
        "A target of several tokens: the whole, then each token",
    ),
    Action(
        "previous_target",
        "Previous of several targets",
        ("alt+left",),
        "",
        "Back towards the whole",
    ),
    Action(
        "granularity",
        "Explain by token, word, sentence or line",
        ("ctrl+g",),
        "",
        "What gets its noise together, for long prompts",
        opens=True,
    ),
    Action(
        "zoom",
        "Look into the strongest of them",
        ("ctrl+l",),
        "",
        "How many words, sentences or lines are explained token by token",
        opens=True,
    ),
    Action(
        "save",
        "Save the explanation",
        ("f8", "ctrl+s"),
        "Save",
        "JSON, HTML, SVG or CSV",
        opens=True,
    ),
    Action(
        "panel", "Search panel larger or smaller", ("f10", "ctrl+j"), "", "More room for the search"
    ),
    Action("theme", "Choose the theme", ("f12",), "", "Colours", opens=True),
    Action(
        "model", "Choose the model", ("f9",), "Model", "Built-in, cached or any other", opens=True
    ),
    Action(
        "example",
        "Open an example prompt",
        ("ctrl+o",),
        "",
        "Prompts the built-in model knows",
        opens=True,
    ),
    Action(
        "picture", "Save a picture of the screen", (), "", "An SVG as it stands here", opens=True
    ),
    Action(
        "more_draws",
        "More draws: four times as many",
        ("ctrl+r",),
        "",
        "Surer scores: only the new draws run, at the scale found",
    ),
    Action("seed", "Draw other noise (next seed)", (), "", "The same search with other draws"),
    Action(
        "specials",
        "Noise on special tokens on or off",
        (),
        "",
        "Include or exclude BOS, chat templates and the like",
    ),
    Action("keys", "Keys", ("shift+f1",), "", "All keys on one screen", opens=True),
    Action("leave", "Quit", ("ctrl+q",), "Quit", "Leave the workbench"),
)


def bindings() -> list[Binding]:
    """The registry as Textual bindings; ids are the actions', so that a keymap can change keys."""
    return [
        Binding(
            ",".join(action.keys),
            action.run,
            action.short or action.title,
            show=bool(action.short),
            id=action.id,
            priority=action.priority,
            tooltip=action.help,
        )
        for action in ACTIONS
        if action.keys
    ]


def key_label(key: str) -> str:
    """A key as people write it: f5 → F5, ctrl+s → Ctrl+S."""
    return "+".join(part.capitalize() if len(part) > 1 else part.upper() for part in key.split("+"))
