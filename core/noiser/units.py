"""Units of a prompt: tokens that get their noise together, as words, sentences, lines or marked spans.

A unit is a tuple of consecutive positions. The units of a prompt cover each of its tokens once, in
order. Tokens that share a character never part, but for the granularity `token`, where each token
is a unit. A token without characters (a BOS) is a unit of its own; other tokens go with the unit
that their first character that is no space falls into.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal, TypeAlias, get_args

from noiser.errors import WrongUse
from noiser.prompt import Piece, Prompt, Token, pieces

Granularity = Literal["token", "word", "sentence", "line", "span"]
GRANULARITIES: tuple[Granularity, ...] = get_args(Granularity)
Unit: TypeAlias = tuple[int, ...]
Span: TypeAlias = tuple[int, int]
"""Characters of the prompt, from the first to before the last."""

_BREAKS = "\n\r\v\f\x85\u2028\u2029"
_CLOSING = "\"'”’»›)]}」』）】》"
_ENDS = ".!?…؟।"
_WIDE_ENDS = "。！？｡"
_GAP = re.compile(r"(?<=\S)\s+(?=\S)")
_WIDE_END = re.compile(rf"[{_WIDE_ENDS}][{_WIDE_ENDS}{re.escape(_CLOSING)}]*+(?=\S)")


def cut(prompt: Prompt, granularity: str, spans: Sequence[Span] = ()) -> tuple[Unit, ...]:
    """The units of a prompt; in a chat they end where its contents begin and end.

    Of the granularity `span` each of the `spans` is one, and every other token by itself.
    """
    if granularity == "span":
        return marked(prompt, spans)
    units = _cut(prompt, granularity)
    if not prompt.messages:
        return units
    return tuple(
        tuple(run)
        for unit in units
        for _, run in groupby(unit, key=lambda i: prompt.tokens[i].scaffold)
    )


def _cut(prompt: Prompt, granularity: str) -> tuple[Unit, ...]:
    if granularity == "word":
        return words(prompt)
    if granularity == "sentence":
        return sentences(prompt)
    if granularity == "line":
        return lines(prompt)
    return tokens(prompt)


def tokens(prompt: Prompt) -> tuple[Unit, ...]:
    """Each token by itself."""
    return tuple((position,) for position in range(len(prompt)))


def marked(prompt: Prompt, spans: Sequence[Span]) -> tuple[Unit, ...]:
    """The tokens that overlap each span as one unit, every other token by itself.

    WrongUse where a span lies outside the text, has no token, or shares one with another span.
    """
    atoms = [piece.positions for piece in pieces(prompt.text, prompt.tokens) if piece.positions]
    home: dict[int, Span] = {}
    for span in spans:
        if span[1] > len(prompt.text):
            raise WrongUse(
                f"The span {span[0]}:{span[1]} ends after the prompt's {len(prompt.text)} characters."
            )
        overlapping = set(_overlapping(prompt, span))
        inside = [number for number, atom in enumerate(atoms) if overlapping.intersection(atom)]
        if not inside:
            raise WrongUse(f"The span {span[0]}:{span[1]} has no token.")
        for atom in atoms[inside[0] : inside[-1] + 1]:
            if (other := home.get(atom[0])) is not None:
                raise WrongUse(
                    f"The spans {other[0]}:{other[1]} and {span[0]}:{span[1]} share the token "
                    f"{prompt.tokens[atom[0]].text!r}."
                )
            home[atom[0]] = span
    grouped = groupby(atoms, key=lambda atom: home.get(atom[0]) or atom)
    return tuple(tuple(i for atom in some for i in atom) for _, some in grouped)


def read_span(text: str) -> Span:
    """The characters that START:END means; WrongUse where it is not two numbers."""
    if (match := re.fullmatch(r"\s*(\d{1,9}):(\d{1,9})\s*", text, re.ASCII)) is None:
        raise WrongUse(f"The span {text!r} is not START:END, two numbers of characters.")
    return int(match[1]), int(match[2])


def find_spans(prompt: Prompt, spans: Sequence[Span], marks: Sequence[str]) -> tuple[Span, ...]:
    """The spans, and every occurrence of each of the marks, in the order of the text.

    In a chat, occurrences in nothing but the template are passed over. WrongUse where there is none.
    """
    found = set(spans)
    for mark in marks:
        every = (one.span() for one in re.finditer(re.escape(mark), prompt.text))
        own = {
            span
            for span in every
            if any(not prompt.tokens[i].scaffold for i in _overlapping(prompt, span))
        }
        if not own:
            raise WrongUse(f"{mark!r} does not occur in the prompt.")
        found |= own
    return tuple(sorted(found))


def _overlapping(prompt: Prompt, span: Span) -> list[int]:
    return [
        i for i, token in enumerate(prompt.tokens) if token.start < span[1] and span[0] < token.end
    ]


def words(prompt: Prompt) -> tuple[Unit, ...]:
    """What stands between white space, punctuation included, with the spaces before it.

    Line breaks go with the word before them. Scripts without spaces have words as long as phrases.
    """
    return _at(prompt, [_after_breaks(gap) for gap in _GAP.finditer(prompt.text)])


def lines(prompt: Prompt) -> tuple[Unit, ...]:
    """What stands between line breaks; empty lines go with the line before them."""
    gaps = _GAP.finditer(prompt.text)
    return _at(prompt, [_after_breaks(gap) for gap in gaps if _has_break(gap)])


def sentences(prompt: Prompt) -> tuple[Unit, ...]:
    """Sentences, by one plain rule; a line break ends one too.

    A sentence ends after one of . ! ? … ؟ । and any closing quotes and brackets, where white space
    follows and after it no lower-case letter ("e.g. this" and "“Stop!” he said" go on); and after
    。！？ and what closes, whatever follows. A number at the start of a line ("1. First") ends
    nothing; abbreviations before a capital are not known ("Dr. Who" is two).
    """
    text = prompt.text
    cuts = [_after_breaks(gap) for gap in _GAP.finditer(text) if _has_break(gap) or _ends(gap)]
    wide = [end.end() for end in _WIDE_END.finditer(text)]
    return _at(prompt, sorted({*cuts, *wide}))


def unit_text(text: str, tokens: Sequence[Token], unit: Unit) -> str:
    """The characters of a unit; the name of a token that stands for none."""
    first, last = tokens[unit[0]], tokens[unit[-1]]
    if len(unit) == 1:
        return first.text
    return text[first.start : last.end]


def unit_pieces(text: str, tokens: Sequence[Token], units: Iterable[Unit]) -> list[Piece]:
    """The prompt cut for display: one piece for each of the units, the other tokens one by one."""
    home = {i: unit[0] for unit in units for i in unit}
    result: list[Piece] = []
    waiting: list[Piece] = []  # characters of no token, which join a unit that goes on after them
    for piece in pieces(text, tokens):
        if not piece.positions:
            waiting.append(piece)
            continue
        here = home.get(piece.positions[0])
        before = result[-1] if result else None
        if here is not None and before is not None and home.get(before.positions[-1]) == here:
            between = "".join(one.text for one in waiting)
            positions = (*before.positions, *piece.positions)
            result[-1] = Piece(before.text + between + piece.text, positions)
        else:
            result += [*waiting, piece]
        waiting = []
    return result + waiting


def _at(prompt: Prompt, cuts: Sequence[int]) -> tuple[Unit, ...]:
    """The tokens grouped by the stretch of text between two of the ascending `cuts`."""
    result: list[Unit] = []
    for _, atoms in groupby(_atoms(prompt, cuts), key=lambda atom: atom[0]):
        result.append(tuple(i for _, positions in atoms for i in positions))
    return tuple(result)


def _atoms(prompt: Prompt, cuts: Sequence[int]) -> Iterator[tuple[tuple[int, int], Unit]]:
    """Tokens that never part, each with its stretch and, without characters, a number of its own."""
    offset = stretch = bare = 0
    for piece in pieces(prompt.text, prompt.tokens):
        if piece.positions and all(
            prompt.tokens[i].start == prompt.tokens[i].end for i in piece.positions
        ):
            bare += 1
            yield (-1, bare), piece.positions
            continue
        blank = len(piece.text) - len(piece.text.lstrip())
        seen = offset + (blank if blank < len(piece.text) else 0)
        offset += len(piece.text)
        while stretch < len(cuts) and cuts[stretch] <= seen:
            stretch += 1
        if piece.positions:
            yield (stretch, bare), piece.positions


def _has_break(gap: re.Match[str]) -> bool:
    return any(char in _BREAKS for char in gap[0])


def _after_breaks(gap: re.Match[str]) -> int:
    """Where what comes before a run of white space ends: after its last line break, if it has one."""
    return gap.start() + max(gap[0].rfind(char) for char in _BREAKS) + 1


def _ends(gap: re.Match[str]) -> bool:
    """Whether a sentence ends before a run of white space."""
    text, end = gap.string, gap.start() - 1
    while end > 0 and text[end] in _CLOSING:
        end -= 1
    if text[end] in _WIDE_ENDS:
        return True
    return text[end] in _ENDS and not text[gap.end()].islower() and not _numbers(text, end)


def _numbers(text: str, end: int) -> bool:
    """Whether what ends at `end` is the number of a point, first on its line."""
    start = end
    while start > 0 and text[start - 1].isdigit():
        start -= 1
    if start == end:
        return False
    while start > 0 and text[start - 1].isspace() and text[start - 1] not in _BREAKS:
        start -= 1
    return start == 0 or text[start - 1] in _BREAKS
