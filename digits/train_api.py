"""The API's /train: train a network from a program and have its reports streamed.

    from gradio_client import Client
    for report in Client("http://127.0.0.1:7860").submit(epochs=1, api_name="/train"):
        print(report)

It waits in the same line as the page's visitors; what it trains is not kept. Next: digits/runs.py.
"""

# No `from __future__ import annotations` here: Gradio reads this function's types as they are.

from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from digits.data import DataError
from digits.line import in_thread, in_threads
from digits.recipes import SettingsError
from digits.runs import Order, choose_images, read_order, run
from digits.train_room import Trainer

CUT = "the borrowed GPU was taken back before the training ended; ask for fewer epochs"


def make_train_api(trainer: Trainer) -> Any:
    """The API's /train."""

    async def train(
        epochs: int = 2,
        batch_size: int = 15,
        learning_rate: float = 0.001,
        hidden: str = "64,64,64",
        activation: str = "relu",
        train_images: int = 60_000,
        seed: int = 0,
    ) -> AsyncIterator[dict[str, Any]]:
        """Train a network and stream how it goes, about five times a second.

        Args:
            epochs: how often every training image is shown, 1 to 20.
            batch_size: images a step, 1 to 1000.
            learning_rate: size of Adam's steps, 0.00001 to 0.5.
            hidden: sizes of the hidden layers, as in "64,64,64"; up to 5 layers of 4 to 256 nodes.
            activation: relu, tanh, sigmoid or gelu.
            train_images: how many images to train on, at most.
            seed: makes the run repeat exactly.

        Returns:
            {"state": "waiting", "place"} while others train, then {"state": "running", "step", "steps",
            "epoch", "epochs", "loss", "test_accuracy", "seconds"}, the last one with "state": "done".
        """
        asked = {
            "epochs": epochs,
            "batch_size": batch_size,
            "learning_rate": learning_rate,
            "hidden": hidden,
            "activation": activation,
            "train_images": train_images,
            "seed": seed,
        }
        try:
            async for said in stream(trainer, read_order(asked)):
                yield said
        except (SettingsError, DataError) as error:
            raise gr.Error(str(error), print_exception=False) from error

    return train


async def stream(trainer: Trainer, order: Order) -> AsyncIterator[dict[str, Any]]:
    """A run as /train tells it."""
    with trainer.line.ticket() as ticket:
        async for place in trainer.line.wait(ticket):
            yield {"state": "waiting", "place": place}
        digits = choose_images(await in_thread(trainer.workers, trainer.shelf.get), order)
        done = False
        async for report in in_threads(run(order, digits, None, None), trainer.workers):
            done = report.epoch == report.epochs and report.step == report.steps
            yield {
                "state": "done" if done else "running",
                "step": report.step,
                "steps": report.steps,
                "epoch": report.epoch,
                "epochs": report.epochs,
                "loss": report.loss,
                "test_accuracy": report.test_accuracy,
                "seconds": round(report.seconds, 3),
            }
        if not done:
            raise gr.Error(CUT, print_exception=False)
