"""How much may be asked of a model that costs money."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from noiser.errors import NoiserError, WrongUse
from noiser.judge.question import ChatMessage, Settings

_CHARACTERS = 3
"""Of a question for each of its tokens: fewer than there are in most texts, so that the guess is high."""


class BudgetSpent(NoiserError):
    """A question was not asked because nothing is left to ask it with."""


class Budget:
    """Counts calls and tokens, and refuses a call that would go beyond what is allowed.

    Every request that is sent is a call, repeated ones too. Of a call on its way the tokens are guessed,
    rather high; when it is back, those that the server counted take the guess's place. None: no limit.
    """

    def __init__(self, max_calls: int | None = None, max_tokens: int | None = None) -> None:
        for option, value in (("max_calls", max_calls), ("max_tokens", max_tokens)):
            if value is not None and value < 0:
                raise WrongUse(f"{option} is {value}, it must be 0 or more.", change=(option,))
        self.max_calls = max_calls
        self.max_tokens = max_tokens
        self.calls = 0
        self.tokens = 0
        self._lock = threading.Lock()

    def reserve(self, messages: Sequence[ChatMessage], settings: Settings) -> int:
        """Take a call out of the budget and return the tokens guessed for it, or raise BudgetSpent."""
        guess = sum(len(one["content"]) for one in messages) // _CHARACTERS + settings.reply_tokens
        with self._lock:
            if not self._take(guess):
                raise self._refusal()
        return guess

    def settle(self, guess: int, tokens: int | None) -> None:
        """Put the tokens that were counted in the place of the guess; it stays where none were."""
        if tokens is not None:
            with self._lock:
                self._add(tokens - guess)

    def _take(self, guess: int) -> bool:
        """Count a call and its tokens where both are allowed; whether they are."""
        if self.max_calls is not None and self.calls >= self.max_calls:
            return False
        if self.max_tokens is not None and self.tokens + guess > self.max_tokens:
            return False
        self.calls += 1
        self.tokens += guess
        return True

    def _add(self, tokens: int) -> None:
        self.tokens += tokens

    def _refusal(self) -> BudgetSpent:
        if self.max_calls is not None and self.calls >= self.max_calls:
            return BudgetSpent(f"The budget of {self.max_calls:,} calls is spent.")
        return BudgetSpent(
            f"The budget of {self.max_tokens:,} tokens has no room for another call: "
            f"{self.tokens:,} are spent or on their way."
        )
