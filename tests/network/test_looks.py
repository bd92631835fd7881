"""A digit out of a picture is answered about by the mean of three looks, as it is and turned."""

from __future__ import annotations

import numpy as np
import pytest

from digits.data.bundled import read_bundled
from digits.data.preparation.centring import to_pixels
from digits.network.backends import Backend, load_backend
from digits.network.calibration import calibrated, for_pictures
from digits.network.looks import TURN, answer_pictures, turn


@pytest.fixture(scope="module")
def network() -> Backend:
    return load_backend("sketch")


def test_turning_by_a_right_angle_moves_whole_pixels() -> None:
    images = read_bundled()[0][:20]
    for degrees, times in ((0, 0), (90, -1), (180, 2), (-90, 1)):
        expected = to_pixels(np.rot90(images, times, axes=(1, 2)).copy())
        np.testing.assert_allclose(turn(to_pixels(images), degrees), expected, atol=1e-6)


def test_the_answer_is_the_mean_of_three_looks(network: Backend) -> None:
    images = read_bundled()[0][:30]
    own = network.card.calibration
    threshold = for_pictures(own).threshold
    assert threshold is not None
    for image, said in zip(images, answer_pictures(network, images), strict=True):
        pixels = to_pixels(image)
        looks = [turn(pixels, degrees)[0] for degrees in (0, TURN, -TURN)]
        mean = calibrated(network.predict(np.stack(looks)), own).mean(axis=0)
        np.testing.assert_allclose(said.probabilities, mean, atol=1e-5)
        assert said.label == mean.argmax() and said.sure == (mean.max() >= threshold)


def test_three_looks_are_seldomer_wrong_than_one(network: Backend) -> None:
    """Digits that hardly lie straight: of the bundled ones, turned by up to 20 degrees."""
    images, labels = read_bundled()
    random = np.random.default_rng(0)
    slanted = [turn(to_pixels(image), random.uniform(-20, 20))[0] for image in images]
    crooked = np.round(255 * np.stack(slanted)).astype(np.uint8).reshape(-1, 28, 28)
    one = network.predict(to_pixels(crooked)).argmax(axis=1) != labels
    three = np.array([said.label for said in answer_pictures(network, crooked)]) != labels
    assert three.sum() < one.sum()
