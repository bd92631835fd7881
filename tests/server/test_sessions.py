"""What is a visitor's own outlives a dropped connection, is found by their token alone, and is bounded."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from digits.errors import DigitsError
from digits.network.backends import TorchBackend
from digits.network.config import ModelConfig
from digits.network.metadata import Card
from digits.network.model import MLP
from digits.server import limits
from digits.server.messages import Name
from digits.server.sessions import Job, Session, Sessions

TOKEN = "0" * 36


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(clock)


def give_network(session: Session, number: int = 1) -> None:
    session.keep(TorchBackend(MLP(), Card()), {"key": "network_run", "values": {"number": number}})


def token(number: int) -> str:
    return f"{number:020}"


def test_a_session_is_found_by_its_token_only(sessions: Sessions) -> None:
    session = sessions.get_or_create(TOKEN)
    assert sessions.get_or_create(TOKEN) is session and sessions.find(TOKEN) is session
    for wrong in ("", "x", None, 7, [TOKEN], TOKEN + "0"):
        assert sessions.find(wrong) is None


@pytest.mark.parametrize(
    "wrong", ["", "short", "x" * 65, "a b" * 10, "ä" * 20, "x" * 20 + "\n", None, 7, [TOKEN], {}]
)
def test_what_can_be_no_token_begins_no_session(sessions: Sessions, wrong: object) -> None:
    with pytest.raises(DigitsError, match="16 to 64 letters"):
        sessions.get_or_create(wrong)
    assert len(sessions) == 0


def test_a_silent_page_keeps_its_network_for_ten_minutes_and_more(
    sessions: Sessions, clock: Clock
) -> None:
    give_network(sessions.get_or_create(TOKEN))
    for _ in range(3):
        clock.now += 600
        found = sessions.find(TOKEN)
        assert found and found.own  # and being asked for, it was heard of
    clock.now += limits.KEPT_SECONDS + 1
    assert sessions.find(TOKEN) is None and len(sessions) == 0


def test_a_dropped_connection_changes_nothing_at_once(sessions: Sessions, clock: Clock) -> None:
    sessions.connect("connection", TOKEN)
    session = sessions.get_or_create(TOKEN)
    give_network(session)
    clock.now += 10 * limits.KEPT_SECONDS  # open all day
    assert sessions.find(TOKEN) is session and sessions.silence(session) == 0
    clock.now += 60
    sessions.disconnect("connection")  # it was heard of until now
    sessions.disconnect("connection")  # told twice
    assert session.own and session.followers == 0
    clock.now += 700
    assert sessions.silence(session) == 700 and sessions.find(TOKEN) is session


def test_a_connection_ends_with_its_session(sessions: Sessions, clock: Clock) -> None:
    sessions.connect("stays", TOKEN)
    sessions.connect("leaves", TOKEN)
    assert sessions.forget(TOKEN)
    sessions.connect("stays", TOKEN)
    session = sessions.get_or_create(TOKEN)
    assert session.followers == 1  # counted again
    sessions.disconnect("leaves")  # belonged to what was forgotten
    assert session.followers == 1
    sessions.disconnect("stays")
    clock.now += limits.KEPT_SECONDS + 1
    assert sessions.find(TOKEN) is None


def test_what_is_given_up_stops_what_it_does_and_is_told(clock: Clock) -> None:
    told = []
    sessions = Sessions(clock, on_end=lambda: told.append(True))
    session = sessions.get_or_create(TOKEN)
    give_network(session)
    job = session.job = Job()
    clock.now += limits.KEPT_SECONDS + 1
    sessions.find("other")
    assert job.stop.is_set() and not session.networks and told == [True]


def test_many_sessions_push_out_those_that_hold_nothing_first(
    sessions: Sessions, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_SESSIONS", 3)
    give_network(sessions.get_or_create(TOKEN))
    for number in range(5):
        sessions.get_or_create(token(number))
    assert len(sessions) == 3 and sessions.find(TOKEN)
    for number in range(5, 9):
        give_network(sessions.get_or_create(token(number)))
    assert len(sessions) == 3 and sessions.find(token(8)) and not sessions.find(TOKEN)


def test_a_session_that_trains_is_not_empty(
    sessions: Sessions, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_SESSIONS", 2)
    sessions.get_or_create(TOKEN).job = Job()
    for number in range(3):
        clock.now += 1
        sessions.get_or_create(token(number))
    assert sessions.find(TOKEN) and sessions.find(token(2))


def test_all_networks_together_are_bounded(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_PARAMETERS", 2 * 59_210)
    for number in range(3):
        give_network(sessions.get_or_create(token(number)))
        sessions.check_weights()
    assert [sessions.find(token(number)) is not None for number in range(3)] == [False, True, True]


def test_a_connected_page_loses_its_networks_last(
    sessions: Sessions, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_PARAMETERS", 2 * 59_210)
    give_network(sessions.get_or_create(token(0)))
    sessions.connect("connection", token(0))
    for number in (1, 2):
        clock.now += 100
        give_network(sessions.get_or_create(token(number)))
    sessions.check_weights()
    assert [sessions.find(token(number)) is not None for number in range(3)] == [True, False, True]


def test_what_a_taught_network_was_before_counts_once(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_PARAMETERS", 4 * 59_210)
    shipped = TorchBackend(MLP(), Card())
    for number, base in enumerate((shipped, TorchBackend(MLP(), Card()), shipped)):
        taught = TorchBackend(MLP(), Card())
        session = sessions.get_or_create(token(number))
        session.keep(taught, {"key": "network_taught", "values": {}}, base=base)
        sessions.check_weights()
    assert [sessions.find(token(number)) is not None for number in range(3)] == [False, True, True]


def test_the_next_run_has_a_number_of_its_own_after_networks_were_handed_over(
    sessions: Sessions,
) -> None:
    session = sessions.get_or_create(TOKEN)
    for number in (5, 3):
        session.restore(
            TorchBackend(MLP(), Card()), {"key": "network_run", "values": {"number": number}}
        )
    assert session.trained == 5


def test_the_last_few_networks_are_kept_by_names_of_their_own(sessions: Sessions) -> None:
    session = sessions.get_or_create(TOKEN)
    for number in range(1, 8):
        give_network(session, number)
    assert [own.id for own in session.networks] == [f"yours-{n}" for n in range(3, 8)]
    assert session.find("yours-1") is None
    assert session.find("yours") is session.find("yours-7") is session.own


def test_networks_kept_at_the_same_time_are_all_there_each_with_an_id_of_its_own(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_NETWORKS", 10_000)
    session = sessions.get_or_create(TOKEN)
    name: Name = {"key": "network_run", "values": {"number": 1}}
    backends = [TorchBackend(MLP(ModelConfig(hidden=())), Card()) for _ in range(1000)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads take turns in the middle of everything
    try:
        with ThreadPoolExecutor(8) as threads:
            made = list(threads.map(lambda backend: session.keep(backend, name), backends))
    finally:
        sys.setswitchinterval(before)
    assert len({one.id for one in session.networks}) == len(session.networks) == len(made)
