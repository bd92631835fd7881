"""Every state that the page can be in, in both languages, on a desk and on a phone.

What the page says is compared with what the server keeps of the visit (POST digits/session): answer, network,
run and downloads, curve and reports. STATES lists them; each is reached as a visitor reaches it, on a desk
and on a phone, and is then looked at again in the other language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from digits.errors import DataError
from digits.page.texts import text
from tests.support import web
from tests.support.browser import (
    DESK,
    ONE,
    PATIENCE,
    PHONE,
    SEVEN,
    draw,
    eventually,
    wait_for_answer,
    wait_for_state,
)
from tests.support.sites import TrainingSite

OpenPage = Callable[..., Any]

SHORT = {"epochs": 2, "batch_size": 50}
LONG = {"epochs": 20, "batch_size": 1}
HIGH_RATE = {"epochs": 1, "batch_size": 50, "learning_rate": 0.5}
VISITORS = {
    "desk, first in English": {**DESK, "locale": "en-GB"},
    "phone, first in Chinese": {**PHONE, "locale": "zh-CN"},
}
LANGUAGE = {"en-GB": "en", "zh-CN": "zh"}
TAGS = {"en": "en", "zh": "zh-CN"}


@pytest.fixture
def site(training_site: TrainingSite) -> str:
    return training_site.address


class Visitor:
    """A page, the words it should use, and what the server keeps of its visit."""

    def __init__(self, page: Any, site: TrainingSite, language: str) -> None:
        self.page, self.site, self.language = page, site, language

    def speak_the_other_language(self) -> None:
        self.language = "zh" if self.language == "en" else "en"
        self.page.locator("button.language").click()
        self.page.wait_for_function(
            "(tag) => document.documentElement.lang === tag", arg=TAGS[self.language]
        )

    def says(self, key: str, **values: object) -> str:
        return text(key, self.language, **values)

    def kept(self) -> dict[str, Any]:
        token = self.page.evaluate("sessionStorage.getItem('digits-session')")
        return dict(web.post(f"{self.site.address}/digits/session", json={"session": token}).json())

    def read(self, selector: str) -> str:
        return str(self.page.locator(selector).first.text_content()).strip()

    def train(self, **settings: object) -> None:
        page = self.page
        page.locator("#tab_train-button").click()
        page.wait_for_selector(".data-note:not(:empty)", timeout=PATIENCE)
        if not page.locator("#train details").evaluate("(fold) => fold.open"):
            page.locator("#train summary").click()
        for name, value in settings.items():
            page.locator(f"#train [name={name}]").fill(str(value))
        page.locator("#train .go").click()

    def ends(self, state: str) -> dict[str, Any]:
        wait_for_state(self.page, state)
        return self.kept()

    def name(self, entry: dict[str, Any]) -> str:
        """A network's name in the page's language."""
        values = dict(entry["name"]["values"])
        if "base" in values:
            values["base"] = self.name({"name": values["base"]})
        one = values.get("drawings") == 1
        return self.says(entry["name"]["key"] + ("_one" if one else ""), **values)


def percent_in(words: str) -> float:
    found = re.search(r"([\d.]+) ?%", words)
    assert found, words
    return float(found[1])


# ---- what must agree, whatever the state ---------------------------------------------------------


def agrees(visitor: Visitor) -> None:
    """Answer, networks, run, downloads, table and curve are those that the server keeps."""
    page = visitor.page
    for tab in ("code", "train"):  # Gradio mounts a tab when it is first opened
        page.locator(f"#tab_{tab}-button").click()
    page.wait_for_selector(".code-of:not(:empty)", state="attached")
    page.wait_for_selector(".data-note:not(:empty)", timeout=PATIENCE)
    eventually(page, lambda: all_agrees(visitor))


def all_agrees(visitor: Visitor) -> None:
    kept, page = visitor.kept(), visitor.page
    own = {one["id"]: one for one in kept.get("networks", [])}
    options = page.locator("#picker [name=network] option").all_text_contents()
    assert options[-len(own) :] == [visitor.name(one) for one in own.values()] or not own
    chosen = page.locator("#picker [name=network]").input_value()
    name = visitor.name(own[chosen]) if chosen in own else chosen
    if visitor.read(".answer-digit"):
        assert visitor.read(".answer-by").startswith(name)
    assert visitor.read(".code-of") == visitor.says("code_of", network=name)
    if kept.get("outcome"):
        outcome_agrees(visitor, kept)
    if chosen in own:
        assert name in visitor.read(".out-downloads h4")


def outcome_agrees(visitor: Visitor, kept: dict[str, Any]) -> None:
    outcome, run = kept["outcome"], kept["run"]
    named = visitor.name(outcome["network"])
    assert visitor.read(".out-name") == visitor.says("out_of", network=named)
    rows = visitor.page.locator(".runs tr")
    assert rows.count() == len(kept["runs"]) + 1
    assert rows.last.locator("td").first.text_content() == visitor.name(kept["runs"][-1])
    cells = visitor.page.locator(".confusion td:not(.share)").all_text_contents()
    assert [int(cell or 0) for cell in cells] == [
        count for row in outcome["confusion"] for count in row
    ]
    if run["state"] in ("done", "stopped"):
        assert percent_in(visitor.read("#train-status")) == pytest.approx(
            100 * outcome["accuracy"], abs=0.051
        )
        curve_agrees(visitor, run)


def curve_agrees(visitor: Visitor, run: dict[str, Any]) -> None:
    """As many points as reports, as many marks as tested epochs."""
    path = visitor.page.locator(".chart.accuracy .curve.test").get_attribute("d")
    assert len(re.findall("[ML]", path)) == len(run["curve"])
    assert visitor.page.locator(".chart.accuracy .mark").count() == len(run["past"])
    loss = visitor.page.locator(".chart.loss .curve.test").get_attribute("d")
    heights = {point.split()[1] for point in re.split("[ML]", loss)[1:]}
    assert len(heights) > 1  # no curve is flat by construction


# ---- the states ----------------------------------------------------------------------------------


def fresh(visitor: Visitor) -> None:
    assert visitor.read(".answer-line") == visitor.says("blank")
    assert visitor.kept() == {"serial": 0, "known": False}
    assert visitor.page.locator("#picker [name=network]").input_value() == "tutorial"


def running(visitor: Visitor) -> None:
    draw(visitor.page, SEVEN)
    visitor.train(**LONG)
    visitor.page.wait_for_selector(".run.drawn", timeout=PATIENCE)
    in_sight = """(selector) => {
        const box = document.querySelector(selector).getBoundingClientRect();
        return box.top >= 0 && box.bottom <= innerHeight;
    }"""
    for part in (
        "#train-status",
        ".run-loss",
        ".chart.accuracy",
        ".chart.loss",
        ".run .samples",
        ".own",
    ):
        visitor.page.wait_for_function(in_sight, arg=part)
    assert (
        visitor.page.locator("#train").is_hidden() or not visitor.page.locator(".go").is_visible()
    )
    run = visitor.kept()["run"]
    assert run["state"] == "running" and "10 → 10" not in visitor.read(".run-settings")
    for value in ("784 → 64 → 64 → 64 → 10", "20", "0.001"):
        assert value in visitor.read(".run-settings")
    counts = {"tested": "1,000", "quick": "1,000"}
    assert visitor.read(".run-words") in {
        visitor.says("run_right_now", **counts),
        visitor.says("run_right", tested="1,000"),
    }


def reloaded_in_mid_run(visitor: Visitor) -> None:
    running(visitor)
    visitor.page.reload()
    visitor.page.wait_for_selector("#answer .answer[data-serial]")
    visitor.page.locator("#tab_train-button").click()
    visitor.page.wait_for_selector('.run.drawn[data-state="running"]', timeout=PATIENCE)
    visitor.page.locator(".stop").click()
    kept = visitor.ends("stopped")
    visitor.page.wait_for_function(
        "document.querySelector('#picker [name=network]').value === 'yours-1'"
    )
    assert kept["run"]["network"]["id"] == "yours-1"
    agrees(visitor)


def stopped(visitor: Visitor) -> None:
    running(visitor)
    visitor.page.locator(".stop").click()
    kept = visitor.ends("stopped")
    assert visitor.says("run_stopped") in visitor.read(".run-note")
    assert kept["run"]["step"] < kept["run"]["steps"]


def done_twice(visitor: Visitor) -> None:
    """A second run with the pad on the first one's network: the answer is the second's."""
    draw(visitor.page, ONE)
    for number in (1, 2):
        visitor.train(**SHORT, seed=number)
        visitor.page.wait_for_function(
            f"document.querySelectorAll('.runs tr').length === {number + 1}", timeout=PATIENCE
        )
        wait_for_state(visitor.page, "done")
        wait_for_answer(visitor.page)
        named = visitor.says("network_run", number=number)
        visitor.page.wait_for_function(
            f"document.querySelector('.answer-by').textContent.startsWith({json.dumps(named)})"
        )
        said = (visitor.says("run_done"), visitor.says("run_in_use", network=named))
        note = visitor.says("sentence_join").join(said)
        assert note in visitor.read(".run-note")
        agrees(visitor)
    overlay = visitor.page.locator(".overlay select")
    overlay.select_option(label=visitor.says("network_run", number=1))
    assert visitor.page.locator(".chart.accuracy .curve.other").count() == 1


def back_to_the_shipped_one(visitor: Visitor) -> None:
    visitor.train(**SHORT)
    visitor.ends("done")
    visitor.page.locator(".run-note button").click()
    visitor.page.wait_for_function(
        "document.querySelector('#picker [name=network]').value === 'tutorial'"
    )
    named = visitor.says("network_run", number=1)
    assert visitor.says("run_kept", network=named) in visitor.read(".run-note")
    assert named in visitor.read(".out-downloads h4")  # still of the run above it


def nothing_learnt(visitor: Visitor) -> None:
    visitor.train(**HIGH_RATE)
    kept = visitor.ends("done")
    (note,) = kept["run"]["notes"]
    assert note["code"] == "nothing_learnt" and not kept["outcome"]["mistakes"]
    said = visitor.read(".run-notes")
    assert percent_in(said) == pytest.approx(100 * note["values"]["accuracy"], abs=0.051)
    assert visitor.says(f"note_why_{note['values']['reason']}", rate="0.5", steps="") in said


def went_on(visitor: Visitor) -> None:
    """From a network of another shape: the form and the note say which shape is trained."""
    visitor.train(**SHORT, width=16, layers=1)
    visitor.ends("done")
    visitor.page.locator("#train [name=width]").fill("32")
    visitor.page.locator("#train [name=start]").select_option("yours-1")
    assert "784 → 16 → 10" in visitor.read(".shape")
    visitor.page.locator("#train .go").click()
    visitor.page.wait_for_function(
        "document.querySelectorAll('.runs tr').length === 3", timeout=PATIENCE
    )
    assert [note["code"] for note in visitor.kept()["run"]["notes"]] == ["shape_kept"]
    assert "784 → 16 → 10" in visitor.read(".run-notes")
    first = visitor.says("network_run", number=1)
    assert first in visitor.page.locator(".runs tr").last.locator("td").nth(1).text_content()


def failed(visitor: Visitor) -> None:
    visitor.site.failures.append(DataError("mnist_download", reason="no network"))
    visitor.train(**SHORT)
    kept = visitor.ends("problem")
    assert kept["run"]["fault"]["code"] == "mnist_download"
    assert visitor.read(".run-note") == visitor.says("error.mnist_download")


def taught(visitor: Visitor) -> None:
    draw(visitor.page, SEVEN)
    visitor.page.locator("#teach [data-digit='1']").click()
    visitor.page.locator("#teach .learn").click()
    visitor.page.wait_for_selector('.lesson[data-state="done"]', timeout=PATIENCE)
    wait_for_answer(visitor.page)
    (own,) = visitor.kept()["networks"]
    assert visitor.name(own) in visitor.read(".lesson-note")
    assert own["kind"] == "taught"


STATES = [
    fresh,
    running,
    reloaded_in_mid_run,
    stopped,
    done_twice,
    back_to_the_shipped_one,
    nothing_learnt,
    went_on,
    failed,
    taught,
]


@pytest.mark.parametrize("who", VISITORS)
@pytest.mark.parametrize("reach", STATES, ids=lambda reach: reach.__name__)
def test_the_page_says_what_is_so(
    open_page: OpenPage, training_site: TrainingSite, reach: Callable[[Visitor], None], who: str
) -> None:
    settings = VISITORS[who]
    page = open_page(**settings)
    visitor = Visitor(page, training_site, LANGUAGE[settings["locale"]])
    reach(visitor)
    if page.locator('.run[data-state="running"]').count():
        page.locator(".stop").click()
        visitor.ends("stopped")
    agrees(visitor)
    nothing_scrolls_sideways(page)
    visitor.speak_the_other_language()
    agrees(visitor)
    nothing_scrolls_sideways(page)


def nothing_scrolls_sideways(page: Any) -> None:
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0


@pytest.mark.parametrize("who", VISITORS)
def test_waiting_in_line_is_the_headline(
    open_page: OpenPage, training_site: TrainingSite, who: str
) -> None:
    settings = VISITORS[who]
    language = LANGUAGE[settings["locale"]]
    one, other = (Visitor(open_page(**settings), training_site, language) for _ in range(2))
    one.train(**LONG)
    one.page.wait_for_selector(".run.drawn", timeout=PATIENCE)
    other.train(**SHORT)
    kept = other.ends("waiting")
    assert kept["run"]["place"] == 1
    for _ in LANGUAGE:
        assert other.read(".run-headline h3") == other.says("run_waiting", place=1)
        size = "getComputedStyle(document.querySelector('.run-headline h3')).fontSize"
        assert float(other.page.evaluate(size).removesuffix("px")) >= 28
        assert other.read(".run-headline p")
        other.speak_the_other_language()
    one.page.locator(".stop").click()
    one.ends("stopped")
    other.ends("done")
    agrees(other)
