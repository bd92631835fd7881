"""The network: its shape, its weights in files, and the two backends that compute it."""
