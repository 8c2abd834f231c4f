"""The desk's documents against a plain list, and who hears what the engine says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from hypothesis import given
from hypothesis import strategies as st
from textual.message import Message

from noiser.events import Explained
from noiser_tui.workbench import desk, question, state
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.engine import EngineTold, JobEnded, LoadModel
from tests.workbench.answers import explanation_of
from tests.workbench.fake import INFO


@dataclass(frozen=True)
class Sheet:
    """A page that notes what it hears."""

    kind: ClassVar[str] = "sheet"

    title: str
    job: int = 0
    error: str = ""
    note: str = ""
    status: str = ""
    told: tuple[Message, ...] = ()

    def heard(self, message: Message) -> Sheet:
        return replace(self, told=(*self.told, message))


steps = st.lists(
    st.one_of(
        st.just(("open",)),
        st.tuples(st.just("close"), st.integers(0, 9)),
        st.tuples(st.sampled_from(["turn", "move"]), st.integers(-3, 3)),
    ),
    max_size=30,
)


@given(steps)
def test_documents_are_opened_closed_turned_and_moved_as_a_list_is(steps: list[tuple]) -> None:
    now = desk.with_page(desk.empty_desk("fake"), Sheet("0"))
    names, at, ids, opened = ["0"], 0, {now.active_id}, 0
    for step in steps:
        if step[0] == "open":
            opened += 1
            now = desk.opened(now, Sheet(str(opened)))
            assert now.active_id not in ids, "an id is never given again"
            at += 1
            names.insert(at, str(opened))
        elif step[0] == "close":
            which = step[1] % len(names)
            now = desk.closed(now, now.documents[which].id)
            names.pop(which)
            if which < at or at == len(names):
                at = max(0, at - 1)
            if not names:
                assert now.active_id not in ids
                assert now.explanation is not None, "a blank one"
                now = desk.with_page(now, Sheet("fresh"))
                names = ["fresh"]
        elif step[0] == "turn":
            now = desk.turned(now, step[1])
            at = (at + step[1]) % len(names)
        else:
            now = desk.moved(now, step[1])
            to = min(max(0, at + step[1]), len(names) - 1)
            names.insert(to, names.pop(at))
            at = to
        ids |= {one.id for one in now.documents}
        assert [one.title for one in now.documents] == names
        assert now.active.title == names[at]


def two_runs() -> Desk:
    """Two explanations, each waiting for a run of its own."""
    now = desk.model_known(desk.empty_desk("fake", "first"), INFO)
    now = desk.with_page(now, replace(now.active.page, model=INFO))
    now = desk.with_page(now, state.run_asked(now.active.page, 7))
    now = desk.opened(now, desk.blank(now, "second"))
    return desk.with_page(now, state.run_asked(now.active.page, 8))


def test_each_run_is_heard_by_the_page_that_waits_for_it() -> None:
    now = two_runs()
    first, second = (one.id for one in now.documents)
    now = desk.heard(now, EngineTold(8, Explained(explanation_of("second"))))
    now = desk.heard(now, EngineTold(7, Explained(explanation_of("first"))))
    pages = {one.id: one.page for one in now.documents}
    assert pages[first].run.explanation == explanation_of("first")
    assert pages[second].run.explanation == explanation_of("second")
    assert (now.waits_for(7).id, now.waits_for(8).id) == (first, second)
    now = desk.heard(now, JobEnded(7, LoadModel("fake", {}), "Trouble.", model=INFO))
    pages = {one.id: one.page for one in now.documents}
    assert (pages[first].phase, pages[first].error) == ("ready", "Trouble.")
    assert (pages[second].phase, pages[second].error) == ("running", "")
    assert now.waits_for(7) is None
    assert now.waits_for(0) is None, "0 is no job"


def test_pages_of_every_kind_hear_everything() -> None:
    now = desk.opened(two_runs(), Sheet("a study"))
    message = EngineTold(7, Explained(explanation_of("first")))
    now = desk.heard(now, message)
    assert now.active.page.told == (message,)


def test_a_blank_page_has_the_model_and_the_options_but_no_target() -> None:
    now = two_runs()
    page = now.active.page
    asked = replace(page.request, method="occlusion", target="id:3", contrast="Rome")
    now = desk.with_page(now, replace(page, request=asked))
    blank = desk.blank(now)
    assert (blank.model, blank.text, blank.run_job) == (INFO, "", 0)
    assert (blank.request.method, blank.request.target, blank.request.contrast) == (
        "occlusion",
        None,
        None,
    )
    beside = desk.opened(now, Sheet("a study"))
    assert desk.blank(beside).request == blank.request, "of the last explanation there is"


def test_another_model_is_asked_for_on_every_page() -> None:
    now = desk.model_asked(two_runs(), "other", 9)
    for one in now.documents:
        assert (one.page.load_job, one.page.run_job, one.page.run.outcome) == (9, 0, "cancelled")
    assert (now.load_job, now.model_name) == (9, "other")
    failed = desk.model_known(now, INFO)
    assert (failed.load_job, failed.model_name) == (0, "fake"), "the one before is still there"


def test_a_document_is_edited_when_it_is_no_longer_its_file() -> None:
    now = desk.opened(two_runs(), desk.blank(two_runs(), "text"), path="/a/b.txt", saved="text")
    assert (now.active.title, now.active.edited) == ("b.txt", False)
    now = desk.with_page(now, question.prompt_changed(now.active.page, "text!"))
    assert now.active.edited
    assert not now.documents[0].edited, "no file, nothing to lose"
