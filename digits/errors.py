"""Everything that can go wrong through what a user gave: one tree of exceptions, a class a kind.

An error is a code and values, not a sentence: the page words it in the visitor's language. `str(error)` is
the English sentence, which the command line prints and programs get. SENTENCES holds them all.
"""

from __future__ import annotations

from typing import Any

SENTENCES = {
    # drawings
    "drawing_kind": "a drawing is strokes, pixels or a picture, not {kind}",
    "drawing_not_strokes": "a drawing is a list of strokes, not {kind}",
    "drawing_many_strokes": "a drawing may have {limit:,} strokes, not {count:,}",
    "drawing_many_points": "a drawing may have {limit:,} points, not {count:,}",
    "stroke_not_points": "stroke {number} is not a list of points but {kind}",
    "stroke_not_pairs": "stroke {number} must be a list of [x, y] pairs of numbers",
    "stroke_not_finite": "stroke {number} has a coordinate that is not a finite number",
    "stroke_off_pad": "stroke {number} leaves the pad: coordinates must be within 0 and 1",
    "base64_long": "pixels and pictures are base64 text of at most {limit:,} letters",
    "base64_bad": "pixels and pictures must be base64 text",
    "pixels_count": "pixels must be 784 bytes, 28 x 28, not {count}",
    # pictures
    "picture_format": "the picture is no PNG or JPEG",
    "picture_large": "the picture has more than {millions} million pixels",
    "picture_size": "the picture is {width}x{height} pixels; send one of at most {millions} million",
    "picture_unreadable": "the picture cannot be read: {reason}; send a PNG or a JPEG",
    "picture_shape": "a picture is (height, width) or with 3 or 4 colours, not {shape}",
    "picture_values": "the picture's values must be within 0 and 1, or 0 and 255",
    "picture_bytes": "the picture's values must be within 0 and 255",
    "picture_not_finite": "the picture has values that are not finite numbers",
    "read_either": "send either a picture or strokes: one of them, not both",
    "picture_missing": "no picture arrived: send a file, with handle_file() in gradio_client",
    "picture_kinds": "the file is no picture that can be read here: {kinds}",
    "picture_foreign": "only a file that was uploaded here can be read, not one of the server",
    "picture_file_size": "a picture file has 1 byte to {limit} MB, not {size:,} bytes",
    # drawings to learn from
    "corrections_empty": "there is no drawing to learn from",
    "corrections_long": "at most {limit} drawings can be learnt from at once, not {count:,}",
    "corrections_item": "drawing {number} must have strokes and a label",
    "corrections_label": "drawing {number}: the label must be a digit from 0 to 9",
    "corrections_blank": "drawing {number} is blank",
    "corrections_json": "it is no valid JSON ({reason})",
    "corrections_file_long": "a file of drawings is text of at most {limit:,} letters",
    # stroke files
    "strokes_label": '{path}, line {line}: expected .SEGMENT DIGIT number quality "label": {text!r}',
    "strokes_point": "{path}, line {line}: expected the two numbers of a point: {text!r}",
    "strokes_not_finite": "{path}, line {line}: expected two finite numbers: {text!r}",
    "strokes_empty": "{path} holds no drawing: expected UNIPEN text with .SEGMENT lines",
    "strokes_missing": "there is no stroke file {path}; check the path after --strokes",
    "strokes_unreadable": "cannot read {path}: {reason}; fetch it again",
    "strokes_download": "the pen strokes could not be downloaded ({reason}). Get {file} out of {address}"
    " and give it: --strokes FILE",
    "strokes_no_digit": "{path} holds no digit, only letters or other signs",
    "strokes_no_writer": "{path} holds no digit by a writer who is not left out",
    # MNIST
    "mnist_missing": "no MNIST in {path}: it should hold MNIST/raw/train-images-idx3-ubyte and three "
    "more, packed (.gz) or not; leave --data and MNIST_DIR away to download it",
    "mnist_part_missing": "no {file} in {path}, packed (.gz) or not; the other files of MNIST lie there. "
    "Put it there, too",
    "mnist_shape": "{path} holds pictures of {shape}, not 28x28; give MNIST's own files",
    "mnist_lengths": "{path} has {labels} labels for {images} images; give MNIST's own files",
    "mnist_labels": "{path} must hold digits from 0 to 9. Put MNIST's own file in its place; in data/ it is "
    "enough to delete it",
    "mnist_unreadable": "cannot read {path}: {reason}; make it readable, or put MNIST's own file in its "
    "place",
    "mnist_format": "{path} is not an MNIST file. Put MNIST's own file in its place; in data/ it is "
    "enough to delete it",
    "mnist_cut": "{path} is cut short or damaged: {count:,} bytes. Put MNIST's own file in its place; "
    "in data/ it is enough to delete it",
    "mnist_checksum": "{path} is damaged: its checksum is not MNIST's. Put MNIST's own file in its place; "
    "in data/ it is enough to delete it",
    "mnist_download": "MNIST could not be downloaded ({reason})",
    "bundled_missing": "the bundled digits, {path}, are missing or damaged; fetch the code again",
    # weights
    "weights_unreadable": "cannot read {path}: {reason}",
    "weights_damaged": "{path} is damaged or not a file of weights. Make it anew with: python train.py",
    "weights_foreign": "{path} was not written by train.py. Make it anew with: python train.py",
    "weights_shape": "{path}: its weights do not fit {sizes}. Make it anew with: python train.py",
    "weights_card": "{path} holds no valid card of a network ({reason}). Make it anew with: python train.py, "
    "an .onnx file with: python export.py",
    "weights_not_finite": "{path} holds weights that are no finite numbers: it reads nothing. Train it again",
    "weights_no_name": "{name!r} names no weights: give a name in weights/, or a .pt or .onnx file",
    "weights_missing": "no weights at {path}. Make them with: {command}",
    "weights_none": "no .pt file in {path}. Make one with: python train.py",
    "weights_unknown": "there is no network named {name!r}",
    "weights_gone": "your own network is gone; train it again or choose another",
    "upload_format": "these are no weights as this page keeps them",
    "upload_count": "a network of this shape has {expected:,} parameters, not {count:,}",
    "upload_not_finite": "some of the weights are no finite numbers",
    "onnx_damaged": "{path} is damaged or not ONNX. Make it anew: python export.py",
    "onnx_foreign": "{path} was not written by export.py. Make it anew: python export.py",
    "onnx_differs": "onnxruntime and torch differ: another digit on {others} of {count}, largest "
    "difference {difference:.1e}; nothing was written",
    # files to write
    "write_failed": "cannot write {path}: {reason}",
    "only_sketch": "{flag} is for --recipe sketch alone",
    "start_has_shape": "--start FILE says the network's shape: leave --hidden and --activation away",
    "out_not_pt": "--out must end in .pt, not {name!r}",
    "name_yours": "the page calls visitors' own networks {name!r}; give these weights another name",
    "out_folder": "cannot write {path}: it is a folder",
    "out_below_file": "cannot write {path}: {parent} is a file, not a folder",
    # backends and devices
    "backend_unknown": "backend must be auto, onnx or torch, not {backend!r}",
    "backend_missing": "{package} is not installed. Install it with: pip install {package}",
    "device_missing": "no {device} device for {package} here; use {devices}",
    # settings
    "setting_limit": "{setting} must be between {low:.10g} and {high:.10g}, not {value:.10g}",
    "setting_not_number": "{setting} must be a number",
    "setting_bad_number": "{setting} must be a number, not {value}",
    "setting_not_whole": "{setting} must be a whole number, not {value:g}",
    "setting_not_sizes": "hidden must list the layers' sizes, as in 64,64,64",
    "activation_unknown": "activation must be one of {known}, not {value!r}",
    # the page's server
    "session_token": "a session's token is {shortest} to {longest} letters, digits, - and _",
    "training_busy": "your network is already being trained; stop that first, or let it finish",
    "training_failed": "something went wrong on the server; press Train to try again",
    "file_kind": "there is no file of kind {kind!r}",
    # the Hub
    "hub_signed_out": "sign in with Hugging Face first, then push the network again",
    "hub_not_own": "only a network of your own can be pushed: train or teach one, and choose it",
    "hub_refused": "Hugging Face did not take the network ({reason}); sign out and in again, then "
    "try once more",
    # serving the page
    "host_unknown": "there is no address {host!r} on this machine; choose another with --host",
    "port_range": "a port is a number from 1 to 65535, not {port}; choose another with --port",
    "port_taken": "port {port} of {host} is in use; choose another with --port",
    "port_forbidden": "port {port} needs more rights than you have; choose one above 1023 with --port",
    "ports_taken": "the ports {first} to {last} of {host} are all in use; choose another with --port",
    "not_served": "the page cannot be served at {host}, port {port}: {reason}",
    "mcp_missing": "--mcp needs one more package. Install it with: {python} -m pip install"
    ' "gradio[mcp]"',
    "no_networks": "there are no weights in weights/. Make some with: python train.py",
    # scoring
    "nothing_scored": "nothing was scored, so there is nothing to draw",
}


