"""The judge that a model makes: the question, the cache, the model, and what its reply says."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from noiser.errors import Cancelled, NoiserError
from noiser.judge.cache import Cache, key_of
from noiser.judge.parsing import read_reply
from noiser.judge.protocol import Reply
from noiser.judge.question import ChatMessage, Settings, messages
from noiser.judge.talking import BatchTalker, Said, Talker


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
        chats = [messages(words) for words in questions]
        replies = [self._kept(words) for words in questions]
        missing = [i for i, said in enumerate(replies) if said is None]
        for i, said in zip(missing, self._say_each([chats[i] for i in missing]), strict=True):
            replies[i] = said
            if self._cache is not None and isinstance(said, Said):
                self._cache.keep(self.talker.name, self._place, self.settings, chats[i], said)
        with self._lock:
            self.asked += sum(isinstance(replies[i], Said) for i in missing)
            self.known += len(questions) - len(missing)
        return [
            read_reply(one.text) if isinstance(one, Said) else one
            for one in replies
            if one is not None
        ]

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

    def _kept(self, words: Sequence[str]) -> Said | NoiserError | None:
        return None if self._cache is None else self._cache.reply(self._key(words))

    def note(self, words: Sequence[str], target: str, *, first: bool, any_of_five: bool) -> None:
        """Keep beside a reply in the cache whether it named `target`."""
        if self._cache is not None and (said := self._cache.reply(self._key(words))) is not None:
            parsed = read_reply(said.text).parsed
            self._cache.judge(self._key(words), target, first, any_of_five, parsed)

    def _key(self, words: Sequence[str]) -> str:
        return key_of(self.talker.name, self._place, self.settings, messages(words))
