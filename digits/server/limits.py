"""What anybody may ask of the server, and for how long it keeps what is theirs."""

from __future__ import annotations

# ---- requests ------------------------------------------------------------------------------------

MAX_JSON = 6_000_000  # bytes; the largest that the page sends is a picture of 4 million letters
MAX_UPLOAD = 12_000_000  # bytes of all the files of one request, and what surrounds them
MAX_PICTURE_LETTERS = 4_000_000  # the page sends at most 560 x 560 pixels as PNG, far below this
MAX_PICTURE_PIXELS = 2_000_000
QUICK_BODY = 15_000  # bytes: about 1,000 points; more may take longer than others should wait
QUICK_STROKES = 20  # the same of strokes: each takes longer than its points do

# ---- sessions ------------------------------------------------------------------------------------

SHORTEST_TOKEN, LONGEST_TOKEN = 16, 64  # letters: crypto.randomUUID() has 36
KEPT_SECONDS = 1800.0  # what is a session's own stays so long after its page was last heard of
MOST_SESSIONS = (
    2000  # at once; those with nothing of their own go first, then the longest unheard of
)
MOST_NETWORKS = 5  # of one session; the oldest goes first
MOST_PARAMETERS = 60_000_000  # of all kept networks, and what taught ones were before: 240 MB
MOST_RUNS = 12  # in a session's table
MOST_HANDED_IN = 3  # runs of a browser whose replies are kept for a retry, 0.1 MB each

# ---- training and teaching -----------------------------------------------------------------------

PATIENCE = 1.5  # s: a run whose page is silent for longer makes room as soon as somebody waits
MOST_DRAWINGS = 60  # to learn from at once: what can be prepared and learnt in two seconds
MOST_TEXT = 4_000_000  # letters of a file of drawings
