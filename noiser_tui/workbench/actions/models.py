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
    "Options of the model under the cursor",
    "d",
    when=_LIST,
    help="Precision, device, quantization, revision, what it is trusted with",
    priority=False,
)(later("models_room:options_of_pointed"))

action(
    "model_options",
    "Options of the model",
    "ctrl+k p",
    help="Precision, device, trust; it is loaded again with what is changed",
)(later("models_room:options"))

action("model_other", "Load another model", "ctrl+k h", help="By its hub id, or from a folder")(
    later("models_room:other")
)
