"""What a judge's reply says: five completions, however the list is written."""

from __future__ import annotations

import re

from noiser.judge.protocol import Reply
from noiser.judge.question import ASKED

LONGEST = 8
"""Words that an answer may have; what is longer is a sentence, not an answer."""

_NUMBER = re.compile(r"\(?\d{1,2}(?:[.):,、．）](?!\d)|\s*[-–—])\s*")
_BULLET = re.compile(r"[-*•‣◦·–—]\s+")
_INLINE_NUMBER = re.compile(r"(?:^|(?<=[\s,;、]))\(?(\d{1,2})[.):、．）]\s*(?=\S)")
_COMMAS = re.compile(r"\s*[,;，、；،؛|]\s*|\s*\n\s*")
_FENCE = re.compile(r"^\s*```.*$", re.MULTILINE)
_THOUGHT = re.compile(r"^.*</think>", re.DOTALL)
_NOTE = re.compile(r"(?<=\S)\s+(?:[-–—]\s|\().*$")
_RULE = re.compile(r"([-–—=_*~#.])\1+")
_QUOTES = "\"'`*_“”‘’«»„‚「」『』《》"
_ENDS = ".,;:!?。，、；…"


def read_reply(raw: str) -> Reply:
    """The reply with its first five answers, without numbers, bullets, quotes and remarks.

    A numbered or bulleted list counts wherever it stands; without one the last line with commas in it
    does, or plain lines. It is parsed where five or more different answers were found.
    """
    text = _FENCE.sub("", _THOUGHT.sub("", raw)).strip()
    answers: dict[str, None] = {}  # in order, each once
    for part in _parts(text):
        answer = _bare(part)
        if answer and not _RULE.fullmatch(answer) and len(answer.split()) <= LONGEST:
            answers.setdefault(answer)
    first = tuple(answers)[:ASKED]
    return Reply(first, raw, len(first) == ASKED)


def _parts(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(numbered := _marked(lines, _NUMBER)) > 1:
        return numbered
    if len(inline := _inline(text)) > 1:
        return inline
    if len(bulleted := _marked(lines, _BULLET)) > 1:
        return bulleted
    if text.startswith("[") and text.endswith("]"):
        return _COMMAS.split(text[1:-1])
    for line in reversed(lines):
        after = line.rpartition(": ")[2]
        if len(parts := _COMMAS.split(after.strip("[]"))) >= ASKED:
            return parts
    return lines[1:] if lines and lines[0].endswith((":", "：")) else lines


def _marked(lines: list[str], mark: re.Pattern[str]) -> list[str]:
    """What stands after the mark on each line that begins with one."""
    found = ((mark.match(line), line) for line in lines)
    return [line[match.end() :] for match, line in found if match is not None]


def _inline(text: str) -> list[str]:
    """The items of a list on one line, "1. one 2. two", where the numbers count up from 1."""
    marks = list(_INLINE_NUMBER.finditer(text))
    if [int(mark[1]) for mark in marks] != list(range(1, len(marks) + 1)):
        return []
    ends = [*(mark.start() for mark in marks[1:]), len(text)][: len(marks)]
    return [text[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]


def _bare(part: str) -> str:
    """An answer without what is around it: quotes, emphasis, a remark after it, a full stop."""
    answer = _NOTE.sub("", part.strip())
    while answer and answer != (shorter := answer.strip().strip(_QUOTES).rstrip(_ENDS)):
        answer = shorter
    return answer
