"""What the signs on the screen mean, in one place: for the page of signs and for hints at the mouse."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sign:
    """A sign as it is drawn, where it stands, and what it means there."""

    sign: str
    where: str
    what: str


_EVERYWHERE, _TABS, _TEXT = "everywhere", "tabs", "the coloured text"
_SEARCH, _RUNS, _MODELS = "search", "runs", "models"

SIGNS = (
    Sign("E", "activity bar", "Explorer (Alt+E): prompts, saved runs, examples, data sets"),
    Sign("R", "activity bar", "Runs (Alt+R): every run of every session"),
    Sign("M", "activity bar", "Models (Alt+M): load and unload"),
    Sign("T", "activity bar", "meThods (Alt+T): what each is, and what it costs here"),
    Sign("C", "activity bar", "Compare (Alt+C): what is marked for comparison"),
    Sign("S", "activity bar", "Studies (Alt+S): grids of models, methods and data sets"),
    Sign("⚙", "activity bar", "Settings (Alt+G)"),
    Sign(
        "α", _SEARCH, "the scale of the noise at which the tokens are scored; of a token, its own"
    ),
    Sign("α*", _SEARCH, "the smallest of the tokens' scales, found by bisection between 0 and 1"),
    Sign(
        "∈", _SEARCH, "lies between: a scale that is searched for is known to be in these brackets"
    ),
    Sign("├━┤", _SEARCH, "where on the axis above a token's own scale lies"),
    Sign(
        "τ",
        "status bar, comparisons",
        "Kendall's tau of two rankings, 1 the same order, 0 no more than chance, −1 the "
        "reverse; in the status bar how much of the order of the tokens other draws would keep",
    ),
    Sign("±", "scores", "half of the 95% interval of a score"),
    Sign("≈0", "scores", "the 95% interval spans 0: it may well weigh nothing"),
    Sign("≈", "status bar", "about: seconds or minutes that a run takes"),
    Sign("█", _TEXT, "the more of a cell is filled or coloured, the more the target hangs on it"),
    Sign("●", _TABS, "the text is another than its file's"),
    Sign("…", _TABS, "it is being explained; elsewhere, something is cut off there"),
    Sign(
        "⇄", "tabs, runs, next tokens", "a comparison; before a token, the one it is held against"
    ),
    Sign("▦", _TABS, "a study"),
    Sign("▸", _EVERYWHERE, "folded: Enter or → opens it; before a token, the one explained"),
    Sign("▾", _EVERYWHERE, "open; beside an option, a click chooses another value"),
    Sign("▶", _EVERYWHERE, "does what the line says; of a study, somebody works on it"),
    Sign("›", _EVERYWHERE, "the cursor of a list; in a path, what is under it"),
    Sign("‹", _TABS, "there are more on that side"),
    Sign("✗", _EVERYWHERE, "failed, an error, or it does not fit; with a number, how many"),
    Sign("⚠", _EVERYWHERE, "a warning; in the status bar the number of problems (Alt+P)"),
    Sign("✓", _EVERYWHERE, "done, yes, or it fits"),
    Sign("?", _MODELS, "nobody knows what it needs before it is loaded"),
    Sign("●", "lists", "chosen, loaded, or set to something else than usual"),
    Sign("○", "lists", "not chosen"),
    Sign("★", _RUNS, "pinned: it stays on top and is never pruned"),
    Sign("+", _RUNS, "marked for comparison"),
    Sign("…", _RUNS, "cancelled before its end"),
    Sign("◆", "studies", "what the others are compared with"),
    Sign("×", _EVERYWHERE, "times"),
    Sign("“ ”", _EVERYWHERE, "a token's own text, its space included"),
    Sign("↑", "panel", "so many lines are above"),
    Sign("↓", "panel", "so many lines are below"),
    Sign("—", "options", "none was chosen"),
    Sign("–", _EVERYWHERE, "from … to; in a table, there is no number"),
)
"""All of them, those that are read first first."""

_TOLD = {"α*", "α", "τ", "±", "≈0", "≈", "⚠", "★", "◆", "▦", "∈"}


def told_in(text: str) -> str:
    """What the signs in a piece of the screen mean that do not speak for themselves, a line for each."""
    told = []
    for one in SIGNS:
        if one.sign in _TOLD and one.sign in text:
            text = text.replace(one.sign, " ")
            told.append(f"{one.sign}  {one.what}")
    return "\n".join(told)
