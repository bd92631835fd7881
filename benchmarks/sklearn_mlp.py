"""The other rival: scikit-learn's MLPClassifier of the same size, until the test images say 97.5 %.

    python -m benchmarks.sklearn_mlp [--seed 0] [--target 0.975]

Its own defaults otherwise: Adam at 0.001, batches of 200. It prints one line of JSON: CPU seconds
of training (tests not counted) and the test accuracy after each epoch. benchmarks/training.py runs it.
"""

from __future__ import annotations

import argparse
import json
import time

from sklearn.neural_network import MLPClassifier

from digits.data.mnist import load_digits

EPOCHS = 60  # give up after these


def main() -> None:
    """One pass over the training images at a time, until the target is reached."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--target", type=float, default=0.975)
    options = parser.parse_args()
    digits = load_digits()
    pixels = digits.train_images.reshape(-1, 784).astype("float32") / 255
    test_pixels = digits.test_images.reshape(-1, 784).astype("float32") / 255
    network = MLPClassifier((64, 64, 64), random_state=options.seed)
    accuracies: list[float] = []
    training = 0.0
    while len(accuracies) < EPOCHS and max(accuracies, default=0.0) < options.target:
        began = time.process_time()
        network.partial_fit(pixels, digits.train_labels, classes=range(10))
        training += time.process_time() - began
        accuracies.append(network.score(test_pixels, digits.test_labels))
    print(json.dumps({"training": training, "accuracies": accuracies}))


if __name__ == "__main__":
    main()
