"""The page's scripts and style sheets: types, lint, format, unit tests under node, how they are served.

node comes with requirements-dev.txt; TypeScript and Biome by `npm ci` from package-lock.json, once, into
node_modules. Without a network, and without node_modules, the checks that need them skip.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digits.network.config import PAGE_LIMITS
from digits.page import script_bundle
from digits.page.component import component
from digits.page.static_files import STATIC, address, content, digest, served_files
from digits.page.theme import make_head
from digits.server.limits import MOST_RUNS
from tests.support import web
from tests.support.files import REPO
from tests.support.tools import give_up

MOST = 60_000  # bytes of all scripts that every visit loads, compressed
# `node --check` takes one file; this parses all of them and runs none.
PARSE = """
import { readFileSync } from "node:fs";
import { SourceTextModule } from "node:vm";
const paths = process.argv.slice(1);
for (const path of paths) new SourceTextModule(readFileSync(path, "utf8"), { identifier: path });
console.log(paths.length);
"""
CHECKS = {
    "types": "node_modules/typescript/bin/tsc",
    "lint": "node_modules/@biomejs/biome/bin/biome",
}


@pytest.fixture(scope="session")
def node_modules(node: str) -> Path:
    """The tools of package-lock.json; fetched if this machine has not got them."""
    modules = REPO / "node_modules"
    if not (modules / ".package-lock.json").exists():
        npm = Path(node).parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
        command = [node, str(npm)] if npm.exists() else [shutil.which("npm") or "npm"]
        done = subprocess.run(
            [*command, "ci", "--no-audit", "--no-fund"], cwd=REPO, capture_output=True, text=True
        )
        if done.returncode:
            give_up(f"npm could not fetch TypeScript and Biome: {done.stderr[-300:]}")
    return modules


@pytest.mark.parametrize(
    ("check", "arguments"), [("types", ["--project", "tsconfig.json"]), ("lint", ["ci"])]
)
def test_scripts_are_clean(node: str, node_modules: Path, check: str, arguments: list[str]) -> None:
    done = subprocess.run(
        [node, CHECKS[check], *arguments], cwd=REPO, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_npm_runs_every_test_whatever_node_makes_of_patterns() -> None:
    """Node 20 knows no ** and takes what is quoted for a file's name."""
    command = json.loads((REPO / "package.json").read_text(encoding="utf-8"))["scripts"]["test"]
    patterns = command.removeprefix("node --test ").split()
    named = {path for pattern in patterns for path in REPO.glob(pattern)}
    assert named == set((REPO / "tests").rglob("*.test.js"))
    assert "**" not in command and '"' not in command


