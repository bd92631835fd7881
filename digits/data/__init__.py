"""Digits as they come: MNIST's images, drawings as pen strokes, and how both become 28x28 pixels."""
