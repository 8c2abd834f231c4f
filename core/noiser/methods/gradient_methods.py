"""The methods by gradient, as the catalogue has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from noiser.methods.method import Method, Option

if TYPE_CHECKING:
    from noiser.request import Request

POINTS = 50
"""Points of a path where the user asks for no other number, as in Captum."""
SHAP_POINTS = 5
"""Those of gradient SHAP, as in Captum."""


def _one(n: int, request: Request) -> int:
    return 1


def _points(n: int, request: Request) -> int:
    return request.samples or POINTS


def _few_points(n: int, request: Request) -> int:
    return request.samples or SHAP_POINTS


def _points_of_each(n: int, request: Request) -> int:
    return n * _points(n, request)


def _method(
    name: str,
    what: str,
    source: str,
    differs: str,
    place: str,
    options: set[Option],
    gradients: Callable[[int, Request], int] = _one,
    each: int = 1,
    beside: int = 0,
    signed: bool = True,
    passes: float = 0.0,
) -> Method:
    """A method that takes so many `gradients`, of `each` so many rows, and runs rows `beside` them.

    A backward run counts as two forward ones; at most there is a third, where memory is short and
    layers run again. `passes` are those over all tokens by prefix.
    """
    return Method(
        name,
        what,
        source=source,
        differs=differs,
        signed=signed,
        kind="gradient",
        module=place,
        function=name,
        cost=lambda n, request: round(
            (4 * each * gradients(n, request) + beside + 1 + passes * n) * n
        ),
        passes=lambda n, request: passes,
        whole=lambda n, request: 3 * each * gradients(n, request) + beside,
        options=frozenset({"reduction", *options}),
    )


GRADIENT_METHODS: tuple[Method, ...] = (
    _method(
        "saliency",
        "the length of the gradient at each embedding",
        "Simonyan et al. 2014",
        "Inseq's numbers within 1e-5; with the reduction sum, the sum of magnitudes "
        "instead of the length.",
        "gradients",
        set(),
        signed=False,
    ),
    _method(
        "input_x_gradient",
        "each embedding times its gradient",
        "Shrikumar et al. 2016",
        "Inseq's numbers with the reduction l2; as it is, each score keeps its sign.",
        "gradients",
        set(),
    ),
    _method(
        "integrated_gradients",
        "gradients on the line from a baseline, summed",
        "Sundararajan et al. 2017",
        "Inseq's numbers with the reduction l2. Tells how far its sum misses the whole change.",
        "paths",
        {"samples", "baseline"},
        _points,
        beside=1,
    ),
    _method(
        "sequential_integrated_gradients",
        "the same, one token's line at a time",
        "Enguehard 2023",
        "Inseq's numbers with the reduction l2. Tells how far each token misses what "
        "occlusion takes.",
        "paths",
        {"samples", "baseline"},
        _points_of_each,
        passes=1.0,
    ),
    _method(
        "discretized_integrated_gradients",
        "gradients on a path over neighbouring words",
        "Sanyal and Ren 2021",
        "Inseq's numbers with the reduction l2, in every dtype and without scikit-learn.",
        "discretized",
        {"samples", "baseline"},
        _points,
    ),
    _method(
        "gradient_shap",
        "gradients at random points from a baseline",
        "Lundberg and Lee 2017",
        "Inseq's numbers with the reduction l2 and the same draws; here they come from the seed.",
        "paths",
        {"samples", "baseline"},
        _few_points,
        beside=1,
    ),
    _method(
        "deeplift",
        "slopes from a baseline in place of gradients",
        "Shrikumar et al. 2017",
        "Has the rescale rule for SiLU and GELU as well, where Inseq's is gradient times "
        "the change of input.",
        "deeplift",
        {"baseline"},
        each=2,
    ),
    _method(
        "layer_gradient_x_activation",
        "a layer's output times its gradient",
        "Captum",
        "Inseq's numbers with the reduction l2 at the same layer; the default is the "
        "middle one, there the embeddings.",
        "layers",
        {"layer"},
        beside=1,
    ),
    _method(
        "layer_integrated_gradients",
        "integrated gradients of a layer's output",
        "Captum",
        "Captum's on embeddings; Inseq's are all zeros on language models.",
        "layers",
        {"layer", "samples", "baseline"},
        _points,
        beside=3,
    ),
    _method(
        "layer_deeplift",
        "DeepLIFT of a layer's output",
        "Captum",
        "Captum's on embeddings, with the rule for SiLU and GELU; Inseq's are all zeros "
        "on language models.",
        "layers",
        {"layer", "baseline"},
        each=2,
        beside=2,
    ),
)
