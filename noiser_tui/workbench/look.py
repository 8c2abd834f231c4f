"""The theme and colour depth of this terminal, as textual and the drawn widgets need them."""

from __future__ import annotations

from rich.style import Style
from textual.theme import Theme as TextualTheme

from noiser_tui.look.depth import Depth
from noiser_tui.look.themes import Theme

VARIABLE_DEFAULTS = {"muted": "gray", "rule": "gray"}
"""Our own variables, for themes of textual's that do not have them."""


def textual_theme(theme: Theme, depth: Depth) -> TextualTheme:
    """The theme for textual: at 16 colours and fewer the terminal's own, not converted to 24 bits."""
    colours = theme.colours[depth]
    native = depth in ("16", "none") or colours["background"].startswith("ansi_")
    variables = {
        "muted": colours["muted"],
        "rule": colours["border"],
        "border": colours["primary"],
        "border-blurred": colours["border"],
        "footer-background": colours["panel"],
        "footer-foreground": colours["foreground"],
        "footer-key-foreground": colours["primary"],
        "footer-description-foreground": colours["foreground"],
        "block-cursor-background": colours["selection"],
        "block-cursor-foreground": colours["foreground"],
        "block-cursor-blurred-background": colours["selection"],
        "block-cursor-blurred-foreground": colours["foreground"],
        "input-selection-background": colours["selection"],
        "scrollbar": colours["border"],
        "scrollbar-background": colours["background"],
    }
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
    """Rich styles for widgets that draw their own lines, made once per theme and depth."""

    def __init__(self, theme: Theme, depth: Depth) -> None:
        self.theme = theme
        self.depth = depth
        self._colours = theme.colours[depth]
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
        # in reverse the Linux console has but the dark half of its colours
        self.bar = (self.plain if depth == "16" else self.primary) + Style(reverse=True)

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
        colour = self._colours[name]
        background = self._colours["background"]
        return Style(color=_rich(colour), bgcolor=_rich(background))


def _rich(colour: str) -> str:
    return colour.removeprefix("ansi_")
