"""What the shell offers for an option; the names come from the engine's own registries."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def methods() -> list[tuple[str, str]]:
    """Attribution methods with what they are."""
    from noiser.methods import METHODS

    return [(method.name, method.what) for method in METHODS.values()]


def bounds() -> list[tuple[str, str]]:
    """Bounds with what they are."""
    from noiser.bounds import BOUNDS

    return [(bound.name, bound.what) for bound in BOUNDS.values()]


def norms() -> list[str]:
    """Norms the draws can be divided by."""
    from noiser.draws import NORMS

    return list(NORMS)


def normalisations() -> list[str]:
    """Ways from raw scores to scores."""
    from noiser.request import NORMALISATIONS

    return list(NORMALISATIONS)


def specials() -> list[str]:
    """What becomes of special tokens."""
    from noiser.request import SPECIALS

    return list(SPECIALS)


def searches() -> list[str]:
    """Ways to search the scale."""
    from noiser.request import SEARCHES

    return list(SEARCHES)


def metrics() -> list[str]:
    """What can be measured of an explanation."""
    from noiser.metrics.results import METRICS

    return list(METRICS)


def granularities() -> list[str]:
    """What can get its noise together."""
    from noiser.units import GRANULARITIES

    return list(GRANULARITIES)


def aggregates() -> list[str]:
    """Ways from the scores of tokens to that of a unit."""
    from noiser.aggregation import AGGREGATES

    return list(AGGREGATES)


def baselines() -> list[str]:
    """What can stand for nothing."""
    from noiser.request import BASELINES

    return list(BASELINES)


def reductions() -> list[str]:
    """Ways from hidden dimensions to one number."""
    from noiser.request import REDUCTIONS

    return list(REDUCTIONS)


def several(names: Callable[[], Sequence[str | tuple[str, str]]]) -> Callable[[str], list[str]]:
    """What completes a list with commas between: the names not in it yet, after what is there."""

    def complete(incomplete: str) -> list[str]:
        before, comma, _ = incomplete.rpartition(",")
        given = before.split(",")
        known = [name if isinstance(name, str) else name[0] for name in names()]
        return [f"{before}{comma}{name}" for name in known if name not in given]

    return complete


def models() -> list[tuple[str, str]]:
    """Models that load without the network."""
    from noiser.model.available import available_models

    return [(model.name, model.what) for model in available_models()]


def dtypes() -> list[str]:
    """Number types a model can be loaded in."""
    from noiser.model.options import DTYPES

    return list(DTYPES)


def trusts() -> list[str]:
    """What is refused unless it is trusted by name."""
    from noiser.model.options import TRUSTS

    return list(TRUSTS)


def devices() -> list[str]:
    """Kinds of device; asking torch which are there would take seconds."""
    return ["auto", "cpu", "cuda", "mps"]


def memories() -> list[str]:
    """Examples of a share of what is free and of a size."""
    return ["20%", "40%", "60%", "80%", "2GB", "8GB"]


def device_maps() -> list[str]:
    """Ways to spread one model over devices."""
    from noiser.model.options import DEVICE_MAPS

    return list(DEVICE_MAPS)


def themes() -> list[str]:
    """Colour themes."""
    from noiser_tui.look.themes import theme_names

    return theme_names()


def setting_keys() -> list[tuple[str, str]]:
    """Settings with what they are."""
    from noiser_tui.settings.schema import SETTINGS

    return [(key, setting.what) for key, setting in SETTINGS.items()]
