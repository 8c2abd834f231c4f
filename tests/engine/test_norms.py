"""Norms of the packed run beside the networks' own modules."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from transformers.models.gemma.modeling_gemma import GemmaRMSNorm
from transformers.models.llama.modeling_llama import LlamaRMSNorm
from transformers.models.mistral.modeling_mistral import MistralRMSNorm
from transformers.models.qwen2.modeling_qwen2 import Qwen2RMSNorm
from transformers.models.qwen3.modeling_qwen3 import Qwen3RMSNorm

from noiser.model.packed.norms import RootMeanSquare, quick_norm

OWN = [LlamaRMSNorm, MistralRMSNorm, Qwen2RMSNorm, Qwen3RMSNorm, GemmaRMSNorm]


@pytest.mark.parametrize("kind", OWN)
@pytest.mark.parametrize("scale", [1e-4, 1.0, 300.0])
@torch.inference_mode()
def test_it_gives_what_the_module_gives(kind: type[nn.Module], scale: float) -> None:
    generator = torch.Generator().manual_seed(3)
    module = kind(48, eps=1e-5)
    module.weight.normal_(0.5, 0.3, generator=generator)
    x = scale * torch.randn(7, 3, 48, generator=generator)
    norm = quick_norm(module, plus_one=kind is GemmaRMSNorm)
    assert isinstance(norm, RootMeanSquare)
    before = x.clone()
    assert torch.allclose(norm(x), module(x), rtol=1e-5, atol=1e-6)
    assert torch.equal(x, before)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_where_the_modules_own_rounding_shows_it_stays(dtype: torch.dtype) -> None:
    module = LlamaRMSNorm(8).to(dtype)
    assert quick_norm(module, plus_one=False) is module


def test_what_is_no_such_norm_stays() -> None:
    module = nn.LayerNorm(8)
    assert quick_norm(module, plus_one=False) is module
    assert quick_norm(None, plus_one=False) is None


@torch.inference_mode()
def test_nothing_may_be_added_to_the_mean_square() -> None:
    module, x = LlamaRMSNorm(8, eps=0.0), torch.arange(1.0, 9.0)
    assert torch.allclose(quick_norm(module, plus_one=False)(x), module(x))
