"""A judge behind the OpenAI protocol, at any address."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from noiser.errors import Cancelled, NoiserError, WrongUse
from noiser.judge.budget import Budget
from noiser.judge.pace import Pace, Patience, told_to_wait
from noiser.judge.question import ChatMessage, Settings
from noiser.judge.talking import Said

KEYS = ("NOISER_JUDGE_KEY", "OPENAI_API_KEY")
"""Where a key is looked for, in this order; a server that asks for none gets none that means anything."""
_NO_KEY = "none"
_PASSING = frozenset({408, 409, 425, 429})
"""What a server says when the same request may well succeed later, as it may after any 5xx."""


class _Broken(Exception):
    """A reply came that is no chat completion."""


class RemoteModel:
    """A chat model at `url`, spoken to with the openai client; requests are paced and repeated.

    WrongUse for an address that cannot be meant or has a password in it. `cancel` stops waiting. At most
    `at_once` requests are on their way, None: as many as there are threads that ask.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        budget: Budget | None = None,
        pace: Pace | None = None,
        patience: Patience | None = None,
        cancel: threading.Event | None = None,
        seed: int = 1,
        at_once: int | None = None,
    ) -> None:
        import openai

        if not name.strip():
            raise WrongUse("The judge's name is empty.")
        check_address(url, f"The judge's address {url!r}")
        self.name = name
        self.place = url.rstrip("/")
        self.budget = budget or Budget()
        self._patience = patience or Patience()
        self._pace = pace or Pace(None)
        self._cancel = cancel or threading.Event()
        self._room = nullcontext() if at_once is None else threading.BoundedSemaphore(at_once)
        self._rng = random.Random(seed)
        self._limit = "max_tokens"
        self._key = next((key for name in KEYS if (key := os.environ.get(name, "").strip())), "")
        self._client = openai.OpenAI(
            api_key=self._key or _NO_KEY,
            base_url=url,
            max_retries=0,  # its own would know nothing of the budget, the pace and Ctrl+C
            timeout=self._patience.timeout,
        )

    def say(self, messages: Sequence[ChatMessage], settings: Settings) -> Said:
        """The reply; what may pass is tried again. BudgetSpent, Cancelled or NoiserError if none comes."""
        import openai

        failures = 0
        while True:
            try:
                with self._room:
                    self._wait(self._pace.turn())
                    guess = self.budget.reserve(messages, settings)
                    said = self._once(messages, settings)
            except (openai.OpenAIError, _Broken, ValueError) as error:  # ValueError: of no JSON
                if self._other_limit(error):
                    continue
                failures += 1
                wait = (
                    self._patience.wait(failures, _told(error), self._rng)
                    if _passes(error)
                    else None
                )
                if wait is None:
                    raise NoiserError(
                        self._sentence(error, failures)
                    ) from None  # it may hold the key
                self._wait(wait)
            else:
                self.budget.settle(guess, said.tokens or None)
                return said

    def _once(self, messages: Sequence[ChatMessage], settings: Settings) -> Said:
        options: dict[str, Any] = {
            "model": self.name,
            "messages": list(messages),
            "temperature": settings.temperature,
            self._limit: settings.reply_tokens,
        }
        made: Any = self._client.chat.completions.create(**options)
        choices = getattr(made, "choices", None)
        message = (
            getattr(choices[0], "message", None) if isinstance(choices, list) and choices else None
        )
        content = getattr(message, "content", None)
        if message is None or not isinstance(content, str | None):
            raise _Broken
        counted = getattr(getattr(made, "usage", None), "total_tokens", 0)
        return Said(self._without_key(content or ""), counted if isinstance(counted, int) else 0)

    def _other_limit(self, error: Exception) -> bool:
        """Whether to try at once with the newer name of the limit, which some models insist on."""
        refused = getattr(error, "status_code", None) == 400
        if refused and self._limit == "max_tokens" and "max_completion_tokens" in str(error):
            self._limit = "max_completion_tokens"
            return True
        return False

    def _wait(self, seconds: float) -> None:
        if self._cancel.wait(seconds) if seconds > 0 else self._cancel.is_set():
            raise Cancelled

    def _sentence(self, error: Exception, failures: int) -> str:
        who = f"The judge {self.name} at {self.place}"
        often = f" (tried {failures} times)" if failures > 1 else ""
        return f"{who} {self._why(error)}{often}."

    def _why(self, error: Exception) -> str:
        import openai

        if isinstance(error, openai.APITimeoutError):
            return f"gave no answer within {self._patience.timeout:g} s"
        if isinstance(error, openai.APIConnectionError):
            return "cannot be reached, or the connection broke off"
        if isinstance(error, openai.AuthenticationError):
            given = "was given no key" if not self._key else "refuses the key it was given"
            return f"{given}: set {KEYS[0]} or {KEYS[1]}"
        if isinstance(error, openai.NotFoundError):
            return "is not there: check its name and its address, which often ends in /v1"
        if isinstance(error, openai.APIStatusError):
            return f"answers with HTTP {error.status_code}: {self._said(error)}"
        return (
            "sends replies that are no chat completions: check its address, which often ends in /v1"
        )

    def _said(self, error: Any) -> str:
        """What the server says of it, short, on one line, and without the key should it repeat it."""
        body = error.body
        if isinstance(body, dict):
            body = body.get("message") or body.get("error") or body
        text = self._without_key(
            " ".join(str(body).split()) if body else _phrase(error.status_code)
        )
        return (text[:200] + "…" if len(text) > 200 else text).rstrip(".")

    def _without_key(self, text: str) -> str:
        """What a server says, which may repeat what it was sent."""
        return text.replace(self._key, "[key]") if self._key else text


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "a status of its own"


def _passes(error: Exception) -> bool:
    """Whether the same request may succeed later."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return error.status_code in _PASSING or error.status_code >= 500
    return True  # no connection, no answer in time, or an answer cut off or of no sense


def _told(error: Exception) -> float | None:
    response = getattr(error, "response", None)
    return None if response is None else told_to_wait(response.headers.get("retry-after"))


def check_address(url: str, called: str) -> None:
    """WrongUse for an address that cannot be meant or has a key in it; `called` is how it is named."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise WrongUse(f"{called} is no address: it begins with https:// or http://.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise WrongUse(
            f"The judge's url holds more than an address: a key goes into {KEYS[0]}, where it is not "
            "shown."
        )
