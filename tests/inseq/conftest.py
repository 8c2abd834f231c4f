"""Models that Inseq loads, and what it makes of them."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest

from noiser.builtin import model_folder


class Theirs:
    """Inseq with a model, each method loaded once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loaded = functools.cache(self._loaded)

    def _loaded(self, method: str) -> Any:
        import inseq
        import torch

        return inseq.load_model(str(self.folder), method, model_kwargs={"dtype": torch.float32})

    def attribute(
        self, method: str, *prompts: str, then: str | None = " Paris.", **options: Any
    ) -> Any:
        """Inseq's own attribution of `then` after each prompt, or of two tokens that it generates."""
        if then is None:
            options["generation_args"] = {"max_new_tokens": 2}
        else:
            options["generated_texts"] = [prompt + then for prompt in prompts]
        return self.loaded(method).attribute(
            list(prompts), show_progress=False, pretty_progress=False, **options
        )


@pytest.fixture(scope="session")
def builtin() -> Theirs:
    """Inseq with the built-in model."""
    return Theirs(model_folder())


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Theirs:
    """Inseq with a tiny random Llama whose tokenizer puts <s> before every text."""
    from tests.tiny import save_tiny

    return Theirs(save_tiny(tmp_path_factory.mktemp("tiny"), "llama"))
