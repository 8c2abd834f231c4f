"""Looking which models there are, and how much memory is free on each device."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from noiser_tui.workbench.engine.job import Job
from noiser_tui.workbench.engine.loading import KEPT
from noiser_tui.workbench.engine.messages import EngineMessage
from noiser_tui.workbench.engine.models import ModelRow, Place, model_rows

if TYPE_CHECKING:
    from noiser.model.available import AvailableModel
    from noiser.model.info import ModelInfo
    from noiser_tui.workbench.engine.context import Context


class ModelsSurveyed(EngineMessage):
    """The models that can be loaded, and the devices of this machine, the fastest kind first."""

    def __init__(self, number: int, rows: tuple[ModelRow, ...], places: tuple[Place, ...]) -> None:
        super().__init__(number)
        self.rows = rows
        self.places = places


@dataclass(frozen=True)
class SurveyModels(Job):
    """Say which models there are; folders among the `recent` ones count as well."""

    recent: tuple[str, ...] = ()
    short: ClassVar[bool] = True

    def run(self, context: Context) -> None:
        """Post them; no model needs to be loaded."""
        from noiser.model.available import available_models
        from noiser.model.shape import read_shape
        from noiser.model.weights import read_weights

        found = available_models()
        names = {model.name for model in found}
        found += [_folder(name) for name in self.recent if name not in names and _is_model(name)]
        weights = {model.name: read_weights(model.where) for model in found}
        shapes = {model.name: read_shape(model.where) for model in found}
        rows = model_rows(found, weights, context.held.info, self.recent, shapes)
        context.post(ModelsSurveyed(context.number, rows, places(context.held.info)))


def places(loaded: ModelInfo | None) -> tuple[Place, ...]:
    """Every device that a model can be loaded on, with what is free there now.

    Loading another model gives back what a large one that is `loaded` takes.
    """
    import torch

    from noiser.model.memory import free_bytes

    names = [f"cuda:{i}" for i in range(torch.cuda.device_count())]
    names += ["mps"] if torch.backends.mps.is_available() else []
    goes = loaded if loaded is not None and loaded.bytes > KEPT else None
    return tuple(
        Place(
            name,
            free_bytes(torch.device(name)),
            goes.bytes if goes is not None and goes.device == name else 0.0,
        )
        for name in [*names, "cpu"]
    )


def _is_model(name: str) -> bool:
    return (Path(name).expanduser() / "config.json").is_file()


def _folder(name: str) -> AvailableModel:
    from noiser.model.available import AvailableModel

    where = Path(name).expanduser()
    size = sum(file.stat().st_size for file in where.iterdir() if file.is_file())
    return AvailableModel(name, size, where, "folder")
