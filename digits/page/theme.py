"""How the page looks and what its <head> holds: theme, style sheets, modules.

The colours are variables in static/css/colours.css, once for light and once for dark; the theme only points
Gradio's own components at them. Nothing is fetched from another host: the fonts are the system's.
`translatable` finds Gradio's own components that have texts, for when the visitor switches the language.
"""

from __future__ import annotations

import inspect
from typing import Any

import gradio as gr
from gradio.blocks import Block
from gradio.i18n import I18nData

from digits.page.fonts import FONTS
from digits.page.static_files import SCRIPT, STYLES, address
from digits.page.texts import TEXTS, text

MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace")


def make_theme() -> gr.themes.Base:
    """Gradio's plainest theme in the page's own colours."""
    theme = gr.themes.Base(
        font=list(FONTS), font_mono=list(MONO), radius_size="md", spacing_size="md"
    )
    settings = {
        "body_background_fill": "var(--paper)",
        "body_text_color": "var(--ink)",
        "body_text_color_subdued": "var(--muted)",
        "background_fill_primary": "var(--paper)",
        "background_fill_secondary": "var(--sheet)",
        "block_background_fill": "transparent",
        "block_border_width": "0px",
        "block_label_text_color": "var(--muted)",
        "block_title_text_color": "var(--muted)",
        "block_info_text_color": "var(--muted)",
        "border_color_primary": "var(--line)",
        "border_color_accent": "var(--accent)",
        "color_accent": "var(--accent)",
        "color_accent_soft": "var(--accent-soft)",
        "input_background_fill": "var(--sheet)",
        "input_border_color": "var(--line)",
        "button_primary_background_fill": "var(--accent)",
        "button_primary_background_fill_hover": "var(--accent-strong)",
        "button_primary_text_color": "var(--on-accent)",
        "button_secondary_background_fill": "var(--sheet)",
        "button_secondary_background_fill_hover": "var(--line)",
        "button_secondary_text_color": "var(--ink)",
        "button_secondary_border_color": "var(--line)",
        "slider_color": "var(--accent)",
        "checkbox_background_color_selected": "var(--accent)",
        "checkbox_border_color_selected": "var(--accent)",
        "link_text_color": "var(--accent)",
        "loader_color": "var(--accent)",
    }
    known = inspect.signature(gr.themes.Base.set).parameters
    dark = {f"{name}_dark": value for name, value in settings.items() if f"{name}_dark" in known}
    return theme.set(**settings, **dark)


def make_head() -> str:
    """What the page's <head> gets: style sheet, and word of the script before it is asked for."""
    return (
        '<meta name="color-scheme" content="light dark">'
        f'<link rel="stylesheet" href="{address(STYLES)}">'
        f'<link rel="modulepreload" href="{address(SCRIPT)}">'
    )


def make_i18n() -> gr.I18n:
    """The words of Gradio's own components in both languages; browsers say "zh", "zh-CN" or "zh-TW"."""
    words = {
        language: {
            key: words for key, words in texts.items() if key.startswith(("tab_", "hub_push"))
        }
        for language, texts in TEXTS.items()
    }
    chinese = words["zh"]
    return gr.I18n(en=words["en"], zh=chinese, **{"zh-CN": chinese, "zh-TW": chinese})


WORDS = ("label", "info", "placeholder", "value")  # what of a component may be a text


def translatable(page: gr.Blocks) -> list[tuple[Block, dict[str, str]]]:
    """The components whose words come from `make_i18n`, each with the text's key for every such word.

    The browser's language chooses among them when the page opens; a switch needs them named.
    """
    found = []
    for block in page.blocks.values():
        words = {word: getattr(block, word, None) for word in WORDS}
        keys = {word: data.key for word, data in words.items() if isinstance(data, I18nData)}
        if keys:
            found.append((block, keys))
    return found


def say_in(keys: dict[str, str], language: str) -> dict[str, Any]:
    """The update that puts a component's words into `language`."""
    words: dict[str, Any] = {word: text(key, language) for word, key in keys.items()}
    return gr.update(**words)
