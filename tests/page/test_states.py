"""Every state that the page can be in, in both languages, on a desk and on a phone.

What the page says is compared with what the server keeps of the visit (POST digits/session): answer, network,
run and downloads, curve and reports. STATES lists them; each is reached as a visitor reaches it, on a desk
and on a phone, and is then looked at again in the other language. A run that a restarted server
has lost is in tests/test_faults.py.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from digits.errors import DataError
from digits.page.texts import text
from tests.support import web
from tests.support.browser import (
    DESK,
    IN_SIGHT,
    ONE,
    PATIENCE,
    PHONE,
    RUN_PARTS,
    SEVEN,
    Line,
    draw,
    eventually,
    module,
    open_settings,
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
SEVERAL: list[Line] = [  # 1 7 1
    [(0.15, 0.3), (0.15, 0.7)],
    [(0.4, 0.3), (0.6, 0.29), (0.47, 0.7)],
    [(0.85, 0.3), (0.85, 0.7)],
]
DOT: list[Line] = [[(0.5, 0.5), (0.51, 0.5)]]
MOST_KEPT = 5  # networks of a visit: digits/server/limits.py
LOOKED_AT = """(address) => import(address).then(({ modules }) => {
    const { pack } = modules["core/base64.js"]();
    return pack(modules["services/state.js"]().state.get("answer").shown.image.bytes);
})"""


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

    @property
    def token(self) -> str:
        return str(self.page.evaluate("sessionStorage.getItem('digits-session')"))

    def kept(self) -> dict[str, Any]:
        question = {"session": self.token}
        return dict(web.post(f"{self.site.address}/digits/session", json=question).json())

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

    def train_here(self, **settings: object) -> None:
        """The same in this browser."""
        page = self.page
        page.locator("#tab_train-button").click()
        page.wait_for_selector(".data-note:not(:empty)", timeout=PATIENCE)
        page.locator("#train [name=engine]").select_option("browser")
        open_settings(page)
        for name, value in settings.items():
            page.locator(f"#train [name={name}]").fill(str(value))
        page.locator("#train .go").click()

    def stop(self) -> None:
        """As often as it takes: an order is lost where the network has only just come back."""
        page = self.page
        while page.locator('.run[data-state="running"]').count():
            page.locator(".stop").click()
            page.wait_for_selector(
                ".run:not([data-state=running]), .stop:not([aria-disabled=true])"
            )
        self.ends("stopped")

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
    found = re.search(r"([\d.]+)\s?%", words)
    assert found, words
    return float(found[1])


# ---- what must agree, whatever the state ---------------------------------------------------------


def agrees(visitor: Visitor) -> None:
    """Answer, networks, run, downloads, table and curve are those that the server keeps."""
    page = visitor.page
    for tab in ("code", "train"):  # Gradio mounts a tab when it is first opened
        page.locator(f"#tab_{tab}-button").click()
    page.wait_for_selector(".code-of:not(:empty)", state="attached")
    page.wait_for_selector(".data-note:not(:empty)", state="attached", timeout=PATIENCE)
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
    outcome, run = kept["outcome"], kept.get("run")  # no run: it learnt in the browser
    named = visitor.name(outcome["network"])
    assert visitor.read(".out-name") == visitor.says("out_of", network=named)
    rows = visitor.page.locator(".runs tr")
    assert rows.count() == len(kept["runs"]) + 1
    assert rows.last.locator("td").first.text_content() == visitor.name(kept["runs"][-1])
    cells = visitor.page.locator(".confusion td:not(.share)").all_text_contents()
    assert [int(cell or 0) for cell in cells] == [
        count for row in outcome["confusion"] for count in row
    ]
    if run is None or run["state"] in ("done", "stopped"):
        assert percent_in(visitor.read("#train-status")) == pytest.approx(
            100 * outcome["accuracy"], abs=0.051
        )
    if run and run["state"] in ("done", "stopped"):
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
    for part in RUN_PARTS:
        visitor.page.wait_for_function(IN_SIGHT, arg=part)
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
    # Gradio reloads a page that was cut off, too: its visitor must find the run without looking for it.
    visitor.page.locator('.run.drawn[data-state="running"]').wait_for(timeout=PATIENCE)
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
    """Nor does the pad blame the drawing."""
    draw(visitor.page, SEVEN)
    visitor.train(**HIGH_RATE)
    kept = visitor.ends("done")
    (note,) = kept["run"]["notes"]
    assert note["code"] == "nothing_learnt" and not kept["outcome"]["mistakes"]
    said = visitor.read(".run-notes")
    assert percent_in(said) == pytest.approx(100 * note["values"]["accuracy"], abs=0.051)
    assert visitor.says(f"note_why_{note['values']['reason']}", rate="0.5", steps="") in said
    visitor.page.locator("[data-text=out_mistakes]").click()
    visitor.page.wait_for_selector(".mistakes .none")
    assert visitor.read(".mistakes") == visitor.says("out_no_sure_mistakes")
    why = visitor.page.locator(".answer-why", has_text=visitor.says("why_untaught"))
    why.wait_for(state="attached", timeout=PATIENCE)


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
    visitor.page.wait_for_selector('.teach[data-state="done"]', timeout=PATIENCE)
    wait_for_answer(visitor.page)
    (own,) = visitor.kept()["networks"]
    assert visitor.name(own) in visitor.read(".teach-note")
    assert own["kind"] == "taught"


def not_a_digit(visitor: Visitor) -> None:
    draw(visitor.page, DOT)
    assert visitor.read(".answer-line") == visitor.says("unsure")
    assert visitor.read(".answer-why") == visitor.says("why_dots")


def several_digits(visitor: Visitor) -> None:
    """A run reads along the digit that is looked at, not all of them as one."""
    page = visitor.page
    draw(page, SEVERAL)
    assert visitor.read(".answer-line") == visitor.says("several_read", count=3)
    page.locator("#answer .several button").nth(1).click()
    page.wait_for_function("document.querySelectorAll('#answer .bar')[7].matches('.first')")
    looked_at = page.evaluate(LOOKED_AT, module(page))
    visitor.train(**SHORT)
    assert visitor.ends("done")["run"]["drawing"]["bytes"] == looked_at


def a_picture(visitor: Visitor) -> None:
    """Of several digits in a picture, too, one is compared and read along; a picture teaches nothing."""
    page = visitor.page
    paper = Image.new("L", (300, 120), 255)
    for left in (40, 140, 240):
        paper.paste(0, (left, 20, left + 9, 100))  # a 1
    content = io.BytesIO()
    paper.save(content, "PNG")
    file = {"name": "ones.png", "mimeType": "image/png", "buffer": content.getvalue()}
    page.locator("#pad [data-for=picture]").set_input_files(file)
    page.wait_for_function("document.querySelectorAll('#answer .several button').length === 3")
    assert visitor.read(".answer-line") == visitor.says("several_read", count=3)
    assert visitor.read(".teach-note") == visitor.says("teach_only_strokes")
    assert page.locator("#teach [data-digit='1']").is_disabled()
    looked_at = page.evaluate(LOOKED_AT, module(page))
    page.locator(".compare").click()
    page.wait_for_selector(".compare-lines li:nth-child(3)")
    for line in page.locator(".compare-lines li").all_inner_texts():
        assert re.search("[:：] ?1[,，]", line), line
    visitor.train(**SHORT)
    assert visitor.ends("done")["run"]["drawing"]["bytes"] == looked_at


def refused(visitor: Visitor) -> None:
    """What cannot be trained is not sent: the run before it stays."""
    visitor.train(**SHORT)
    before = visitor.ends("done")
    open_settings(visitor.page)
    visitor.page.locator("#train [name=learning_rate]").fill("1")
    visitor.page.locator("#train .go").click()
    name = visitor.says("field_learning_rate")
    said = visitor.read(".shape.wrong")
    assert said.startswith(name) and re.search(r"0\.0*1\D+0\.5", said), said
    assert visitor.kept() == before


def trained_here(visitor: Visitor) -> None:
    visitor.train_here(**SHORT)
    kept = visitor.ends("done")
    assert [one["id"] for one in kept["networks"]] == ["yours-1"]
    named = visitor.says("network_run", number=1)
    assert visitor.says("run_in_use", network=named) in visitor.read(".run-note")


def left_while_it_trained_here(visitor: Visitor) -> None:
    visitor.train_here(**LONG)
    visitor.page.wait_for_selector('.run.drawn[data-state="running"]', timeout=PATIENCE)
    assert visitor.read(".run-note") == visitor.says("engine_here")
    visitor.page.reload()
    visitor.page.wait_for_selector("#answer .answer[data-serial]")
    visitor.page.locator("#tab_train-button").click()
    note = json.dumps(visitor.says("engine_lost"))
    visitor.page.wait_for_function(
        f"document.querySelector('.run-note').textContent.trim() === {note}", timeout=PATIENCE
    )
    assert visitor.kept() == {"serial": 0, "known": False}


def server_gone(visitor: Visitor) -> None:
    """In the middle of a run: it goes on there, the pad goes on here."""
    page = visitor.page
    visitor.train(**LONG)
    page.wait_for_selector('.run.drawn[data-state="running"]', timeout=PATIENCE)
    page.context.set_offline(True)
    draw(page, SEVEN)
    note = json.dumps(visitor.says("run_unheard"))
    page.wait_for_function(
        f"document.querySelector('.run-note').textContent.trim() === {note}", timeout=PATIENCE
    )
    assert visitor.read(".answer-digit") == "7"
    page.context.set_offline(False)
    page.wait_for_function(
        f"document.querySelector('.run-note').textContent.trim() !== {note}", timeout=PATIENCE
    )
    assert visitor.kept()["run"]["state"] == "running"


def server_gone_before_it_began(visitor: Visitor) -> None:
    """Train is pressed while nobody hears it: the page does not say that it goes on."""
    page = visitor.page
    page.locator("#tab_train-button").click()
    page.wait_for_selector(".data-note:not(:empty)", timeout=PATIENCE)
    page.context.set_offline(True)
    page.locator("#train .go").click()
    draw(page, SEVEN)
    note = json.dumps(visitor.says("run_unsent"))
    page.wait_for_function(
        f"document.querySelector('.run-note').textContent.trim() === {note}", timeout=PATIENCE
    )
    page.context.set_offline(False)
    note = json.dumps(visitor.says("run_lost"))
    lost = f"document.querySelector('.run-note').textContent.trim() === {note}"
    page.wait_for_function(lost, timeout=PATIENCE)
    assert page.locator("#train .go").is_enabled()
    page.reload()
    page.locator("#tab_train-button").click()
    page.wait_for_function(lost, timeout=PATIENCE)


def lesson_away(visitor: Visitor) -> None:
    """The lesson is opened while the network is away; it comes by itself."""
    page = visitor.page
    page.context.set_offline(True)
    page.locator("#tab_learn-button").click()
    page.locator("#learn .working", has_text=visitor.says("learn_away")).wait_for()
    page.context.set_offline(False)
    page.wait_for_selector("#learn .lesson-step h2, #learn .lesson-step h3", timeout=PATIENCE)
    page.locator("#tab_see-button").click()


def more_networks_than_are_kept(visitor: Visitor) -> None:
    for number in range(1, MOST_KEPT + 2):
        visitor.train(epochs=1, batch_size=500, seed=number)
        visitor.page.wait_for_function(
            f"document.querySelectorAll('.runs tr').length === {number + 1}", timeout=PATIENCE
        )
        wait_for_state(visitor.page, "done")
    own = [one["id"] for one in visitor.kept()["networks"]]
    assert own == [f"yours-{number}" for number in range(2, MOST_KEPT + 2)]


STATES = [
    fresh,
    not_a_digit,
    several_digits,
    a_picture,
    refused,
    trained_here,
    left_while_it_trained_here,
    server_gone,
    server_gone_before_it_began,
    lesson_away,
    more_networks_than_are_kept,
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
        visitor.stop()
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
