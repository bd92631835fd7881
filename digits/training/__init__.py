"""How a network learns: recipes, gradients, steps, and whole runs of them, with reports on the way."""
