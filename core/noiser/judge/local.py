"""A judge on this machine: any instruct model that transformers loads, asked greedily."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.errors import NoiserError, WrongUse
from noiser.judge.budget import Budget
from noiser.judge.continuing import continuations
from noiser.judge.question import ChatMessage, Settings
from noiser.judge.talking import Said

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

TINY = "built-in"
"""The name of the judge that is shipped here. It knows the built-in facts and nothing else."""


def tiny_folder() -> Path:
    """The folder that holds the tiny judge's trained files."""
    return Path(__file__).parent / "model"


@dataclass(frozen=True)
class _Admitted:
    """A question as ids, and the tokens that the budget holds for it."""

    ids: list[int]
    guess: int


class LocalModel:
    """An instruct model by folder or hub id, with its own chat template; asked in padded batches.

    It is loaded when it is first asked; WrongUse or NoiserError as `noiser.load`, and where the model
    has no chat template. Setting `cancel` stops loading and answering: Cancelled.
    """

    def __init__(
        self,
        name: str = TINY,
        device: str = "auto",
        dtype: str = "auto",
        *,
        budget: Budget | None = None,
        cancel: threading.Event | None = None,
    ) -> None:
        self.name = name
        self._cancel = cancel
        self.budget = budget or Budget()
        self._source = str(tiny_folder()) if name == TINY else name
        self._how = (device, dtype)
        self._lock = threading.Lock()
        self._loaded: LanguageModel | None = None

    @property
    def place(self) -> str:
        """This machine and the version: the sizes and times of a folder's files, of the tiny its bytes."""
        folder = Path(self._source).expanduser()
        if not folder.is_dir():
            return f"local {self._how[1]}"
        seen = hashlib.sha256()
        for file in sorted(folder.glob("*")):
            if self.name == TINY and file.is_file():
                seen.update(file.read_bytes())
            elif file.is_file():
                stat = file.stat()
                seen.update(f"{file.name} {stat.st_size} {stat.st_mtime_ns} ".encode())
        return f"local {self._how[1]} {seen.hexdigest()[:16]}"

    def say(self, messages: Sequence[ChatMessage], settings: Settings) -> Said:
        """The greedy reply; NoiserError where the question is too long or memory runs out."""
        (said,) = self.say_each([messages], settings)
        if isinstance(said, NoiserError):
            raise said
        return said

    def say_each(
        self, chats: Sequence[Sequence[ChatMessage]], settings: Settings
    ) -> list[Said | NoiserError]:
        """The greedy replies in one padded batch: each the same as alone, to the rounding of arithmetic.

        What is too long, has no room in memory or in the budget has its error in place of a reply.
        """
        if settings.temperature != 0:
            raise WrongUse("A local judge is asked at temperature 0 only.")
        with self._lock:
            model = self._model()
            read = [self._admitted(model, messages, settings) for messages in chats]
            rows = [one for one in read if isinstance(one, _Admitted)]
            ids = [one.ids for one in rows]
            made = iter(continuations(model, ids, settings.reply_tokens, self._cancel))
            return [
                self._said(model, one, next(made)) if isinstance(one, _Admitted) else one
                for one in read
            ]

    def _admitted(
        self, model: LanguageModel, messages: Sequence[ChatMessage], settings: Settings
    ) -> _Admitted | NoiserError:
        try:
            ids = self._read(model, messages)
            return _Admitted(ids, self.budget.reserve(messages, settings))
        except NoiserError as error:
            return error

    def _said(
        self, model: LanguageModel, asked: _Admitted, made: list[int] | NoiserError
    ) -> Said | NoiserError:
        if isinstance(made, NoiserError):
            return made
        tokens = len(asked.ids) + len(made)
        self.budget.settle(asked.guess, tokens)
        return Said(str(model.tokenizer.decode(made, skip_special_tokens=True)), tokens)

    def _model(self) -> LanguageModel:
        if self._loaded is None:
            from noiser.model.loading import load

            device, dtype = self._how
            loaded = load(self._source, device=device, dtype=dtype, cancel=self._cancel)
            if not getattr(loaded.tokenizer, "chat_template", None):
                raise NoiserError(
                    f"{self.name} has no chat template: a local judge is an instruct model."
                )
            self._loaded = loaded
        return self._loaded

    def _read(self, model: LanguageModel, messages: Sequence[ChatMessage]) -> list[int]:
        try:
            text = model.tokenizer.apply_chat_template(
                list(messages), tokenize=False, add_generation_prompt=True
            )
        except Exception as error:  # whatever a template of others raises
            raise NoiserError(f"The chat template of {self.name} refuses the question.") from error
        ids = model.tokenizer(text, add_special_tokens=False)["input_ids"]
        model.check_length(len(ids))
        return list(ids)
