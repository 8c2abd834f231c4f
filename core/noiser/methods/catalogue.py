"""Every attribution method, by family."""

from __future__ import annotations

from noiser.methods import costs
from noiser.methods.method import Method

CATALOGUE: tuple[Method, ...] = (
    Method(
        "noiser",
        "bounded noise on each embedding",
        source="Madani et al. 2025",
        signed=True,
        kind="perturbation",
        module="noiser",
        searches=True,
        joint=True,
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
        signed=True,
        kind="perturbation",
        module="occlusion",
        joint=True,
        options=frozenset({"baseline"}),
        cost=lambda n, request: (2 if request.zoom else 1) * n * n + n,
        passes=lambda n, request: 1.0,
    ),
    Method(
        "random",
        "uniform random scores, the baseline to beat",
        source="",
        signed=False,
        kind="baseline",
        module="random",
        joint=True,
        needs_target=False,
        cost=lambda n, request: n,
    ),
)
