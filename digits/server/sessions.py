"""What belongs to one visitor: their own networks, their training, their runs.

The page makes a token, a secret, and sends it with every question; nothing a visitor does is seen by another
or touches the shipped weights. What is theirs outlives a dropped connection and a phone's sleep: a session
ends only when its page was not heard of for KEPT_SECONDS, or when there is no more room.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from digits.errors import DigitsError
from digits.network.backends import Backend
from digits.network.registry import YOURS
from digits.server import limits
from digits.server.messages import (
    FineTuningMessage,
    FinishedRun,
    Name,
    NetworkEntry,
    Outcome,
    RunMessage,
    TrainedHere,
)

if TYPE_CHECKING:
    from digits.server.worker_threads import Feed

LOOK_EVERY = 1.0  # seconds between two looks for sessions to give up
TOKEN = re.compile(rf"[\w-]{{{limits.SHORTEST_TOKEN},{limits.LONGEST_TOKEN}}}", re.ASCII)


def is_token(token: object) -> bool:
    """Whether a session can have this token: 16 to 64 letters, digits, "-" and "_"."""
    return isinstance(token, str) and TOKEN.fullmatch(token) is not None


@dataclass(frozen=True, eq=False)
class OwnNetwork:
    """A network that a visitor trained or taught. `base` is what a taught one was before."""

    id: str
    name: Name
    kind: Literal["trained", "taught"]
    backend: Backend
    base: Backend | None = None
    base_name: Name | None = None


@dataclass(eq=False)
class Job:
    """A training or fine-tuning under way; whoever sets `stop` ends it at its next report."""

    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(eq=False)
class Session:
    """One visitor's page, and its reloads."""

    token: str
    heard: float  # when its page was last heard of, by the clock of Sessions
    networks: list[OwnNetwork] = field(default_factory=list)  # oldest first
    job: Job | None = None  # one at a time
    run: Feed[RunUpdate] | None = None  # the latest training, under way or over
    fine_tuning: Feed[FineTuningMessage] | None = None  # the latest
    runs: list[FinishedRun] = field(default_factory=list)
    serial: int = 0  # changes with what `state` tells
    trained: int = 0  # runs so far
    made: int = 0  # networks so far
    followers: int = 0  # connections of its page that are open
    is_over: bool = False  # forgotten or given up: nothing is kept for it any more
    # What its browser handed in, one at a time: the replies to the latest, by the runs' ids.
    handed_in: dict[str, TrainedHere] = field(default_factory=dict)
    handing_in: threading.Lock = field(default_factory=threading.Lock)
    keeping: threading.Lock = field(default_factory=threading.Lock)  # while its networks change

    @property
    def own(self) -> OwnNetwork | None:
        """The newest of its networks."""
        return self.networks[-1] if self.networks else None

    def find(self, network: str) -> OwnNetwork | None:
        """One of its networks by id; "yours" is the newest."""
        if network == YOURS:
            return self.own
        return next((one for one in self.networks if one.id == network), None)

    def keep(
        self,
        backend: Backend,
        name: Name,
        *,
        base: Backend | None = None,
        base_name: Name | None = None,
        replaces: OwnNetwork | None = None,
    ) -> OwnNetwork:
        """Make `backend` one of its networks, the newest; the oldest goes where there are too many."""
        kind: Literal["trained", "taught"] = "taught" if base else "trained"
        with self.keeping:  # a run may end while its browser hands in another
            self.made += 1
            backend.weights = f"{YOURS}-{self.made}"
            own = OwnNetwork(backend.weights, name, kind, backend, base, base_name)
            rest = [one for one in self.networks if one is not replaces]
            self.networks = [*rest, own][-limits.MOST_NETWORKS :]
            self.serial += 1
        return own

    def restore(self, backend: Backend, name: Name) -> OwnNetwork:
        """Keep a network that its browser had kept."""
        if name["key"] == "network_taught":  # what it was before is not known any more
            return self.keep(backend, name, base=backend, base_name=name["values"]["base"])
        self.trained = max(self.trained, int(name["values"]["number"]))
        return self.keep(backend, name)

    def end(self) -> None:
        """Stop what it does and let go of all that it holds."""
        self.is_over = True
        if self.job:
            self.job.stop.set()
        self.networks, self.runs, self.run, self.fine_tuning = [], [], None, None
        self.handed_in.clear()

    @property
    def backends(self) -> set[Backend]:
        """Its networks, and what the taught ones were before."""
        return {backend for one in self.networks for backend in (one.backend, one.base) if backend}


