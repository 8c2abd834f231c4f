"""A judge on this machine: any instruct model that transformers loads, asked greedily."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noiser.errors import NoiserError, WrongUse
from noiser.judge.budget import Budget
from noiser.judge.question import ChatMessage, Settings
from noiser.judge.talking import Said

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

TINY = "built-in"
"""The name of the judge that is shipped here. It knows the built-in facts and nothing else."""


def tiny_folder() -> Path:
    """The folder that holds the tiny judge's trained files."""
    return Path(__file__).parent / "model"


class LocalModel:
    """An instruct model by folder or hub id, with its own chat template; one question at a time.

    It is loaded when it is first asked; WrongUse or NoiserError as `noiser.load`, and where the model
    has no chat template.
    """

    def __init__(
        self,
        name: str = TINY,
        device: str = "auto",
        dtype: str = "auto",
        *,
        budget: Budget | None = None,
    ) -> None:
        self.name = name
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
        if settings.temperature != 0:
            raise WrongUse("A local judge is asked at temperature 0 only.")
        with self._lock:
            model = self._model()
            ids = self._read(model, messages)
            guess = self.budget.reserve(messages, settings)
            made = _generate(model, ids, settings.reply_tokens)
        self.budget.settle(guess, len(ids) + len(made))
        text = str(model.tokenizer.decode(made, skip_special_tokens=True))
        return Said(text, len(ids) + len(made))

    def _model(self) -> LanguageModel:
        if self._loaded is None:
            from noiser.model.loading import load

            device, dtype = self._how
            loaded = load(self._source, device=device, dtype=dtype)
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


def _generate(model: LanguageModel, ids: list[int], most: int) -> list[int]:
    """The ids of the most probable continuation, token by token, up to an end or `most` of them."""
    import torch

    row = torch.tensor([ids], device=model.device)
    ends = sorted(model.end_ids)
    options: dict[str, Any] = {"eos_token_id": ends, "pad_token_id": ends[0]} if ends else {}
    if model.info.context is not None:
        most = max(1, min(most, model.info.context - len(ids)))
    try:
        made = model.network.generate(
            row,
            attention_mask=torch.ones_like(row),
            max_new_tokens=most,
            do_sample=False,
            num_beams=1,
            temperature=None,
            top_p=None,
            top_k=None,
            **options,
        )
    except torch.OutOfMemoryError as error:
        raise NoiserError(f"{model.info.name} has not enough memory to answer.") from error
    return [int(i) for i in made[0, len(ids) :]]
