"""What digits/page/gradio_compat.py takes for granted of Gradio's insides."""

from __future__ import annotations

import gradio as gr
import pytest
from gradio import networking

from digits.page.app import create_app
from digits.page.gradio_compat import (
    PATIENT,
    function_named,
    publish,
    takes_file,
    upload_folder,
)
from tests.support import web


def read(picture: dict) -> str:
    """Read a picture.

    Args:
        picture: A picture file.

    Returns:
        what it is.
    """
    return "7"


@pytest.fixture
def page() -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as page:
        gr.api(read, api_name="read")
        button = gr.Button()
        button.click(lambda: None, api_name="hidden")
    return page


def test_functions_are_found_by_their_api_names(page: gr.Blocks) -> None:
    assert function_named(page, "read").fn is read
    with pytest.raises(StopIteration):
        function_named(page, "nothing")


def test_a_parameter_becomes_a_file_that_clients_upload(page: gr.Blocks) -> None:
    takes_file(page, "read")
    publish(page, {"read": "reading"})
    (parameter,) = page.get_api_info()["named_endpoints"]["/read"]["parameters"]
    assert parameter["python_type"]["type"] == "filepath"


def test_only_what_is_named_is_public_and_documented(page: gr.Blocks) -> None:
    publish(page, {"read": "reading"}, {"picture": {"path": "seven.png"}})
    endpoints = page.get_api_info()["named_endpoints"]
    assert list(endpoints) == ["/read"]
    (parameter,) = endpoints["/read"]["parameters"]
    assert parameter["label"] == "picture" and parameter["example_input"] == {"path": "seven.png"}
    assert parameter["python_type"]["description"].endswith("A picture file.")
    assert endpoints["/read"]["returns"][0]["label"] == "reading"


def test_uploads_lie_where_gradio_puts_them(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    assert upload_folder() == tmp_path.resolve()


def test_a_page_that_answers_slowly_starts_all_the_same(
    page: gr.Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(networking, "url_ok", lambda url: False)  # too slow for Gradio
    with pytest.raises(ValueError, match="localhost"):
        page.launch(prevent_thread_lock=True, quiet=True)
    page.close()
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, **PATIENT)
    try:
        assert web.get(address).status_code == 200
    finally:
        page.close()


def test_gradio_hears_only_of_what_the_scripts_tell() -> None:
    """ "change" goes off whenever a value is set, whether anybody is there to hear of it or not."""
    events = {event for fn in create_app().page.fns.values() for _, event in fn.targets}
    assert events <= {"input", "submit", "unload"}, events
