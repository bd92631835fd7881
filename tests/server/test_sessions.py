"""Each page has a visit of its own, found by its secret alone and gone when its page is."""

from __future__ import annotations

import gc
from copy import deepcopy

import gradio as gr

from digits.server.sessions import Visits


def test_a_visit_is_found_by_its_token_only() -> None:
    visits = Visits()
    visit = visits.begin()
    assert visits.find(visit.token) is visit
    for wrong in ("", "x", None, 7, [visit.token]):
        assert visits.find(wrong) is None


def test_a_copy_is_another_visit() -> None:
    visits = Visits()
    visit = visits.begin()
    visit.language = "zh"
    other = deepcopy(visit)
    assert other.token != visit.token
    assert other.language == "en"
    assert visits.find(other.token) is other


def test_a_visit_ends_when_nobody_holds_it() -> None:
    visits = Visits()
    token = visits.begin().token
    gc.collect()
    assert visits.find(token) is None


def test_gradios_state_gives_each_session_its_own_and_keeps_it() -> None:
    visits = Visits()
    with gr.Blocks() as page:
        state = gr.State(visits.begin())
    from gradio.state_holder import SessionState

    one, two = SessionState(page), SessionState(page)
    assert one[state._id] is one[state._id]
    assert one[state._id] is not two[state._id]
    assert visits.find(one[state._id].token) is one[state._id]
