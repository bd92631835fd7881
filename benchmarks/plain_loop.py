"""The rival: the loop that most first tutorials show, written plainly. Nothing here is made fast.

    python -m benchmarks.plain_loop /folder/with/MNIST [--seed 0] [--threads 1]

torchvision's MNIST with ToTensor, a DataLoader of 15, Adam, two epochs, and a test loop that compares
image by image. It prints one line of JSON with its CPU seconds of training (tests not counted) and its
accuracy after each epoch. benchmarks/training.py runs it in turn with train.py.
"""

from __future__ import annotations

import argparse
import json
import time

import torch
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import MNIST


class Net(torch.nn.Module):
    """784 -> 64 -> 64 -> 64 -> 10."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = torch.nn.Linear(28 * 28, 64)
        self.fc2 = torch.nn.Linear(64, 64)
        self.fc3 = torch.nn.Linear(64, 64)
        self.fc4 = torch.nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.nn.functional.relu(self.fc1(x))
        x = torch.nn.functional.relu(self.fc2(x))
        x = torch.nn.functional.relu(self.fc3(x))
        return torch.nn.functional.log_softmax(self.fc4(x), dim=1)


def get_loader(folder: str, is_train: bool) -> DataLoader:
    """Batches of 15 shuffled images."""
    images = MNIST(folder, train=is_train, transform=transforms.ToTensor())
    return DataLoader(images, batch_size=15, shuffle=True)


def evaluate(net: Net, loader: DataLoader) -> float:
    """Share of the test images that are read right, looked at one by one."""
    right, count = 0, 0
    with torch.no_grad():
        for images, labels in loader:
            outputs = net(images.view(-1, 28 * 28))
            for i, output in enumerate(outputs):
                if torch.argmax(output) == labels[i]:
                    right += 1
                count += 1
    return right / count


def main() -> None:
    """Two epochs, with a test before and after each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    if options.threads:
        torch.set_num_threads(options.threads)
    train_loader, test_loader = get_loader(options.folder, True), get_loader(options.folder, False)
    net = Net()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
    accuracies, training = [evaluate(net, test_loader)], 0.0
    for _ in range(2):
        began = time.process_time()
        for images, labels in train_loader:
            net.zero_grad()
            output = net(images.view(-1, 28 * 28))
            loss = torch.nn.functional.nll_loss(output, labels)
            loss.backward()
            optimizer.step()
        training += time.process_time() - began
        accuracies.append(evaluate(net, test_loader))
    print(json.dumps({"training": training, "accuracies": accuracies}))


if __name__ == "__main__":
    main()
