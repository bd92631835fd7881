// The tutorial's script, line by line: the same as digits/training/standalone_script.py writes for these settings, below its
// first lines. A test compares the two.

/** @typedef {{epochs: number, batch_size: number, learning_rate: number}} ScriptSettings */
/** A line, and the step of the lesson in which it was seen working. @typedef {{code: string, step: number | null}} Line */

/** @type {[code: string, step?: number][]} */
const LINES = [
  ["import os"],
  [""],
  ["import torch"],
  ["from torch import nn"],
  ["from torchvision.datasets import MNIST"],
  [""],
  ["torch.manual_seed(0)"],
  ['folder = os.environ.get("MNIST_DIR", "data")'],
  ["train, test = (MNIST(folder, train=part, download=True) for part in (True, False))", 9],
  ["# Every image is a row of 784 numbers from 0 (paper) to 1 (ink).", 1],
  ["pixels, labels = train.data.flatten(1) / 255, train.targets", 1],
  ["test_pixels, test_labels = test.data.flatten(1) / 255, test.targets", 9],
  [""],
  ["network = nn.Sequential("],
  ["    nn.Linear(784, 64), nn.ReLU(),", 2],
  ["    nn.Linear(64, 64), nn.ReLU(),", 3],
  ["    nn.Linear(64, 64), nn.ReLU(),", 3],
  ["    nn.Linear(64, 10),", 4],
  ["    nn.LogSoftmax(dim=1),", 4],
  [")"],
  ["optimizer = torch.optim.Adam(network.parameters(), lr={learning_rate})", 7],
  [""],
  ["for epoch in range({epochs}):", 8],
  ["    for batch in torch.randperm(len(pixels)).split({batch_size}):", 8],
  ["        loss = nn.functional.nll_loss(network(pixels[batch]), labels[batch])", 6],
  ["        optimizer.zero_grad()", 7],
  ["        loss.backward()  # how the loss changes with each weight ...", 7],
  ["        optimizer.step()  # ... so that each weight can be nudged the better way", 7],
  ["    with torch.no_grad():"],
  ["        right = network(test_pixels).argmax(1) == test_labels", 9],
  ['    print(f"epoch {epoch + 1}: {100 * right.float().mean():.2f} % of the test images right")', 9],
  [""],
  ['torch.save(network.state_dict(), "network.pt")'],
];

/**
 * @param {ScriptSettings} settings
 * @returns {Line[]}
 */
export function writeScript({ epochs, batch_size, learning_rate }) {
  /** @type {Record<string, number>} */
  const values = { epochs, batch_size, learning_rate };
  return LINES.map(([code, step]) => ({
    code: code.replace(/\{(epochs|batch_size|learning_rate)\}/, (_, name) => String(values[name])),
    step: step ?? null,
  }));
}
