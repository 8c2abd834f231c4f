"""A causal language model as the engine sees it: embeddings in, next-token logits out."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from noiser.errors import NoiserError, WrongUse
from noiser.prompt import Prompt, byte_name, read_prompt

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from noiser.model.info import ModelInfo


class LanguageModel:
    """A loaded model and its tokenizer. Only `noiser.perturb` may call `next_logits` in a loop."""

    def __init__(
        self, network: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, info: ModelInfo
    ) -> None:
        self.network = network.eval()
        self.tokenizer = tokenizer
        self.info = info
        self._embedding = network.get_input_embeddings()
        parameters = inspect.signature(network.forward).parameters
        self._options: dict[str, Any] = {"use_cache": False}
        if "logits_to_keep" in parameters:
            self._options["logits_to_keep"] = 1

    @property
    def device(self) -> torch.device:
        """Where embeddings live and inputs go."""
        device: torch.device = self._embedding.weight.device
        return device

    @property
    def dim(self) -> int:
        """The embedding dimension d."""
        return int(self._embedding.weight.shape[-1])

    @property
    def noise_factor(self) -> float:
        """The factor the embedding module applies to raw embeddings, and so to noise on them.

        1 for most families; Gemma's √d, in the precision the model itself applies it with.
        """
        scale = getattr(self._embedding, "embed_scale", 1.0)
        if isinstance(scale, torch.Tensor):
            scale = scale.to(self._embedding.weight.dtype).item()
        return float(scale)

    def read(self, text: str) -> Prompt:
        """The prompt's exact ids.

        NoiserError when it is empty, no valid text, or longer than the model's context.
        """
        if not text.strip():
            raise WrongUse("The prompt is empty: give some text to explain.")
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise WrongUse("The prompt is not valid UTF-8 text.")
        prompt = read_prompt(self.tokenizer, text)
        self.check_length(len(prompt))
        rows = int(self._embedding.weight.shape[0])
        if strange := [token for token in prompt.tokens if token.id >= rows]:
            raise NoiserError(
                f"{self.info.name} has no embedding for the token {strange[0].text!r}, which its "
                "tokenizer knows."
            )
        return prompt

    def check_length(self, tokens: int) -> None:
        """NoiserError when a prompt of so many tokens is longer than the model's context."""
        context = self.info.context
        if context is not None and tokens > context:
            raise NoiserError(
                f"The prompt is {tokens:,} tokens long and {self.info.name} reads {context:,} at most."
            )

    @torch.inference_mode()
    def embed(self, ids: Sequence[int]) -> torch.Tensor:
        """What the body receives for `ids`, shape (n, d): the embedding module's own output."""
        rows: torch.Tensor = self._embedding(torch.tensor([list(ids)], device=self.device))
        return rows[0]

    @torch.inference_mode()
    def next_logits(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Logits of the token after each row; (rows, n, d) → (rows, vocabulary), at least float32."""
        logits: torch.Tensor = self.network(inputs_embeds=embeddings, **self._options).logits[:, -1]
        return logits if logits.dtype == torch.float64 else logits.float()

    def token_text(self, id_: int) -> str:
        """The readable text of one id, with its leading space; bytes of a character as <F0>."""
        if id_ >= len(self.tokenizer):  # vocabularies are often padded beyond the tokenizer's
            return f"<{id_}>"
        token = str(self.tokenizer.convert_ids_to_tokens(id_))
        text = str(self.tokenizer.decode([id_], clean_up_tokenization_spaces=False))
        if "\ufffd" in text:
            return byte_name(self.tokenizer, id_)
        return f" {text}" if token.startswith("▁") and not text.startswith(" ") else text
