"""What the panel shows: search, metrics, problems, output."""

from __future__ import annotations

from noiser_tui.workbench.actions.registry import action, later

_HERE = "!modal && document == 'explanation'"

action(
    "measure",
    "Measure this explanation",
    "alt+x",
    when=_HERE,
    help="Soft-NS, Soft-NC, faithfulness, what the top words keep, curves",
)(later("metrics_room:measure"))

action(
    "ask_judge",
    "Ask the judge",
    "alt+y",
    when=_HERE,
    help="Do the top words suffice to name the target?",
)(later("metrics_room:ask_judge"))

_METRICS = "!modal && focus == 'panel' && panel == 'metrics'"

action(
    "metrics_options",
    "Metrics: options",
    "shift+f6",
    help="Which, masks, seed, percents, grain, baseline, reference; kept in the settings",
)(later("metrics_room:metrics_options"))

action(
    "judge_options",
    "Judge: options",
    "shift+f7",
    help="Who is asked, what it is shown, its limits; kept in the settings",
)(later("metrics_room:judge_options"))

action(
    "metrics_in_full",
    "Metrics: in full",
    "enter",
    when=_METRICS,
    help="What was measured, in sentences, and all that the judge said",
    priority=False,
)(later("metrics_room:in_full"))

_SEARCH = "!modal && focus == 'panel' && panel == 'search'"

action(
    "replay",
    "Replay the search",
    "alt+a",
    when=_HERE,
    help="Step by step, four a second; Esc stops",
)(later("search_room:play"))

action(
    "stop_replay",
    "Stop the replay",
    "escape",
    when="!modal && document == 'explanation' && replaying && !zen && !running && !loading",
    priority=False,
)(later("search_room:stop"))

action(
    "search_scale",
    "Search: logarithmic or linear scale",
    "alt+l",
    when=_HERE,
    help="Of the brackets",
)(later("search_room:toggle_scale"))

action("step_back", "Search: step before", "left", when=_SEARCH)(later("search_room:step_back"))

action("step_on", "Search: next step", "right", when=_SEARCH)(later("search_room:step_on"))

action("first_step", "Search: first step", "home", when=_SEARCH)(later("search_room:first_step"))

action("last_step", "Search: its end", "end", when=_SEARCH)(later("search_room:last_step"))

action("next_problem", "Go to the next problem", "f8", help="Its sentence, and its token")(
    later("problem_room:next_problem")
)

action("previous_problem", "Go to the problem before", "shift+f8", help="Round the end")(
    later("problem_room:previous_problem")
)

action(
    "go_to_problem",
    "Go to the token of the problem",
    "enter",
    when="!modal && focus == 'panel' && panel == 'problems'",
    help="In the heat map",
    priority=False,
)(later("problem_room:go_to_problem"))

action("clear_output", "Clear output", "ctrl+k x", help="What was said so far is let go")(
    later("output_room:clear")
)
