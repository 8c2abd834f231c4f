"""Text as terminal cells: prompts and model output are shown, never obeyed."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, split_graphemes

_CONTROL_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)}
_CONTROL_PICTURES[0x7F] = "␡"
_CONTROL_PICTURES |= dict.fromkeys(range(128, 160), "�")
# Marks that change the direction of what follows would move the cells of other tokens.
_CONTROL_PICTURES |= dict.fromkeys((*range(8234, 8239), *range(8294, 8298), 8206, 8207, 1564), "⸱")
_CONTROL_PICTURES |= {0x2028: "⏎", 0x2029: "⏎", 0xFEFF: "⸱", 0x200B: "⸱"}


def visible(text: str) -> str:
    """`text` with every control character, newline and tab included, as a visible one-cell symbol."""
    return text.translate(_CONTROL_PICTURES)


def cell_width(text: str) -> int:
    """The cells that `text`, made visible, takes on one line."""
    return cell_len(visible(text))


def one_line(text: str, width: int) -> str:
    """`text` made visible on one line of at most `width` cells, cut with an ellipsis."""
    shown = visible(text)
    if cell_len(shown) <= width:
        return shown
    kept, used = "", 0
    for start, end, cells in split_graphemes(shown)[0]:
        if used + cells > width - 1:
            break
        kept += shown[start:end]
        used += cells
    return kept + "…"


def starts_with_mark(text: str) -> bool:
    """Whether `text` begins with a combining mark, which a terminal draws onto the cell before it."""
    return bool(text) and unicodedata.combining(text[0]) != 0
