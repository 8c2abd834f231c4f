"""Text as cells of a terminal or a picture: prompts and model output are shown, never obeyed."""

from __future__ import annotations

from unicodedata import category

_SYMBOLS: dict[int, str] = {code: chr(0x2400 + code) for code in range(0x20)}
_SYMBOLS |= {0x09: "→", 0x0A: "⏎", 0x7F: "␡", 0x2028: "⏎", 0x2029: "⏎"}
# C1 controls, and what neither UTF-8 nor XML can hold.
_SYMBOLS |= dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF), "�")
# Marks that turn the direction of what follows would move other tokens; zero-width ones hide.
_SYMBOLS |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "⸱")
_SYMBOLS |= dict.fromkeys((0x061C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF), "⸱")
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800")
"""Letters and marks without ink, beside what unicode counts as format (Cf)."""
_SELECTORS = (("\u180b", "\u180f"), ("\ufe00", "\ufe0f"), ("\U000e0000", "\U000e0fff"))
_JOINING = (("\u1161", "\u11ff"), ("\ud7b0", "\ud7fb"))
"""Parts of Korean syllables that have no width of their own."""
_INSIDE_LINES = {code: symbol for code, symbol in _SYMBOLS.items() if chr(code) not in "\t\n"}


def visible(text: str, *, lines: bool = False) -> str:
    """`text` with a one-cell symbol for whatever is a control character, is not seen or moves others.

    Newlines and tabs have symbols too, unless the `lines` of the text are to stay.
    """
    return text.translate(_INSIDE_LINES if lines else _SYMBOLS)


def by_itself(text: str) -> str:
    """`text` made visible where it stands alone, as between quotes.

    What is not seen is named, <U+200D>, and so is a mark without a letter of its own: it would stand on
    the quote before it, or take in the one behind.
    """
    shown, bare = "", True
    for character in text:
        kind = category(character)
        joins = kind[0] == "M" or any(first <= character <= last for first, last in _JOINING)
        if kind == "Cf" or character in _UNSEEN or _is_selector(character) or (joins and bare):
            shown += f"<U+{ord(character):04X}>"
            bare = True
        else:
            shown += character
            bare = kind[0] in "CZ"
    return visible(shown)


def _is_selector(character: str) -> bool:
    return any(first <= character <= last for first, last in _SELECTORS)


def cell_width(text: str) -> int:
    """The cells that `text`, made visible, takes on one line."""
    from rich.cells import cell_len  # here and below: whoever imports the engine needs no rich

    return cell_len(visible(text))


def graphemes(text: str) -> list[tuple[str, int]]:
    """What is drawn together, a letter with its marks or an emoji of several characters, with its cells."""
    from rich.cells import split_graphemes

    return [(text[start:end], cells) for start, end, cells in split_graphemes(text)[0]]


def one_line(text: str, width: int) -> str:
    """`text` made visible on one line of at most `width` cells, cut with an ellipsis."""
    shown = visible(text)
    if cell_width(shown) <= width:
        return shown
    kept, used = "", 0
    for grapheme, cells in graphemes(shown):
        if used + cells > width - 1:
            break
        kept += grapheme
        used += cells
    return kept + "…"
