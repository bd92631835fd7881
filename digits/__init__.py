"""A small network that reads handwritten digits, everything that makes it, and a page to draw on.

One package a room, lowest first; each imports only from those before it: data, augmentation, network,
evaluation, training, distillation, server, page. docs/architecture.md is the map.
"""

__version__ = "1.0.0"  # as in CHANGELOG.md
