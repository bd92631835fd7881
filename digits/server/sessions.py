"""What belongs to one visitor: their own network, its training, their language.

Every page load gets a fresh Visit, kept in a gr.State, so that nothing a visitor does is seen by
another or touches the shipped weights. The quick road that answers drawings (digits/reading.py) is no
Gradio event and so has no gr.State: it finds the visit by its token, a secret that only this visitor's
page knows. Next: digits/reading.py answers drawings, app.py wires the page.
"""

from __future__ import annotations

import secrets
import threading
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digits.network.backends import Backend


@dataclass(eq=False)
class Job:
    """A training under way; whoever sets `stop` ends it at its next report."""

    stop: threading.Event = field(default_factory=threading.Event)


class Visits:
    """The visits whose pages are open, by token; held weakly, so that gr.State decides their end."""

    def __init__(self) -> None:
        self._open: weakref.WeakValueDictionary[str, Visit] = weakref.WeakValueDictionary()

    def begin(self) -> Visit:
        """A fresh visit that `find` knows."""
        visit = Visit(self)
        self._open[visit.token] = visit
        return visit

    def find(self, token: object) -> Visit | None:
        """The visit with this token, or None if its page is gone or the server was restarted."""
        return self._open.get(token) if isinstance(token, str) else None


@dataclass(eq=False)
class Visit:
    """One page load. `own` is what the visitor trained, None before that; it answers as "yours"."""

    visits: Visits
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    language: str = "en"
    own: Backend | None = None
    taught_from: Backend | None = None  # what `own` was before it was taught the visitor's hand
    job: Job | None = None  # the training under way: one at a time
    runs: list[dict[str, Any]] = field(default_factory=list)  # for the table of this visit's runs

    def __deepcopy__(self, memo: dict[int, Any]) -> Visit:
        """Another visit: a gr.State gives each page (and API client) a copy of what it starts with.

        A function that begins a visit would do, too, but Gradio runs it as an event of its own while
        the page loads, so the first events might still see the visit before.
        """
        return self.visits.begin()
