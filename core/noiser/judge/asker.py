"""The judge that a model makes: the question, the cache, the model, and what its reply says."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future

from noiser.errors import Cancelled, NoiserError
from noiser.judge.cache import Cache, key_of
from noiser.judge.parsing import read_reply
from noiser.judge.protocol import Reply
from noiser.judge.question import ChatMessage, Settings, messages
from noiser.judge.talking import BatchTalker, Said, Talker


class ModelJudge:
    """Asks `talker`, and only what `cache` does not know yet; safe to use from several threads.

    A question that another thread is asking already is waited for, not asked again. `asked` counts the
    questions that went to the model, `known` those that the cache or another thread answered.
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
        self._coming: dict[str, Future[Said | NoiserError]] = {}

    @property
    def batches(self) -> bool:
        """Whether several questions together cost less than each by itself."""
        return isinstance(self.talker, BatchTalker)

    def ask(self, words: Sequence[str]) -> Reply:
        """The completions of a text of which `words` are known; NoiserError where no reply came."""
        (reply,) = self.ask_each([words])
        if isinstance(reply, NoiserError):
            raise reply
        return reply

    def ask_each(self, questions: Sequence[Sequence[str]]) -> list[Reply | NoiserError]:
        """The same of several questions, together where the model can; an error in place of a reply."""
        keys = [self._key(words) for words in questions]
        with self._lock:
            others = {key: self._coming[key] for key in keys if key in self._coming}
            own = {key: Future[Said | NoiserError]() for key in keys if key not in others}
            self._coming |= own
        try:
            chats = {key: messages(words) for key, words in zip(keys, questions, strict=True)}
            replies = self._find({key: chats[key] for key in own})
            for key, said in replies.items():
                own[key].set_result(said)
        except BaseException as error:
            for one in own.values():
                one.set_exception(error)  # whoever waits for it meets the same
            raise
        finally:
            with self._lock:
                for key in own:
                    del self._coming[key]
        replies |= {key: one.result() for key, one in others.items()}
        with self._lock:
            self.known += len(others)
        found = [replies[key] for key in keys]
        return [read_reply(one.text) if isinstance(one, Said) else one for one in found]

    def _find(self, chats: dict[str, list[ChatMessage]]) -> dict[str, Said | NoiserError]:
        """The replies to some chats, each by its key: those that are kept, and what the model says."""
        replies: dict[str, Said | NoiserError] = {}
        if self._cache is not None:
            kept = {key: self._cache.reply(key) for key in chats}
            replies = {key: said for key, said in kept.items() if said is not None}
        missing = {key: chat for key, chat in chats.items() if key not in replies}
        known = len(replies)
        for key, said in zip(missing, self._say_each(list(missing.values())), strict=True):
            replies[key] = said
            if self._cache is not None and isinstance(said, Said):
                self._cache.keep(self.talker.name, self._place, self.settings, chats[key], said)
        with self._lock:
            self.asked += sum(isinstance(replies[key], Said) for key in missing)
            self.known += known
        return replies

    def _say_each(self, chats: list[list[ChatMessage]]) -> Iterator[Said | NoiserError]:
        if isinstance(self.talker, BatchTalker):
            yield from self.talker.say_each(chats, self.settings) if chats else ()
            return
        for chat in chats:
            try:
                yield self.talker.say(chat, self.settings)
            except Cancelled:
                raise
            except NoiserError as error:
                yield error

    def note(self, words: Sequence[str], target: str, *, first: bool, any_of_five: bool) -> None:
        """Keep beside a reply in the cache whether it named `target`."""
        if self._cache is not None and (said := self._cache.reply(self._key(words))) is not None:
            parsed = read_reply(said.text).parsed
            self._cache.judge(self._key(words), target, first, any_of_five, parsed)

    def _key(self, words: Sequence[str]) -> str:
        return key_of(self.talker.name, self._place, self.settings, messages(words))
