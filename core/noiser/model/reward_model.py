"""A reward model as the engine sees it: embeddings in, one number for the whole text out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch

from noiser.chat import Chat, make_chat
from noiser.model.language_model import LanguageModel
from noiser.model.precision import at_least_float32
from noiser.prompt import Asked, Prompt

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class RewardModel(LanguageModel):
    """A causal body with a head of one output, read after the last token.

    What is called logits and distributions elsewhere is the reward here, shape (rows, 1), as it is.
    """

    def read(self, asked: Asked) -> Prompt:
        """The exact ids; a chat that ends with the assistant's message ends there for good."""
        if not isinstance(asked, str | Prompt):
            chat = asked if isinstance(asked, Chat) else make_chat(asked)
            asked = replace(chat, ended=chat.continues or chat.ended)
        return super().read(asked)

    @property
    def vocabulary(self) -> int:
        """The number of tokens that the model has embeddings for."""
        return int(self.network.get_input_embeddings().weight.shape[0])

    def read_out(self, logits: torch.Tensor) -> torch.Tensor:
        """The rewards as they are."""
        return logits

    def apart(self, one: torch.Tensor, other: torch.Tensor) -> float:
        """The distance of two rewards, a share of the larger one where that is beyond 1."""
        largest = torch.maximum(one.abs(), other.abs()).clamp_min(1.0)
        return float(((one - other).abs() / largest).mean())

    def _logits(self, embeddings: torch.Tensor, reads: int, **options: Any) -> torch.Tensor:
        # not the network's own forward: it looks for padding, and refuses rows where there is no token
        body = self.network.base_model(inputs_embeds=embeddings, **options)
        return at_least_float32(self.network.score(body.last_hidden_state[:, -1]))


def is_reward(config: Any) -> bool:
    """Whether a checkpoint says of itself that it has a sequence-classification head."""
    names = getattr(config, "architectures", None) or ()
    return any(name.endswith("ForSequenceClassification") for name in names)


def reward_fault(network: PreTrainedModel) -> str | None:
    """Why a network cannot be read as a reward model; None where it can."""
    head = getattr(network, "score", None)
    if head is None:
        return "its head is not called 'score'"
    if (outputs := int(network.config.num_labels)) != 1:
        return f"it sorts texts into {outputs} classes, and a reward is one number"
    return None
