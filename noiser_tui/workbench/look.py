"""The theme and colour depth of this terminal, as textual and the drawn widgets need them."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from textual.theme import Theme as TextualTheme

from noiser_tui.look.depth import Depth
from noiser_tui.look.themes import Theme

_GROUNDS = {
    "activity": "background",
    "side": "background",
    "panel": "background",
    "field": "surface",
    "widget": "surface",
    "notice": "panel",
}
"""Parts of the screen that the style sheets know, and what they stand on where a theme does not say."""
_ENDS = ("background", "foreground", "rule")

VARIABLE_DEFAULTS = {"muted": "gray", "rule": "gray"} | {
    f"{place}-{end}": "gray" for place in _GROUNDS for end in _ENDS
}
"""Our own variables, for themes of textual's that do not have them."""


def textual_theme(theme: Theme, depth: Depth) -> TextualTheme:
    """The theme for textual: at 16 colours and fewer the terminal's own, not converted to 24 bits."""
    colours = theme.colours[depth]
    native = depth in ("16", "none") or colours["background"].startswith("ansi_")
    rows = theme.own("list", depth)
    variables = {
        "muted": colours["muted"],
        "rule": colours["border"],
        "border": colours["primary"],
        "border-blurred": colours["border"],
        "footer-background": colours["panel"],
        "footer-foreground": colours["foreground"],
        "footer-key-foreground": colours["primary"],
        "footer-description-foreground": colours["foreground"],
        "block-cursor-background": rows["background"] if rows else colours["selection"],
        "block-cursor-foreground": rows["foreground"] if rows else colours["foreground"],
        "block-cursor-blurred-background": colours["selection"],
        "block-cursor-blurred-foreground": colours["foreground"],
        "input-selection-background": colours["selection"],
        "scrollbar": colours["border"],
        "scrollbar-background": colours["background"],
    }
    for place, ground in _GROUNDS.items():
        here = theme.own(place, depth) or {**colours, "background": colours[ground]}
        ends = (here["background"], here["foreground"], here["border"])
        variables |= {f"{place}-{end}": colour for end, colour in zip(_ENDS, ends, strict=True)}
    if native:
        variables |= {
            "ansi-background": "ansi_default",
            "ansi-foreground": "ansi_default",
            "block-cursor-background": "ansi_default",
            "block-cursor-foreground": "ansi_default",
            "block-cursor-text-style": "reverse",
            "block-cursor-blurred-text-style": "reverse",
            "input-cursor-background": "ansi_default",
            "input-cursor-foreground": "ansi_default",
            "input-cursor-text-style": "reverse",
            "input-selection-foreground": "ansi_default",
            "screen-selection-background": colours["selection"],
            "screen-selection-foreground": "ansi_black" if depth == "16" else "ansi_default",
        }
    return TextualTheme(
        name=f"{theme.name}@{depth}",
        primary=colours["primary"],
        secondary=colours["accent"],
        warning=colours["warning"],
        error=colours["error"],
        success=colours["success"],
        accent=colours["accent"],
        foreground=colours["foreground"],
        background=colours["background"],
        surface=colours["surface"],
        panel=colours["panel"],
        boost=colours["surface"],
        dark=theme.dark,
        ansi=native,
        variables=variables,
    )


class Pens:
    """Rich styles for widgets that draw their own lines: of a theme, a depth and a part of the screen."""

    def __init__(self, theme: Theme, depth: Depth, place: str = "") -> None:
        self.theme = theme
        self.depth = depth
        self._at = {place: self}
        own = theme.own(place, depth)
        self._colours = own or theme.colours[depth]
        self.glyphs = depth in theme.glyphs
        self.plain = self._pen("foreground")
        same = self._colours["muted"] == self._colours["foreground"]
        self.muted = self._pen("muted") + Style(dim=True if same else None)
        self.strong = self.plain + Style(bold=True)
        self.accent = self._pen("accent") + Style(bold=True)
        self.primary = self._pen("primary")
        self.success = self._pen("success")
        self.warning = self._pen("warning")
        self.error = self._pen("error") + Style(bold=True)
        self.cursor = Style(reverse=True, bold=True)
        rows = theme.own("list", depth)
        self.row = self._on(rows, rows["foreground"]) + Style(bold=True) if rows else self.cursor
        # in reverse the Linux console has but the dark half of its colours
        reverse = (self.plain if depth == "16" else self.primary) + Style(reverse=True)
        self.bar = self.plain if own else reverse

    def at(self, place: str) -> Pens:
        """The same for a part of the screen that may have colours of its own."""
        if place not in self._at:
            self._at[place] = made = Pens(self.theme, self.depth, place)
            made._at = self._at
        return self._at[place]

    def importance(self, step: int) -> Style:
        """The style of an importance step, from -4 to 8."""
        return self.plain + self.theme.style(step, self.depth)

    def pointed(self, style: Style) -> Style:
        """The style of what the cursor points at, here without the keys.

        In 16 colours without the fill: many terminals show bold letters in other, brighter colours, which
        are not read on it.
        """
        filled = self.depth == "16" and style.bgcolor is not None and not style.bgcolor.is_default
        return (self.plain if filled else style) + Style(underline=True, bold=True)

    def _pen(self, name: str) -> Style:
        return self._on(self._colours, self._colours[name])

    def _on(self, place: Mapping[str, str], colour: str) -> Style:
        return Style(color=_rich(colour), bgcolor=_rich(place["background"]))


def _rich(colour: str) -> str:
    return colour.removeprefix("ansi_")
