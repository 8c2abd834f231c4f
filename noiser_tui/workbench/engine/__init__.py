"""The engine of the workbench: jobs in, messages out; one daemon thread, no widget in sight."""

from noiser_tui.workbench.engine.adding import AddDraws
from noiser_tui.workbench.engine.context import Context, Post
from noiser_tui.workbench.engine.estimating import EngineEstimated, EstimateCost
from noiser_tui.workbench.engine.explaining import ExplainPrompt
from noiser_tui.workbench.engine.job import Job
from noiser_tui.workbench.engine.loading import LoadModel
from noiser_tui.workbench.engine.messages import EngineMessage, EngineTold, JobEnded, QueueChanged
from noiser_tui.workbench.engine.thread import Engine, EngineThread

__all__ = [
    "AddDraws",
    "Context",
    "Engine",
    "EngineEstimated",
    "EngineMessage",
    "EngineThread",
    "EngineTold",
    "EstimateCost",
    "ExplainPrompt",
    "Job",
    "JobEnded",
    "LoadModel",
    "Post",
    "QueueChanged",
]
