"""Everything that can go wrong through what a user gave: one class a kind."""

from __future__ import annotations


class WeightsError(Exception):
    """Weights cannot be read or written; the text names the file and the way out."""


class DataError(Exception):
    """Digits cannot be read; the text names the file and the way out."""


class BackendError(Exception):
    """A backend or device that was asked for is not here; the text says what to install."""


class ExportError(Exception):
    """The ONNX file would not be the same network; the text says how they differ."""


class SettingsError(ValueError):
    """A setting is outside its limits; the text says which, its value and what is allowed."""


class SketchError(ValueError):
    """A drawing or picture that cannot be read; the text says what is wrong and what would do."""


class StrokesError(Exception):
    """A stroke file that cannot be read; the text names the file, line and what was expected."""
