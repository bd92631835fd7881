"""How well a network reads: figures, confidence that can be believed, pictures of both.

python -m digits.evaluation --weights tutorial
"""
