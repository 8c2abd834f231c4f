"""A wrong request is told in one sentence, before anything is loaded."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from noiser.bounds import BOUNDS
from noiser.draws import NORMS
from noiser.errors import NoiserError, WrongUse, unknown
from noiser.methods import METHODS
from noiser.request import NORMALISATIONS, SPECIALS, Request
from noiser.units import GRANULARITIES


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"method": "noisr"}, "Unknown method 'noisr'. Did you mean 'noiser'?"),
        ({"method": "Oclusion"}, "Did you mean 'occlusion'?"),
        ({"method": "zzz"}, "Unknown method 'zzz'. Known: noiser"),
        ({"bound": "mn"}, "Unknown bound 'mn'. Did you mean 'min'?"),
        ({"bound": "norm_l2"}, "Did you mean 'norm-l2'?"),
        ({"bound": "MAX"}, "Did you mean 'max'?"),
        ({"norm": "5"}, "Unknown norm '5'."),
        ({"norm": "infinity"}, "Did you mean 'inf'?"),
        ({"normalisation": "positiv"}, "Did you mean 'positive'?"),
        ({"specials": "exlude"}, "Did you mean 'exclude'?"),
        ({"granularity": "sentances"}, "Did you mean 'sentence'?"),
        ({"zoom": -1, "granularity": "word"}, "zoom is -1, it must be from 0 to 100000."),
        ({"zoom": 2}, "zoom looks into words, sentences or lines"),
        ({"draws": 0}, "draws is 0, it must be from 1 to 100000."),
        ({"steps": 0}, "steps is 0, it must be from 1 to 50."),
        ({"steps": 51}, "steps is 51"),
        ({"generate": -1}, "generate is -1"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 2**32}, "seed is 4294967296"),
        ({"generate": 2, "target": "a"}, "takes no target"),
        ({"generate": 2, "contrast": "a"}, "takes no target and no contrast"),
        ({"reference": True, "specials": "exclude"}, "reference mode searches special tokens"),
        (
            {"reference": True, "method": "occlusion"},
            "the released code's numbers, which has no occlusion",
        ),
        ({"reference": True, "normalisation": "raw"}, "takes no other normalisation"),
        ({"reference": True, "target": "a"}, "own prediction only"),
        ({"reference": True, "contrast": "a"}, "own prediction only"),
        ({"reference": True, "granularity": "word"}, "reference mode explains tokens"),
    ],
)
def test_wrong_requests(options: dict[str, Any], says: str) -> None:
    with pytest.raises(WrongUse) as caught:
        Request(**options)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith((".", "?"))


def test_every_known_name_is_taken() -> None:
    for method in METHODS:
        Request(method=method)
    for bound in BOUNDS:
        Request(bound=bound)
    for norm in NORMS:
        Request(norm=norm)
    for normalisation in NORMALISATIONS:
        Request(normalisation=normalisation)
    for specials in SPECIALS:
        Request(specials=specials)
    for granularity in GRANULARITIES:
        Request(granularity=granularity, marks=("is",) if granularity == "span" else ())


def test_the_default_is_the_papers() -> None:
    request = Request()
    assert (request.method, request.bound, request.norm) == ("noiser", "min", "none")
    assert (request.normalisation, request.specials) == ("positive", "include")
    assert (request.seed, request.draws, request.steps) == (1, 10, 10)
    assert (request.target, request.contrast, request.generate) == (None, None, 0)
    assert not request.reference
    assert (request.granularity, request.zoom) == ("token", 0)


def test_an_unknown_name_far_from_all_gets_no_suggestion() -> None:
    assert "Did you mean" not in str(unknown("bound", "quantile", BOUNDS))
    assert isinstance(unknown("bound", "x", BOUNDS), NoiserError)


def test_a_request_is_checked_without_torch_or_transformers() -> None:
    program = (
        "import sys\n"
        "from noiser.request import Request\n"
        "from noiser.opening import open_record\n"
        "Request()\n"
        "assert not {'torch', 'transformers', 'inseq', 'textual'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
