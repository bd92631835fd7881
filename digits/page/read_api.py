"""The API's /read: every digit of a picture, with its box, in reading order.

client.predict(picture=handle_file("page.jpg"), api_name="/read")
"""

from collections.abc import Callable
from typing import Any, TypedDict

import gradio as gr

from digits.errors import BackendError, SketchError, WeightsError
from digits.page.api import Confidence, confidences_of, open_upload
from digits.server.page_reader import read_picture
from digits.server.reader import Reader


class DigitReading(TypedDict):
    """One digit of several."""

    box: list[float]  # left, top, right, bottom in 0..1 of the picture
    label: str
    confidences: list[Confidence]  # all ten digits, the most likely first
    sure: bool
    hint: str | None  # "turned": the digit seems to lie on its side or its head


def make_read(reader: Reader) -> Callable[[dict[str, Any]], list[DigitReading]]:
    """/read, bound to the page's networks."""

    def read(picture: dict[str, Any]) -> list[DigitReading]:
        """Read all digits in a picture, line by line, each line from left to right.

        Args:
            picture: A picture file with digits: PNG, JPEG, WebP, GIF, BMP or TIFF, at most 10 MB and 50 million pixels.

        Returns:
            A list, empty where nothing looks like a digit (closer, more light or plain paper helps); of each digit box (left, top, right, bottom from 0 to 1), label, confidences (all ten, the most likely first), sure, hint ("turned" or null).
        """  # noqa: E501  (Gradio reads one line per argument)
        try:
            network = reader.networks.get(reader.networks.default)
            with open_upload(picture) as opened:
                found = read_picture(network, opened)
        except (SketchError, WeightsError, BackendError) as error:
            raise gr.Error(str(error), print_exception=False) from error
        return [
            {
                "box": list(one.prepared.box or ()),
                "label": str(one.answer.label),
                "confidences": confidences_of(one.answer),
                "sure": one.answer.sure,
                "hint": one.hint,
            }
            for one in found
        ]

    return read