class DigitsError(Exception):
    """What a user can cause and mend: a code of SENTENCES, and the values that fill its sentence."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        return SENTENCES[self.code].format(**{k: _in_words(k, v) for k, v in self.values.items()})

    def __reduce__(self) -> tuple[Any, ...]:  # crosses processes, as a run on a borrowed GPU does
        return _remake, (type(self), self.code, self.values)


def _remake(kind: type[DigitsError], code: str, values: dict[str, Any]) -> DigitsError:
    return kind(code, **values)


def _in_words(name: str, value: Any) -> Any:
    """A value as the English sentence has it: the setting `batch_size` is "batch size"."""
    if name == "setting":
        return str(value).replace("_", " ")
    return " or ".join(map(str, value)) if isinstance(value, list) else value


class WeightsError(DigitsError):
    """Weights cannot be read or written; names the file and the way out."""


class DataError(DigitsError):
    """Digits cannot be read; names the file and the way out."""


class BackendError(DigitsError):
    """A backend or device that was asked for is not here; says what to install."""


class HubError(DigitsError):
    """A network cannot be put on the Hub; says why and what to do."""


class ExportError(DigitsError):
    """The ONNX file would not be the same network; says how they differ."""


class SettingsError(DigitsError, ValueError):
    """A setting is outside its limits; says which, its value and what is allowed."""


class DrawingError(DigitsError, ValueError):
    """A drawing or picture that cannot be read; says what is wrong and what would do."""


class StrokesError(DigitsError):
    """A stroke file that cannot be read; names the file, line and what was expected."""
