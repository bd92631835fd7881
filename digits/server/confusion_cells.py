"""The pictures behind a cell of the confusion matrix: which test digits a session's network read so."""

from __future__ import annotations

import numpy as np

from digits.errors import DigitsError
from digits.network.backends import predict_images
from digits.network.config import CLASSES
from digits.network.registry import YOURS
from digits.server.datasets import DatasetCache
from digits.server.messages import CellPictures, Problem, fault_of, pack
from digits.server.reader import Reader
from digits.server.requests import as_question

MOST_PICTURES = 24  # 1 KB each


def pictures_of_cell(reader: Reader, datasets: DatasetCache, raw: object) -> CellPictures | Problem:
    """Test digits that are `label` and that the question's own network reads as `said`, the surest first.

    They are read anew, which takes a tenth of a second: kept ones would be out of date after a restart.
    """
    question = as_question(raw)
    label, said = question.get("label"), question.get("said")
    if label not in range(CLASSES) or said not in range(CLASSES):
        return {"images": [], "count": 0}
    try:
        own = reader.find_own({**question, "network": question.get("network") or YOURS})
        digits = datasets.get()
    except DigitsError as error:
        return {"fault": fault_of(error)}
    of_label = np.flatnonzero(digits.test_labels == label)
    images = digits.test_images[of_label]
    log_probabilities = predict_images(own.backend, images)
    places = np.flatnonzero(log_probabilities.argmax(axis=1) == said)
    surest = places[np.argsort(-log_probabilities[places].max(axis=1), kind="stable")]
    return {
        "images": [pack(images[place]) for place in surest[:MOST_PICTURES]],
        "count": len(places),
    }