@dataclass(frozen=True)
class RunUpdate:
    """A run as its page shows it; `outcome` with the last word, `entry` names what came of it."""

    run: RunMessage
    outcome: Outcome | None = None
    entry: NetworkEntry | None = None


class Sessions:
    """All visitors' sessions, by token. May be asked from any thread."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        on_end: Callable[[], Any] = lambda: None,
    ) -> None:
        self.clock = clock
        self.on_end = on_end  # called when a session was given up: its memory can go back
        self._open: dict[str, Session] = {}  # the longest unheard of first
        self._lock = threading.RLock()
        self._looked = clock()  # for sessions to give up
        self._connections: dict[str, str] = {}  # a connection's id -> the token of its page

    def get_or_create(self, token: object) -> Session:
        """The session with this token, begun if need be; DigitsError if it can be no token."""
        if not is_token(token):
            raise DigitsError(
                "session_token", shortest=limits.SHORTEST_TOKEN, longest=limits.LONGEST_TOKEN
            )
        with self._lock:
            found = self.find(token)
            if found is None:
                found = self._open[str(token)] = Session(str(token), self.clock())
                self._make_room()
            return found

    def find(self, token: object) -> Session | None:
        """The session with this token, which is heard of by being asked for; None if there is none."""
        with self._lock:
            self._give_up_old()
            found = self._open.pop(token, None) if isinstance(token, str) else None
            if found:
                found.heard = self.clock()
                self._open[found.token] = found  # the latest heard of is the last
            return found

    def forget(self, token: object) -> bool:
        """Let go of all that is a session's own, at once; whether there was such a session."""
        with self._lock:
            found = self.find(token)
            if found:
                self._end(found)
            return found is not None

    def silence(self, session: Session) -> float:
        """Seconds since the session's page was last heard of; 0 while it is connected."""
        return 0.0 if session.followers else self.clock() - session.heard

    @contextmanager
    def following(self, session: Session) -> Iterator[None]:
        """The session's page listens for as long as the `with` lasts."""
        with self._lock:
            session.followers += 1
        try:
            yield
        finally:
            with self._lock:
                session.followers -= 1
                session.heard = self.clock()

    def connect(self, connection: str, token: object) -> None:
        """The page with this token holds a connection open: it is heard of until `disconnect`."""
        if not is_token(token) or not connection:
            return
        with self._lock:
            session = self.get_or_create(token)
            if connection not in self._connections:
                self._connections[connection] = session.token
                session.followers += 1

    def disconnect(self, connection: str) -> None:
        """The connection broke, or the page was closed: nobody can tell which."""
        with self._lock:
            token = self._connections.pop(connection, "")
            session = self._open.get(token)
            if session:
                session.followers -= 1
                session.heard = self.clock()

    def __len__(self) -> int:
        return len(self._open)

    def _give_up_old(self) -> None:
        if self.clock() - self._looked < LOOK_EVERY:
            return
        self._looked = self.clock()
        old = [one for one in self._open.values() if self.silence(one) > limits.KEPT_SECONDS]
        for session in old:
            self._end(session)

    def _make_room(self) -> None:
        """Give up sessions while there are too many, or too much in them; never the newest."""
        for empty_ones in (True, False):
            for session in self._longest_silent():
                if len(self._open) <= limits.MOST_SESSIONS:
                    break
                if not empty_ones or not (session.networks or session.job):
                    self._end(session)

    def _longest_silent(self) -> list[Session]:
        """All sessions but the newest, in the order in which they are given up: connected pages last."""
        return sorted(list(self._open.values())[:-1], key=self.silence, reverse=True)

    def check_weights(self) -> None:
        """Give up the longest unheard of sessions while all networks together are too large."""
        with self._lock:
            kept = self._count_parameters()
            for session in self._longest_silent():
                if kept <= limits.MOST_PARAMETERS:
                    return
                if session.networks:
                    self._end(session)
                    kept = self._count_parameters()

    def _count_parameters(self) -> int:
        """How many numbers all sessions' networks hold; one that several share counts once."""
        backends = set[Backend]().union(*(one.backends for one in self._open.values()))
        return sum(backend.card.config.parameters for backend in backends)

    def _end(self, session: Session) -> None:
        self._open.pop(session.token, None)
        # A page that comes back with the same connection is counted anew, one that leaves is not.
        for connection in [c for c, token in self._connections.items() if token == session.token]:
            del self._connections[connection]
        session.end()
        self.on_end()