def test_services_under_node(node: str) -> None:
    files = sorted(map(str, (REPO / "tests/page/static").glob("*.test.js")))
    done = subprocess.run([node, "--test", *files], cwd=REPO, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_s_script_weighs_at_most_60_kb_on_the_wire(site: str) -> None:
    reply = web.get(f"{site}/{address('page.js')}", headers={"accept-encoding": "gzip"})
    assert reply.headers["content-encoding"] == "gzip"
    assert int(reply.headers["content-length"]) <= MOST


def test_files_are_kept_for_good_under_an_address_that_changes_with_them(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = web.get(f"{site}/{address('ui/pad.js')}")
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert reply.headers["content-type"].startswith("text/javascript")
    for wrong in (
        f"digits/static/{'0' * 12}/ui/pad.js",
        address("../app.py"),
        address("ui/none.js"),
    ):
        assert web.get(f"{site}/{wrong}").status_code == 404
    copy = tmp_path / "static"
    shutil.copytree(STATIC, copy)
    monkeypatch.setattr(sys.modules["digits.page.static_files"], "STATIC", copy)
    content.cache_clear()
    before = digest.__wrapped__()
    with (copy / "ui/pad.js").open("a", encoding="utf-8") as file:
        file.write("\n// changed\n")
    content.cache_clear()
    after = digest.__wrapped__()
    content.cache_clear()
    assert after != before == digest()


def test_scripts_are_served_without_comments_and_every_line_keeps_its_number(
    node: str, tmp_path: Path
) -> None:
    for name in served_files():
        if not name.endswith(".js"):
            continue
        source, served = (STATIC / name).read_text(encoding="utf-8"), content(name).decode()
        assert source.count("\n") == served.count("\n"), name
        kept = [line for line in served.splitlines() if line]
        without_types = re.sub(r"/\*\* @[^*\n]*\*/ ?", "", source)
        lines = without_types.splitlines()
        assert set(kept) <= {line.split(" //")[0].strip() for line in lines}, name
        assert all(line.count("`") % 2 == 0 for line in kept), name  # no text goes over lines
        assert not any(line.lstrip().startswith(("//", "* ", "/**\n")) for line in kept), name
        path = tmp_path / name.replace("/", "_")
        path.write_text(served, encoding="utf-8")
    checked = [str(path) for path in sorted(tmp_path.glob("*.js"))]
    command = [node, "--experimental-vm-modules", "--input-type=module", "--eval", PARSE]
    done = subprocess.run([*command, *checked], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout == f"{len(checked)}\n", done.stderr


def test_the_page_asks_for_one_script_and_one_style_sheet() -> None:
    head = make_head()
    assert re.findall(r'href="([^"]+)"', head) == [address("page.css"), address("page.js")]


def test_no_script_has_globals_or_html_in_it() -> None:
    for name in served_files():
        code = (STATIC / name).read_text(encoding="utf-8")
        if name.endswith(".js"):
            assert "window.digits" not in code and "globalThis" not in code, name
            assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML", code), name
        if not name.startswith("hosts/"):
            assert "gradio_config" not in code, name


def test_what_safari_does_not_take_stands_in_no_style_sheet() -> None:
    """Of `text-decoration` it takes one word alone, and drops a line that has more."""
    long = re.compile(r"text-decoration: \S+ .+;")
    found = [path.name for path in STATIC.rglob("*.css") if long.search(path.read_text("utf-8"))]
    assert found == []


def test_a_component_is_one_line_of_script_and_a_file_of_html() -> None:
    made: Any = component("answer")
    assert made.js_on_load.count("import(") == 1 and address("page.js") in made.js_on_load
    assert made.html_template == (STATIC / "components/answer.html").read_text(encoding="utf-8")
    for template in (STATIC / "components").glob("*.html"):
        assert (STATIC / "ui" / f"{template.stem}.js").exists(), template.name
        assert not re.search(r"\$\{|\{\{", template.read_text(encoding="utf-8")), template.name


def test_the_page_works_under_a_path(open_page: Callable[..., Any]) -> None:
    """Behind a proxy that serves it under a path, everything is asked for beside the page."""
    page = open_page()
    code = (
        "() => [...document.querySelectorAll('link[href*=\"digits/static\"]')].map((l) => l.href)"
    )
    for link in page.evaluate(code):
        assert link.startswith(page.evaluate("document.baseURI")), link


def test_a_change_in_how_scripts_are_joined_changes_their_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are kept for a year: an old one must not be taken for the new one."""

    def digest_anew() -> str:
        for cached in (content, digest):
            cached.cache_clear()
        return digest()

    before = digest()
    monkeypatch.setattr(script_bundle, "OPENING", "// joined otherwise\n" + script_bundle.OPENING)
    assert digest_anew() != before
    monkeypatch.undo()
    assert digest_anew() == before


def test_the_scripts_have_pythons_limits() -> None:
    script = (STATIC / "services" / "limits.js").read_text(encoding="utf-8")
    pairs = re.findall(r"const (\w+) = [^\[\n]*\[(\S+), (\S+)\]", script)
    assert {name: (float(low), float(high)) for name, low, high in pairs} == {
        "EPOCHS": PAGE_LIMITS["epochs"],
        "BATCH_SIZES": PAGE_LIMITS["batch_size"],
        "RATES": PAGE_LIMITS["learning_rate"],
    }
    assert f"MOST_RUNS = {MOST_RUNS};" in script
