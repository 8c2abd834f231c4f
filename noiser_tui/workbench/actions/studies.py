"""What is done to studies: in a study's tab to that one, in the side bar to the one under the cursor."""

from __future__ import annotations

from noiser_tui.workbench.actions.registry import action, later

_SIDE = "focus == 'side' && sideBar == 'studies'"
_TAB = "document == 'study'"
_HERE = f"!modal && {_TAB}"

action(
    "study_new",
    "New study …",
    "ctrl+k u",
    help="From a preset or a template: a text first, then F5",
)(later("studies.acting:new_study"))
action(
    "study_run",
    "Run the study, or go on with it",
    "f5",
    when=f"{_HERE} && study != 'running'",
    short="Run",
    help="A process of its own: it goes on when the workbench is left",
)(later("studies.acting:run_study"))
action(
    "study_run_with",
    "Run the study with …",
    "shift+f2",
    "alt+q",
    when=f"{_HERE} && study != 'running'",
    help="Devices, Ray, a limit for each row, failed rows again, the judge and its limits; F5 keeps to them",
)(later("studies.acting:run_with"))
action(
    "study_stop",
    "Stop the study",
    "shift+f5",
    when=f"{_HERE} && !running && !loading && (study == 'running' || study == 'shared')",
    short="Stop",
    help="What is done is kept; F5 goes on",
)(later("studies.acting:stop_study"))
action(
    "study_export",
    "Export the study's table",
    "ctrl+s",
    when=f"{_HERE} && focus != 'panel'",
    short="Export",
    help="CSV, Parquet, LaTeX or Markdown",
)(later("studies.acting:export_study"))
action(
    "study_text",
    "The study's text, or its numbers",
    "f4",
    when=_HERE,
    short="Text",
    help="What it asks, to be edited; what it found",
)(later("studies.showing:turn_over"))

action(
    "study_measure",
    "Choose the study's measure",
    "f2",
    when=_HERE,
    short="Measure",
    help="Faithfulness, Soft-NS, answerability …, or all side by side",
)(later("studies.showing:measure"))
action(
    "study_against",
    "Compare with the method under the cursor",
    "f3",
    "v",
    when=f"{_HERE} && !typing && !listing",
    short="Versus",
    priority=False,
    help="Stars mark who differs from it: permutation test, after Holm",
)(later("studies.showing:compare_with"))
action(
    "study_next_measure",
    "The study's next measure",
    "m",
    when=f"{_HERE} && focus == 'document' && !typing",
    priority=False,
)(later("studies.showing:next_measure"))
action(
    "study_back",
    "From the samples back to the grid",
    "escape",
    when=f"{_HERE} && listing && !running && !loading && !replaying && !zen",
    priority=False,
)(later("studies.showing:back"))

for _key, _id, _title, _do in (
    ("n", "study_new_here", "New study (in the list)", "new_study"),
    ("r", "study_run_here", "Run the study (in the list)", "run_study"),
    ("o", "study_run_with_here", "Run the study with … (in the list)", "run_with"),
    ("s", "study_stop_here", "Stop the study (in the list)", "stop_study"),
    ("x", "study_export_here", "Export the study (in the list)", "export_study"),
):
    action(_id, _title, _key, when=f"!modal && {_SIDE}", priority=False)(
        later(f"studies.acting:{_do}")
    )
