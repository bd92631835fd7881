"""A drawing or a picture becomes 28x28 pixels, by the steps that made MNIST's own images."""
