"""The judge that a model makes: the question, the cache, the model, and what its reply says."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from noiser.judge.cache import Cache, key_of
from noiser.judge.parsing import read_reply
from noiser.judge.protocol import Reply
from noiser.judge.question import Settings, messages
from noiser.judge.talking import Talker


class ModelJudge:
    """Asks `talker`, and only what `cache` does not know yet; safe to use from several threads.

    `asked` counts the questions that went to the model, `known` those that the cache answered.
    """

    def __init__(
        self, talker: Talker, cache: Cache | None = None, settings: Settings | None = None
    ) -> None:
        self.talker = talker
        self.settings = settings or Settings()
        self.asked = self.known = 0
        self._place = talker.place
        self._cache = cache
        self._lock = threading.Lock()

    def ask(self, words: Sequence[str]) -> Reply:
        """The completions of a text of which `words` are known; NoiserError where no reply came."""
        said = None if self._cache is None else self._cache.reply(self._key(words))
        fresh = said is None
        if said is None:
            chat = messages(words)
            said = self.talker.say(chat, self.settings)
            if self._cache is not None:
                self._cache.keep(self.talker.name, self._place, self.settings, chat, said)
        with self._lock:
            self.asked += fresh
            self.known += not fresh
        return read_reply(said.text)

    def note(self, words: Sequence[str], target: str, *, first: bool, any_of_five: bool) -> None:
        """Keep beside a reply in the cache whether it named `target`."""
        if self._cache is not None and (said := self._cache.reply(self._key(words))) is not None:
            parsed = read_reply(said.text).parsed
            self._cache.judge(self._key(words), target, first, any_of_five, parsed)

    def _key(self, words: Sequence[str]) -> str:
        return key_of(self.talker.name, self._place, self.settings, messages(words))
