"""The models of the side bar: what can be done to the one under the cursor."""

from __future__ import annotations

from noiser_tui.workbench.actions.registry import action, later

_LIST = "!modal && focus == 'side' && sideBar == 'models'"

action("model_load", "Load the model under the cursor", when=_LIST, help="Enter, in Models")(
    later("models_room:load_pointed")
)

action(
    "model_unload",
    "Unload the model",
    "u",
    when=_LIST,
    help="Its memory is given back",
    priority=False,
)(later("models_room:unload"))

action(
    "model_how",
    "Choose precision and device of the next model",
    "d",
    when=_LIST,
    help="float32, bfloat16 …, CPU or GPU",
    priority=False,
)(later("models_room:choose_how"))

action("model_other", "Load another model", help="By its hub id, or from a folder")(
    later("models_room:other")
)
