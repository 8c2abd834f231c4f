"""The heat map as a piece of LaTeX, to be put into a paper with its input command."""

from __future__ import annotations

import re

from noiser.cells import visible
from noiser.explanation import Explanation
from noiser.export import wording
from noiser.prompt import SCAFFOLD, Role

_LINES = re.compile(r"(\r\n|\n|\r)|(\s+)|(\S+)")
_SPECIAL = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    **{"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"},
    **{"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"},
    **{"'": r"\textquotesingle{}", "`": r"\textasciigrave{}"},
    **{character: f"{{{character}}}" for character in "-,!?"},  # no ligatures: -- stays two
    **{"\t": r"$\rightarrow$", "→": r"$\rightarrow$", "⏎": r"$\hookleftarrow$"},
    **{"⸱": r"\textperiodcentered{}", "�": r"\textbf{?}"},
    **{chr(0x2400 + code): f"\\textless{{}}{code:02X}\\textgreater{{}}" for code in range(0x20)},
    **{"␡": r"\textless{}7F\textgreater{}"},
}
_HEAD = r"""% {question}
% {settings}
% In the preamble: \usepackage{{xcolor}}{unicode}
\begingroup
\definecolor{{noiserhot}}{{RGB}}{{232,116,59}}%
\definecolor{{noisercold}}{{RGB}}{{74,144,200}}%
\setlength{{\fboxsep}}{{0pt}}%
\def\noisertoken#1#2#3{{\colorbox{{noiser#1!#2!white}}{{\strut#3}}}}%
\noindent
"""
_UNICODE = "; compile with LuaLaTeX or XeLaTeX, and a font that has the characters below."


def render(explanation: Explanation) -> str:
    """One paragraph per generated target: its tokens on boxes, the stronger the more important.

    Spaces stay free, so that lines break between words. Negative scores are blue.
    """
    body = "\\par\\medskip\\noindent\n".join(_paragraph(one) for one in explanation.steps_explained)
    beyond = any(ord(character) > 0xFF for character in body)
    head = _HEAD.format(
        question=visible(wording.question(explanation)),
        settings=wording.settings(explanation),
        unicode=_UNICODE if beyond else "",
    )
    return f"{head}{body}\\par\n\\endgroup\n"


def _paragraph(explanation: Explanation) -> str:
    scored = explanation.pieces()
    top = max((abs(score) for _, score in scored if score is not None), default=0.0)
    parts = []
    for piece, score in scored:
        share = 0.0 if score is None or not top else score / top
        roles = {explanation.tokens[i].role for i in piece.positions}
        for newline, space, word in _LINES.findall(piece.text):
            if newline:
                parts.append(_box(escape("⏎"), share, roles) + "\\\\\n")
            elif space:
                parts.append(" " if space == " " else "\\ " * len(space))
            else:
                parts.append(_box(escape(word), share, roles))
    # a line of the file per word: what is long there cannot be read
    return "".join(parts).replace(" \\noisertoken", "\n\\noisertoken") + "%\n"


def _box(text: str, share: float, roles: set[Role]) -> str:
    if roles and roles <= SCAFFOLD:
        text = rf"\textcolor{{gray}}{{\texttt{{{text}}}}}"
    elif "generated" in roles:
        text = rf"\underline{{{text}}}"
    return rf"\noisertoken{{{'hot' if share >= 0 else 'cold'}}}{{{100 * abs(share):.1f}}}{{{text}}}"


def escape(text: str) -> str:
    """The text as LaTeX that shows it; what has no glyph anywhere is told by its code."""
    return "".join(_SPECIAL.get(one, one) for one in visible(text))
