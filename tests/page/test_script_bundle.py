"""Modules joined into one script: what runs is what was written."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from digits.page.script_bundle import BundleError, join_modules

MODULES = {
    "main.js": """import { twice, base as start } from "./parts/twice.js";
import * as counting from "./parts/count.js";

export function run() {
  counting.count();
  return import("./parts/late.js").then((late) => [twice(start), counting.count(), late.word]);
}
export const here = () => import.meta.url;
""",
    "parts/twice.js": """import { count } from "./count.js";
count();
export const base = 20;
const twice = (x) => 2 * x;
export { twice };
""",
    "parts/count.js": """let calls = 0;
export function count() {
  calls += 1;
  return calls;
}
""",
    "parts/late.js": """import { mark } from "./mark.js";
import { count } from "./count.js";
export class Late {}
export const word = `late${count()}${mark}`;
""",
    "parts/mark.js": """export const mark = "!";
""",
}


def test_the_joined_script_does_what_its_modules_do(node: str, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.mjs"
    bundle.write_text(join_modules("main.js", MODULES.__getitem__), encoding="utf-8")
    code = (
        f"import({bundle.as_uri()!r}).then(async (m) => console.log(JSON.stringify("
        "[await m.run(), m.here().pathname ?? m.here(), m.modules['parts/count.js']().count()])))"
    )
    done = subprocess.run([node, "-e", code], capture_output=True, text=True, check=True)
    # One count by twice.js, two by main.js, one by late.js: each runs once and all share the counter.
    assert done.stdout.strip() == f'[[40,4,"late3!"],"{tmp_path.as_posix()}/main.js",5]'


def test_a_room_apart_comes_when_it_is_asked_for_and_shares_what_is_there(
    node: str, tmp_path: Path
) -> None:
    read = MODULES.__getitem__
    page = join_modules("main.js", read, apart={"parts/late.js": "late.mjs"})
    late = join_modules("parts/late.js", read, beside=("page.mjs", page))
    assert "class Late" not in page and "calls" not in late
    (tmp_path / "page.mjs").write_text(page, encoding="utf-8")
    (tmp_path / "late.mjs").write_text(late, encoding="utf-8")
    code = (
        f"import({(tmp_path / 'page.mjs').as_uri()!r}).then(async (m) =>"
        " console.log(JSON.stringify(await m.run())))"
    )
    done = subprocess.run([node, "-e", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == '[40,4,"late3!"]'


@pytest.mark.parametrize(
    "form",
    ["export default 3;", "export { a as b };", 'import "./x.js";', "export let a = 1;"],
)
def test_a_form_that_cannot_be_joined_is_named(form: str) -> None:
    with pytest.raises(BundleError, match=r"main\.js has a form"):
        join_modules("main.js", {"main.js": form}.__getitem__)


def test_modules_that_import_each_other_are_named() -> None:
    modules = {
        "a.js": 'import { b } from "./b.js";\nexport const a = 1;\n',
        "b.js": 'import { a } from "./a.js";\nexport const b = 1;\n',
    }
    with pytest.raises(BundleError, match=r"a\.js -> b\.js -> a\.js"):
        join_modules("a.js", modules.__getitem__)
