"""A causal language model as the engine sees it: embeddings in, next-token logits out."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from noiser.chat import Chat, make_chat
from noiser.chat_prompt import read_chat
from noiser.errors import NoiserError, WrongUse
from noiser.model import trial
from noiser.model.precision import at_least_float32
from noiser.model.prefix import Prefix, new_cache, read_prefix
from noiser.prompt import Asked, Prompt, read_prompt
from noiser.token_bytes import byte_name

if TYPE_CHECKING:
    from transformers import DynamicCache, PreTrainedModel, PreTrainedTokenizerBase

    from noiser.model.info import ModelInfo
    from noiser.model.speed import Speed


class LanguageModel:
    """A loaded model and its tokenizer. Only `noiser.perturb` may call `next_logits` in a loop."""

    def __init__(
        self, network: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, info: ModelInfo
    ) -> None:
        self.network = network.eval().requires_grad_(False)
        self.turn = threading.RLock()
        """Held for each call of the network: some methods hook it, or set it otherwise, meanwhile."""
        self.tokenizer = tokenizer
        self.info = info
        self._texts: dict[int, str] = {}
        self._embedding = network.get_input_embeddings()
        parameters = inspect.signature(network.forward).parameters
        self._keeps_logits = "logits_to_keep" in parameters
        self.most_bytes: float | None = None
        """What a call may take since memory ran out; None where it never did."""
        self.speed: Speed | None = None
        """How fast changed rows run, once that was measured."""
        self.measured_bytes = (0.0, 1.0)
        """The size of the largest call whose memory was measured, and how far it was off."""

    @property
    def device(self) -> torch.device:
        """Where embeddings are computed and inputs go, also where the weights wait elsewhere."""
        device: torch.device = self._embedding.weight.device
        if device.type != "meta":
            return device
        # offloaded: accelerate brings the weights to this place when they are needed
        hook = getattr(self._embedding, "_hf_hook", None)
        place = getattr(hook, "execution_device", None)
        if place is None:
            raise NoiserError(
                f"The embeddings of {self.info.name} are offloaded to nobody knows where: "
                "try another device map.",
                change=("device_map",),
            )
        return torch.device(place)

    @property
    def end_ids(self) -> frozenset[int]:
        """Every token that ends a text: the tokenizer's, and those of the generation config."""
        config = getattr(self.network, "generation_config", None)
        told = getattr(config, "eos_token_id", None)
        ids = told if isinstance(told, (list, tuple)) else [told]
        return frozenset(int(i) for i in (*ids, self.tokenizer.eos_token_id) if i is not None)

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

    def read(self, asked: Asked) -> Prompt:
        """The exact ids of a text, or of a chat as the tokenizer's template has it.

        What was read already stays as it is. NoiserError when it is empty, no valid text, or longer
        than the model's context, or when the model has no template for a chat, or a broken one.
        """
        if isinstance(asked, Prompt):
            prompt = asked
        elif isinstance(asked, str):
            prompt = self._read_text(asked)
        else:
            chat = asked if isinstance(asked, Chat) else make_chat(asked)
            prompt = read_chat(self.tokenizer, chat, self.info.name)
        self.check_length(len(prompt))
        rows = int(self._embedding.weight.shape[0])
        if strange := [token for token in prompt.tokens if token.id >= rows]:
            raise NoiserError(
                f"{self.info.name} has no embedding for the token {strange[0].text!r}, which its "
                "tokenizer knows."
            )
        return prompt

    def _read_text(self, text: str) -> Prompt:
        if not text.strip():
            raise WrongUse("The prompt is empty: give some text to explain.")
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise WrongUse("The prompt is not valid UTF-8 text.")
        return read_prompt(self.tokenizer, text)

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

    @functools.cached_property
    def mean_embedding(self) -> torch.Tensor:
        """The mean of what the body receives for each id, shape (d,): half a second for 50,000 ids."""
        with torch.inference_mode():
            every = self.embed(range(int(self._embedding.weight.shape[0])))
            return every.double().mean(dim=0).to(every.dtype)

    @torch.inference_mode()
    def next_logits(
        self, embeddings: torch.Tensor, before: DynamicCache | None = None, reads: int = 1
    ) -> torch.Tensor:
        """Logits of the token after each row; (rows, n, d) → (rows, vocabulary), at least float32.

        With `before`, a cache from `Prefix.before`, the rows hold the positions after it only. More
        than one of `reads` gives those after each of so many last positions, (rows, reads, vocabulary).
        """
        options = {"use_cache": False} if before is None else {"past_key_values": before}
        return self._logits(embeddings, reads, **options)

    @torch.inference_mode()
    def clean_run(
        self, embeddings: torch.Tensor, reads: int = 1, stretch: int | None = None
    ) -> tuple[torch.Tensor, Prefix | None]:
        """Logits of one clean row, and its keys and values where the model keeps them plainly.

        With `stretch` the row runs so many positions at a time, each stretch after what is kept of those
        before it, which only a model without a `prefix_fault` can do.
        """
        cache = new_cache(self.network)
        if cache is None:
            return self.next_logits(embeddings, reads=reads), None
        length = embeddings.shape[1]
        last = length if stretch is None else min(length, max(stretch, reads))
        options = {"past_key_values": cache, "use_cache": True}
        for begin in range(0, length - last, last):
            self._logits(embeddings[:, begin : min(begin + last, length - last)], 1, **options)
        logits = self._logits(embeddings[:, length - last :], reads, **options)
        layers = int(self.network.config.get_text_config().num_hidden_layers)
        return logits, read_prefix(cache, embeddings.shape[1], layers)

    def readings(self, embeddings: torch.Tensor, reads: int = 1, **options: Any) -> torch.Tensor:
        """What an objective reads of whole rows, with gradients where they are enabled.

        (rows, n, d) → (rows, vocabulary) or (rows, reads, vocabulary). `options` go to the network.
        """
        return self.read_out(self._logits(embeddings, reads, use_cache=False, **options))

    def read_out(self, logits: torch.Tensor) -> torch.Tensor:
        """What an objective reads of logits: the next-token distributions."""
        return torch.softmax(logits, dim=-1)

    def apart(self, one: torch.Tensor, other: torch.Tensor) -> float:
        """How far two readings of one row are apart, logits of shape (1, vocabulary).

        The mean distance of the log-probabilities of the tokens that are most probable in the first.
        """
        top = one[0].topk(min(trial.COMPARED, one.shape[-1])).indices
        return float((one.log_softmax(-1) - other.log_softmax(-1))[0, top].abs().mean())

    def _logits(self, embeddings: torch.Tensor, reads: int, **options: Any) -> torch.Tensor:
        if self._keeps_logits:
            options["logits_to_keep"] = reads
        logits = self.network(inputs_embeds=embeddings, **options).logits
        return at_least_float32(logits[:, -1] if reads == 1 else logits[:, -reads:])

    def fragility(self, embeddings: torch.Tensor, first: int, second: int) -> torch.Tensor | None:
        """How fast noise on each position of a clean row moves one logit against another, shape (n,).

        The norm of the gradient of their difference; a forward and a backward run. None for models
        that are quantized or spread over devices, where gradients are not to be counted on.
        """
        if self.gradient_fault is not None:
            return None
        with torch.inference_mode(False), torch.enable_grad():
            leaf = embeddings.clone().requires_grad_()
            logits = self._logits(leaf, 1, use_cache=False)
            margin = logits[0, first] - logits[0, second]
            (gradient,) = torch.autograd.grad(margin, leaf)
        norms: torch.Tensor = gradient[0].float().norm(dim=-1)
        return norms

    @property
    def gradient_fault(self) -> str | None:
        """Why gradients through the network are not to be counted on; None where they are."""
        if self.info.quantization is not None:
            return f"is quantized ({self.info.quantization})"
        if "+" in self.info.device:
            return f"is spread over {self.info.device}"
        return None

    @functools.cached_property
    def prefix_fault(self) -> str | None:
        """Why rows cannot start from what was computed for the clean prompt; None where they can."""
        with self.turn:
            return trial.prefix_fault(self)

    @functools.cached_property
    def packed_fault(self) -> str | None:
        """Why rows cannot run packed, each from its own start; None where they can."""
        with self.turn:
            return trial.packed_fault(self)

    @property
    def vocabulary(self) -> int:
        """The number of tokens that the model gives probabilities to."""
        return int(self.network.get_output_embeddings().weight.shape[0])

    @functools.cached_property
    def call_price(self) -> float:
        """About how many positions through the body cost as much as one call by itself.

        A guess from the model's shape, the same on every run, so that batches are too: on a CPU a
        layer's call takes 1 ms by itself and two cores do 100 operations in a nanosecond (measured
        on the built-in model), on a GPU 0.3 ms and 200,000.
        """
        body = max(1, self.info.parameters - self.vocabulary * self.dim)
        layers = int(self.network.config.get_text_config().num_hidden_layers)
        layer_ns, operations = (1.0e6, 100) if self.device.type == "cpu" else (0.3e6, 200_000)
        return layers * layer_ns * operations / (2 * body)

    def token_text(self, id_: int) -> str:
        """The readable text of one id, with its leading space; bytes of a character as <F0>."""
        if id_ not in self._texts:
            self._texts[id_] = self._read_id(id_)
        return self._texts[id_]

    def _read_id(self, id_: int) -> str:
        if id_ >= len(self.tokenizer):  # vocabularies are often padded beyond the tokenizer's
            return f"<{id_}>"
        token = str(self.tokenizer.convert_ids_to_tokens(id_))
        text = str(self.tokenizer.decode([id_], clean_up_tokenization_spaces=False))
        if "\ufffd" in text:
            return byte_name(self.tokenizer, id_)
        return f" {text}" if token.startswith("▁") and not text.startswith(" ") else text
