"""In which ways a text is compared: methods, bounds, models, options of single methods, how many on top."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from noiser.comparison.result import Comparison
from noiser.comparison.rows import Given
from noiser.explanation import Explanation
from noiser.methods import METHODS
from noiser.request import BASELINES, REDUCTIONS


@dataclass(frozen=True)
class Ways:
    """What is asked of a comparison; `top` segments of two rows are compared, None: a quarter of all."""

    methods: tuple[str, ...] = ()
    bounds: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    own: Given = field(default_factory=dict)
    top: int | None = None

    @property
    def given(self) -> Given:
        """The options of the methods that are compared."""
        return {name: one for name, one in self.own.items() if name in self.methods and one}

    @property
    def over(self) -> str:
        """What differs from row to row, in a word."""
        every = (("models", self.models), ("methods", self.methods), ("bounds", self.bounds))
        several = [name for name, chosen in every if len(chosen) > 1]
        return several[0] if len(several) == 1 else "ways"

    def only_top_differs(self, other: Ways) -> bool:
        """Whether the rows are the same."""
        return replace(self, own=self.given, top=None) == replace(other, own=other.given, top=None)


def ways_of(comparison: Comparison) -> Ways:
    """Those of a comparison that is there: options as they were used, and as many on top."""
    rows = comparison.rows
    own: dict[str, Mapping[str, int | str]] = {}
    for one in comparison.explained:
        own.setdefault(one.method, _used(one))
    return Ways(
        _each(row.method for row in rows),
        _each(row.bound for row in rows if row.bound is not None),
        _each(row.model for row in rows),
        {name: one for name, one in own.items() if one},
        comparison.agreement.top,
    )


def _each(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _used(explanation: Explanation) -> dict[str, int | str]:
    """The options of its method with which it could be asked for again; not what else is told of it."""
    method = METHODS.get(explanation.method)
    taken = method.options if method is not None else frozenset()
    used = {name: explanation.options.get(name) for name in _TAKES if name in taken}
    return {
        name: value
        for name, value in used.items()
        if isinstance(value, int | str) and _TAKES[name](value)
    }


_TAKES: Mapping[str, Callable[[object], bool]] = {
    "samples": lambda value: isinstance(value, int),
    "layer": lambda value: isinstance(value, int),  # not as all layers, which nobody asks for
    "baseline": lambda value: value in BASELINES,
    "reduction": lambda value: value in REDUCTIONS,
}


def options_in_words(own: Given) -> str:
    """Options of single methods, the methods apart: lime samples 500 · occlusion baseline mean."""
    return " · ".join(
        f"{method} {', '.join(f'{name} {value}' for name, value in given.items())}"
        for method, given in own.items()
        if given
    )


def in_words(ways: Ways) -> str:
    """What was set beside the rows' names; empty where nothing was."""
    top = f"top {ways.top} in common" if ways.top is not None else ""
    return " · ".join(filter(None, (options_in_words(ways.given), top)))
