"""The first sentences of a text of prose, to be continued."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?][\"'”’)\]]*(?=\s+(\S))")
_SHORT = re.compile(
    r"(?:^|[\s(\"'“‘-])(?:[^\W\d_]|(?:[A-Za-z]{1,3}\.)+[A-Za-z]{1,3}|Adm|Bros|Capt|Co|Col|Corp|Dr|Fr|Gen|Gov|"
    r"Hon|Inc|Jr|Lt|Ltd|Maj|Messrs|Mr|Mrs|Ms|Mt|No|Prof|Rep|Rev|Sen|Sgt|Sr|St|ca|vs)$"
)
"""What a full stop after it shortens: an initial, letters with stops between, and what is seldom last."""


def first_sentences(text: str, count: int) -> str:
    """A text up to the end of its `count`-th sentence; all of it where it has no more.

    A sentence ends after one of . ! ? and what closes, where white space follows and after it no
    lower-case letter, unless the full stop belongs to an initial or an abbreviation that is seldom
    last ("Dr. J. R. Doe, Jr. (born 1912)" goes on).
    """
    text = text.strip()
    for end in _END.finditer(text):
        if end[1].islower() or (end[0] == "." and _SHORT.search(text, 0, end.start())):
            continue
        count -= 1
        if not count:
            return text[: end.end()]
    return text
