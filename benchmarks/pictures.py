"""The docs' pictures, made from the real page in headless Chromium:

    python -m benchmarks.pictures          docs/moving.webp, docs/thumbnail.png, the icon

moving.webp is what README opens with: a digit is drawn and read, the network looked into, a fresh one
learns. thumbnail.png (1200x630) is what a link to a Space shows. Both stay within what the Hub and README's
readers can be asked to load, or nothing is written.
"""

from __future__ import annotations

import argparse
import io
import math
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from benchmarks.conditions import REPO
from digits.atomic_files import write_atomically
from digits.page.app import create_app
from digits.page.social import FAVICON, THUMBNAIL

DOCS = REPO / "docs"
MOVING = DOCS / "moving.webp"
MOST_BYTES = {MOVING: 2_000_000, THUMBNAIL: 400_000, FAVICON: 20_000}
PAPER, INK = "#fffdf7", "#b93815"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SCREEN = {"width": 1200, "height": 780}
LINK = {"width": 1200, "height": 630}  # what a link shows
FRAME = 120  # ms a frame while something moves
REST = 1_400  # ms to read what came of it
QUALITY = 62  # of the WebP frames: letters stay sharp

Frame = tuple[Image.Image, int]  # and for how many ms it is shown
Point = tuple[float, float]


def two() -> list[Point]:
    """The places of a written 2, on a pad with a side of 1: a bow, a slope, a foot."""
    bow = [
        (0.5 - 0.2 * math.cos(turn), 0.36 - 0.18 * math.sin(turn))
        for turn in (math.pi * 1.15 * step / 14 for step in range(15))
    ]
    slope = [
        (bow[-1][0] + (0.31 - bow[-1][0]) * k / 6, bow[-1][1] + (0.8 - bow[-1][1]) * k / 6)
        for k in range(1, 7)
    ]
    foot = [(0.31 + 0.4 * k / 5, 0.8) for k in range(1, 6)]
    return bow + slope + foot


def shoot(page: Any, milliseconds: int = FRAME) -> Frame:
    """What the page shows now."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    return picture.convert("RGB"), milliseconds


def draw(page: Any, places: list[Point]) -> Iterator[Frame]:
    """Draw one stroke, with a frame at every second place."""
    box = page.locator("#pad canvas").bounding_box()
    where = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    page.mouse.move(*where[0])
    page.mouse.down()
    for number, place in enumerate(where[1:]):
        page.mouse.move(*place, steps=4)
        if number % 2:
            yield shoot(page)
    page.mouse.up()
    page.wait_for_timeout(400)
    yield shoot(page, REST)


def show_room(page: Any) -> None:
    """Bring the open tab to the top; the pad and its answer stay in sight."""
    page.locator("#tabs").evaluate("(tabs) => tabs.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(600)


def look_inside(page: Any) -> Iterator[Frame]:
    """The network with this drawing's numbers."""
    page.locator("#tab_inside-button").click()
    show_room(page)
    yield shoot(page, 2 * REST)


def learn(page: Any) -> Iterator[Frame]:
    """A fresh network learns in the browser."""
    page.locator("#tab_learn-button").click()
    page.wait_for_function(
        "() => /\\d/.test(document.querySelector('#step-test-accuracy').textContent)"
    )
    page.locator('#learn [role=tab][data-view="batches"]').click()
    show_room(page)
    yield shoot(page, REST)
    page.locator("#learn .learn-buttons [data-do=run]").click()
    for _ in range(24):
        page.wait_for_timeout(FRAME)
        yield shoot(page)
    page.locator("#learn .learn-buttons [data-do=pause]").click()
    page.wait_for_timeout(300)
    yield shoot(page, 2 * REST)


def join(frames: list[Frame]) -> bytes:
    """The frames as one WebP that repeats for ever."""
    pictures, times = zip(*frames, strict=True)
    content = io.BytesIO()
    first, *rest = pictures
    first.save(
        content,
        "WEBP",
        save_all=True,
        append_images=rest,
        duration=list(times),
        loop=0,
        quality=QUALITY,
        method=6,
    )
    return content.getvalue()


def as_png(picture: Image.Image) -> bytes:
    """A picture of a page in 256 colours, which is all that it has, nearly."""
    content = io.BytesIO()
    picture.quantize(256, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
    return content.getvalue()


def make_icon() -> bytes:
    """The written 2 on a sheet of paper, as a tab's icon."""
    size, finer = 256, 4
    side = size * finer
    icon = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(icon)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), side // 5, fill=PAPER)
    places = [
        ((x - 0.5) * 1.15 * side + side / 2, (y - 0.5) * 1.15 * side + side / 2) for x, y in two()
    ]
    pen.line(places, fill=INK, width=side // 9, joint="curve")
    for x, y in places:
        pen.circle((x, y), side // 18, fill=INK)
    content = io.BytesIO()
    icon.resize((size, size), Image.Resampling.LANCZOS).save(content, "PNG", optimize=True)
    return content.getvalue()


def open_page(browser: Any, address: str) -> Any:
    """The page, ready to draw on."""
    page = browser.new_context(viewport=SCREEN, locale="en-GB").new_page()
    page.goto(address)
    page.wait_for_selector("#answer .answer[data-serial]")
    page.wait_for_timeout(800)
    return page


def write(path: Path, content: bytes) -> None:
    """Write a picture that is small enough."""
    if len(content) > MOST_BYTES[path]:
        sys.exit(f"{path} would be {len(content):,} bytes, more than {MOST_BYTES[path]:,}")
    write_atomically(path, content)
    print(f"{path}: {len(content):,} bytes")


def main() -> None:
    """Make them all."""
    argparse.ArgumentParser(description="Make the README's and the page's pictures.").parse_args()
    from playwright.sync_api import sync_playwright

    with create_app().served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = open_page(browser, address)
        frames = [shoot(page, REST // 2), *draw(page, two())]
        page.set_viewport_size(LINK)
        page.mouse.move(0, 0)  # the pointer lies on no button
        page.wait_for_timeout(400)
        thumbnail = shoot(page)[0]
        page.set_viewport_size(SCREEN)
        frames += [*look_inside(page), *learn(page)]
        browser.close()
    write(MOVING, join(frames))
    write(FAVICON, make_icon())
    write(THUMBNAIL, as_png(thumbnail))


if __name__ == "__main__":
    main()
