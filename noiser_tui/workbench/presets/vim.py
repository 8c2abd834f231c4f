"""Keys as in vim, where no text is typed; the setting `keys.preset = "vim"` adds them to the usual ones.

    key              where                              does
    h j k l          coloured text, lists, tables       left, down, up, right
    g, G             there                              to the first, to the last
    Ctrl+D, Ctrl+U   there                              half a page down, up
    i                anywhere                           to the prompt, to type there
    Esc              the prompt, side bar, panel        to the coloured text
    :                anywhere                           the commands
    /                explorer; runs and settings have   to search
    H, L             anywhere                           the tab before, the next
    n, N             coloured text                      the next problem, the one before
    q                side bar, panel                    closes it

What vim has two keys for has one here: each of these letters acts at once. Where a view gives a letter a
meaning of its own (u unloads a model), that one counts.
"""

from __future__ import annotations

from noiser_tui.workbench.keymap import Rule

_FREE = "!modal && !typing"
_LISTS = f"{_FREE} && focus != 'none'"
_AROUND = (
    "!modal && !running && !loading && !zen"
    " && (focus == 'prompt' || focus == 'side' || focus == 'panel')"
)

VIM: tuple[Rule, ...] = (
    Rule("h", "move_left", _LISTS),
    Rule("j", "move_down", _LISTS),
    Rule("k", "move_up", _LISTS),
    Rule("l", "move_right", _LISTS),
    Rule("g", "move_first", _LISTS),
    Rule("G", "move_last", _LISTS),
    Rule("ctrl+d", "half_page_down", _LISTS),
    Rule("ctrl+u", "half_page_up", _LISTS),
    Rule("i", "focus_prompt", f"{_FREE} && document == 'explanation'"),
    Rule("escape", "focus_text", _AROUND),
    Rule("colon", "palette", _FREE),
    Rule("slash", "find_sample", f"{_FREE} && focus == 'side' && sideBar == 'explorer'"),
    Rule("H", "previous_tab", _FREE),
    Rule("L", "next_tab", _FREE),
    Rule("n", "next_problem", f"{_FREE} && focus == 'heat'"),
    Rule("N", "previous_problem", f"{_FREE} && focus == 'heat'"),
    Rule("q", "side", f"{_FREE} && focus == 'side'"),
    Rule("q", "panel", f"{_FREE} && focus == 'panel'"),
)
"""The rules, to stand after the usual ones: where both hold for a key, these count."""
