"""What comes from files and goes to them."""

from __future__ import annotations

from noiser_tui.workbench.actions.registry import action, later

_HERE = "!modal && document == 'explanation'"

action(
    "example",
    "Open an example prompt",
    "ctrl+o",
    help="Prompts the built-in model knows",
)(later("choosing:example"))

action(
    "save",
    "Save the file, else what the view has",
    "ctrl+s",
    short="Save",
    when="!modal && (focus == 'panel' || (document != 'study' && document != 'settings'))",
    help="An edited file; else the scores, or what the panel with the keys shows",
)(later("saving:save"))

action(
    "export",
    "Export …",
    "ctrl+k w",
    help="Any view to a file: metrics, search, next tokens, runs … as JSON, CSV, Markdown",
)(later("saving:export"))

action(
    "text_as_prompt",
    "Open the text as a prompt",
    "f5",
    when="!modal && document == 'text'",
    short="As a prompt",
    help="Settings, keys and themes are none by themselves",
)(later("text_room:as_prompt"))

action(
    "save_prompt",
    "Save the prompt to its file",
    "alt+w",
    when=_HERE,
    help="The text in the editor; a new one is asked for its name",
)(later("opening:save_prompt"))

_EXPLORER = "!modal && focus == 'side' && sideBar == 'explorer'"
action(
    "find_sample",
    "Find in the explorer",
    "ctrl+f",
    when=_EXPLORER,
    help="Among the prompts of the list under the cursor, else among all that is listed",
)(later("opening:find_sample"))

action(
    "read_explorer_again",
    "Read the explorer's folder again",
    "ctrl+r",
    when="!modal && sideBar == 'explorer' && focus == 'side'",
)(later("opening:read_explorer_again"))

action(
    "stop_fetching",
    "Stop fetching the data set",
    "escape",
    when=f"{_EXPLORER} && fetching && !running && !loading && !replaying && !listing && !zen",
    short="Stop",
    help="However silent its server is; nothing of it is kept. Folding it does the same",
    priority=False,
)(later("opening:stop_fetching"))

action(
    "explain_file",
    "Explain all prompts of a file",
    "ctrl+k f",
    help="One after the other, each kept in Runs; other work goes on in between",
)(later("list_room:explain_file"))

action(
    "explain_all_here",
    "Explain all prompts of the file under the cursor",
    "a",
    when=_EXPLORER,
    help="In the explorer, on a file of many prompts",
    priority=False,
)(later("list_room:explain_here"))

_LIST = "!modal && document == 'prompts'"
action(
    "list_run",
    "Explain the prompts that are left",
    "f5",
    when=f"{_LIST} && !running",
    short="Go on",
    help="Where none is left, those that failed",
)(later("list_room:start"))

action(
    "list_stop",
    "Explain no further prompts",
    "escape",
    "shift+f5",
    when=f"{_LIST} && running",
    short="Stop",
    help="After the one that is being explained; once more stops that one, too",
    priority=False,
)(later("list_room:stop"))

action("list_open", "Open the prompt or its run", when=_LIST, help="Enter, in a tab")(
    later("list_room:open_prompt")
)

action("picture", "Save a picture of the screen", "ctrl+k i", help="An SVG as it stands here")(
    later("saving:picture")
)
