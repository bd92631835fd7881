"""Push a visitor's own network to their account on the Hub: off, unless the Space lets people sign in.

A Space whose README says `hf_oauth: true` gets OAUTH_CLIENT_ID from the Hub; only then are there these
buttons. Gradio keeps the token in a signed cookie in the visitor's browser and hands it to the one call that
needs it; here it lives as long as that call, in no log and in no other place. The scope `contribute-repos`
is the smallest that can create a repository: it reaches nothing that this app did not make.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import gradio as gr

from digits.errors import DigitsError, HubError
from digits.network.backends import Backend
from digits.network.model_card import write_own_card
from digits.network.registry import is_own
from digits.network.safetensors_file import to_safetensors
from digits.page.single_file import write_page
from digits.page.texts import choose_language, text
from digits.page.theme import make_i18n
from digits.server.downloads import as_onnx, as_pt, file_stem
from digits.server.reader import Reader
from digits.server.requests import as_question

# What Gradio asks for before it lets anybody sign in: variables of a Space with hf_oauth, and gradio[oauth].
NEEDED = (
    "SPACE_ID",
    "OAUTH_CLIENT_ID",
    "OAUTH_CLIENT_SECRET",
    "OAUTH_SCOPES",
    "OPENID_PROVIDER_URL",
)
PACKAGES = ("authlib", "itsdangerous")

Push = Callable[..., str]


def can_sign_in() -> bool:
    """Whether this is a Space that lets visitors sign in: else Gradio would not start with such a button."""
    is_space = os.environ.get("SYSTEM") == "spaces"
    return is_space and all(map(os.environ.get, NEEDED)) and all(map(find_spec, PACKAGES))


def make_files(network: Backend, name: str) -> dict[str, bytes]:
    """The repository's files by name: weights for three loaders, their cards, the page in one file."""
    return {
        "README.md": write_own_card(name, network.card).encode(),
        "model.safetensors": to_safetensors(network.layers(), network.card),
        "model.onnx": as_onnx(network),
        "model.pt": as_pt(network),
        "model.json": network.card.to_json().encode(),
        "page.html": write_page(network).encode(),
    }


def push_files(files: dict[str, bytes], repository: str, token: str) -> str:
    """Put the files into the account of whoever the token is; the repository's address.

    Raises HubError where the Hub refuses or does not answer. The one commit holds all of them or nothing.
    """
    from httpx import HTTPError
    from huggingface_hub import CommitOperationAdd, HfApi
    from huggingface_hub.errors import HfHubHTTPError

    api = HfApi(token=token)
    try:
        made = api.create_repo(repository, exist_ok=True)
        operations = [CommitOperationAdd(path, content) for path, content in files.items()]
        api.create_commit(
            made.repo_id, operations, commit_message="A network from Digit playground"
        )
    except (HfHubHTTPError, HTTPError, OSError) as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        raise HubError(
            "hub_refused", reason=f"status {status}" if status else "no answer"
        ) from None
    return str(made)


def make_push(reader: Reader) -> Push:
    """The handler of the button: says where the network is now, or what is in the way."""

    def push(picked: Any, language: Any, token: gr.OAuthToken | None) -> str:
        words = choose_language(language)
        try:
            if token is None:
                raise HubError("hub_signed_out")
            question = as_question(picked)
            if not is_own(str(question.get("network"))):
                raise HubError("hub_not_own")
            own = reader.find_own(question)
            # Each session counts from run 1 on: the version keeps one network from replacing another.
            repository = f"{file_stem(own.name)}-{own.backend.version[:8]}"
            files = make_files(own.backend, repository)
            address = push_files(files, repository, token.token)
        except DigitsError as error:
            return text(f"error.{error.code}", words, **error.values)
        return text("hub_pushed", words, address=address)

    return push


def add_hub(picker: gr.HTML, header: gr.HTML, reader: Reader) -> None:
    """The sign-in, the button and what came of it, where one can sign in; else nothing."""
    if not can_sign_in():
        return
    with gr.Row(elem_id="hub"):
        gr.LoginButton(size="sm")
        button = gr.Button(make_i18n()("hub_push"), size="sm")
    said = gr.Markdown(elem_id="hub_said")
    button.click(
        make_push(reader),
        [picker, header],
        said,
        concurrency_limit=2,
        show_progress_on=button,
        api_visibility="private",
    )
