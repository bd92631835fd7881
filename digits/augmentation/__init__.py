"""More digits from those that there are: varied as people vary them, drawn by rule, and what is no digit."""
