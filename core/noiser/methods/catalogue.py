"""Every attribution method, by family."""

from __future__ import annotations

from noiser.methods import costs
from noiser.methods.gradient_methods import GRADIENT_METHODS
from noiser.methods.method import Method

CATALOGUE: tuple[Method, ...] = (
    Method(
        "noiser",
        "bounded noise on each embedding",
        source="Madani et al. 2025",
        differs=(
            "Not in Inseq. The scale is searched as in the paper, without the calls that "
            "cannot change the answer."
        ),
        signed=True,
        kind="perturbation",
        module="noiser",
        searches=True,
        joint=True,
        released=True,
        cost=costs.noiser_cost,
        passes=costs.noiser_passes,
        variants=lambda request: request.draws,
        rounds=costs.noiser_rounds,
        reference_work=costs.noiser_reference_work,
    ),
    Method(
        "occlusion",
        "each embedding replaced by a neutral one",
        source="Zeiler and Fergus 2014",
        differs=(
            "Inseq gives the magnitude, this the signed difference, with the same baseline token."
        ),
        signed=True,
        kind="perturbation",
        module="occlusion",
        joint=True,
        ahead=True,
        options=frozenset({"baseline"}),
        cost=lambda n, request: (2 if request.zoom else 1) * n * n + n,
        passes=lambda n, request: 1.0,
    ),
    *GRADIENT_METHODS,
    Method(
        "value_zeroing",
        "how far each layer's output turns without a token's value vector",
        source="Mohebbi et al. 2023",
        differs=(
            "Compares the last block's own output, as published; Inseq's compares it after "
            "the final norm, and fails on Llama, Qwen2 and GPT-2."
        ),
        signed=False,
        kind="attention",
        module="value_zeroing",
        needs_target=False,
        options=frozenset({"layer"}),
        cost=lambda n, request: 2 * n + 2,
        whole=lambda n, request: (n + 2) / n,
        rounds=lambda request: 2,
    ),
    Method(
        "attention",
        "the last position's attention, mean over heads and layers",
        source="Bahdanau et al. 2015",
        differs="Inseq's numbers within 1e-5. The same for every target: it reads no prediction.",
        signed=False,
        kind="attention",
        module="attention",
        needs_target=False,
        released=True,
        cost=lambda n, request: 2 * n,
        whole=lambda n, request: 1 / n,
    ),
    Method(
        "attention_last",
        "the last position's attention in the last layer, mean over heads",
        source="Jain and Wallace 2019",
        differs="Not in Inseq. As ReAGent's release has it; the same for every target.",
        signed=False,
        kind="attention",
        module="attention",
        needs_target=False,
        released=True,
        cost=lambda n, request: 2 * n,
        whole=lambda n, request: 1 / n,
    ),
    Method(
        "attention_rollout",
        "attention followed from the last position down through all layers",
        source="Abnar and Zuidema 2020",
        differs=(
            "Not in Inseq. Half attention, half identity in each layer, as ReAGent's release "
            "has it; the same for every target."
        ),
        signed=False,
        kind="attention",
        module="attention",
        needs_target=False,
        released=True,
        cost=lambda n, request: 2 * n,
        whole=lambda n, request: 1.0,
    ),
    Method(
        "lime",
        "a linear model of the target around the prompt",
        source="Ribeiro et al. 2016",
        differs=(
            "Masks and weights are the paper's, one coefficient to each token, with "
            "intervals; Inseq fits one to each dimension of the embeddings."
        ),
        signed=True,
        kind="perturbation",
        module="lime",
        joint=True,
        options=frozenset({"samples", "baseline"}),
        cost=lambda n, request: costs.lime_rows(n, request) * n + n,
        rounds=costs.lime_looks,
        whole=costs.lime_rows,
    ),
    Method(
        "reagent",
        "importances moved by what random replacements do",
        source="Zhao and Shan 2024",
        differs=(
            "Inseq's procedure and constants, with at most 100 updates instead of 3,000 and "
            "stand-ins of the same kind of token."
        ),
        signed=False,
        kind="perturbation",
        module="reagent",
        joint=True,
        rewards=False,
        options=frozenset({"samples"}),
        cost=costs.reagent_cost,
        rounds=costs.reagent_rounds,
        whole=costs.reagent_rows,
    ),
    Method(
        "random",
        "uniform random scores, the baseline to beat",
        source="",
        differs="Not in Inseq. What has no higher score than this says nothing.",
        signed=False,
        kind="baseline",
        module="random",
        joint=True,
        needs_target=False,
        cost=lambda n, request: n,
    ),
)
