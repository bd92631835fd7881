"""train.py and export.py as a user runs them, on real digits."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import export
import train
from digits.evaluation import __main__ as evaluation
from digits.evaluation.figures import picture_figure
from digits.evaluation.predictions_picture import predictions_picture
from digits.network import checkpoint, onnx_export
from digits.network.backends import load_backend
from digits.network.checkpoint import load_weights
from digits.network.metadata import read_card
from digits.process import PIPE_CLOSED
from tests.support.files import REPO


def run(
    *arguments: object, cwd: Path = REPO, **environment: str
) -> subprocess.CompletedProcess[str]:
    """A command with this Python; the full data set is not used unless a test names it."""
    settings = {**os.environ, **environment}
    if "MNIST_DIR" not in environment:
        settings.pop("MNIST_DIR", None)
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, env=settings, capture_output=True, text=True, timeout=300
    )


def test_train_then_export_then_predict(few_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.pt"
    result = run("train.py", "--data", few_folder, "--out", out, "--epochs", 3, "--seed", 1)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].startswith("data:") and str(few_folder) in lines[0]
    assert lines[1].startswith("device:")
    assert [line.split(":")[0] for line in lines[3:7]] == [
        "before",
        "epoch 1/3",
        "epoch 2/3",
        "epoch 3/3",
    ]
    assert "step" in result.stderr  # the progress bar
    assert (tmp_path / "mine.png").read_bytes().startswith(b"\x89PNG")
    card = read_card(out.with_suffix(".json"))
    assert card.recipe["seed"] == 1 and card.recipe["epochs"] == 3
    assert f"{card.figures['test_accuracy']:.4f}" in lines[6]
    assert card.figures["test_accuracy"] > 0.6

    result = run("export.py", out, "--data", few_folder)
    assert result.returncode == 0, result.stderr
    assert "200 of 200" in result.stdout and "largest difference" in result.stdout
    assert load_backend(out, "onnx", "cpu").card == card


def test_flags_override_the_recipe(few_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "flags.pt"
    flags = "--recipe fast --epochs 1 --batch-size 50 --learning-rate 0.002 --hidden 20,10"
    assert train.main([*flags.split(), "--data", str(few_folder), "--out", str(out)]) == 0
    model, card = load_weights(out)
    assert model.config.hidden == (20, 10)
    assert card.recipe["name"] == "fast"
    assert [card.recipe[name] for name in ("epochs", "batch_size", "learning_rate")] == [
        1,
        50,
        0.002,
    ]


def test_what_was_exported_before_goes_with_its_weights(
    few_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else the page would go on answering with the network of before."""
    flags = ["--epochs", "1", "--data", str(few_folder), "--out", str(tmp_path / "x.pt")]
    assert train.main([*flags, "--seed", "1"]) == 0
    export.main([str(tmp_path / "x.pt"), "--data", str(few_folder)])
    before = load_backend(tmp_path / "x").version
    assert train.main([*flags, "--seed", "2"]) == 0
    assert "x.onnx and x.safetensors, of earlier weights" in capsys.readouterr().out
    assert load_backend(tmp_path / "x").version != before
    assert not (tmp_path / "x.safetensors").exists()


def test_the_picture_is_titled_with_predictions() -> None:
    """The same digits with other predictions differ above them, and only where the digit is named."""
    digits = np.zeros((4, 28, 28), np.uint8)
    one, other = (picture(digits, [7, 2, 1, last]) for last in (0, 8))
    assert one.shape == other.shape and one.shape[1] > 4 * 28 * 8
    rows, columns = np.nonzero(one != other)
    assert len(rows) and rows.max() < 64  # in the title, not in a digit
    assert columns.min() > one.shape[1] * 3 / 4  # in the last one's
    figure = picture_figure(predictions_picture(digits, [7, 2, 1, 0]))
    assert figure.get_size_inches() * figure.dpi == pytest.approx(one.shape[::-1])


def picture(digits: np.ndarray, predictions: list[int]) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(predictions_picture(digits, predictions))))


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--epochs", "0"], "epochs must be between"),
        (["--batch-size", "-3"], "batch size must be between"),
        (["--learning-rate", "nan"], "learning rate must be between"),
        (["--hidden", "64,0"], "width must be between"),
        (["--data", "/no/such/folder"], "no MNIST in"),
        (["--out", "x.onnx"], "--out must end in .pt"),
        (["--threads", "0"], "threads must be between 1 and 1024, not 0"),
        (["--threads", "-1"], "threads must be between"),
        (["--seed", "12345678901234567890"], "seed must be between"),
        (["--seed", "-1"], "seed must be between"),
        (["--seed", "2147483648"], "seed must be between 0 and 2147483647, not 2147483648"),
        (["--strokes", "README.md"], "--strokes is for --recipe sketch alone"),
        (
            ["--recipe", "fast", "--without-writers", "3"],
            "--without-writers is for --recipe sketch",
        ),
        (["--epochs", "9" * 400], "epochs must be between 1 and 10000, not inf"),
        (["--batch-size", "99999999999999999999"], "batch size must be between"),
        (["--learning-rate", "inf"], "learning rate must be between"),
        (["--hidden", "1,2,3,4,5,6,7,8"], "layers must be between"),
        (["--data", "/dev/null"], "no MNIST in"),
        (["--data", "x" * 5000], "File name too long"),
        (["--out", "y" * 300 + ".pt"], "File name too long"),
        (["--recipe", "sketch", "--strokes", "/no/such"], "there is no stroke file"),
        (["--recipe", "sketch", "--keep-images", "train.py/made"], "cannot write train.py/made"),
        (["--start", "weights/tutorial.pt"], "--start is for --recipe sketch alone"),
        (["--recipe", "sketch", "--start", "no/such.pt"], "no/such.pt"),
        (
            ["--recipe", "sketch", "--start", "weights/tutorial.pt", "--hidden", "32"],
            "--start FILE says the network's shape",
        ),
        (["--out", "yours-mine.pt"], "another name"),
        (["--device", "mps"], "no mps device"),
    ],
)
def test_a_wrong_flag_is_one_line(
    flags: list[str], message: str, capsys: pytest.CaptureFixture[str], few_folder: Path
) -> None:
    if "mps" in flags and torch.backends.mps.is_available():
        pytest.skip("this machine has mps")
    data = [] if "--data" in flags else ["--data", str(few_folder)]
    assert train.main([*flags, *data]) == 1
    error = capsys.readouterr().err
    assert message in error and error.startswith("error: ") and error.count("\n") == 1


@pytest.mark.parametrize(
    "flags",
    [
        ["--epochs", "many"],
        ["--seed", "1.5"],
        ["--hidden", "64,,64"],
        ["--hidden", ""],
        ["--activation", "swish"],
        ["--recipe", "none"],
        ["--device", "gpu"],
        ["--without-writers", "x"],
        ["--threads", "two"],
        ["--unknown"],
    ],
)
def test_a_flag_that_cannot_be_read_is_said_with_the_usage(
    flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        train.main(flags)
    said = capsys.readouterr().err
    assert left.value.code == 2 and said.startswith("usage:") and "error:" in said


@pytest.mark.parametrize("kind", ["folder", "below a file", "card is a folder"])
def test_what_cannot_be_saved_is_refused_before_training(
    kind: str, few_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "x.pt"
    if kind == "folder":
        out.mkdir()
    if kind == "below a file":
        (tmp_path / "file").write_text("")
        out = tmp_path / "file" / "below" / "x.pt"
    if kind == "card is a folder":
        out.with_suffix(".json").mkdir()
    assert train.main(["--data", str(few_folder), "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("error: cannot write") and said.err.count("\n") == 1
    assert said.out == ""  # not even the digits were loaded
    assert not list(tmp_path.glob(".*"))


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="who may write everywhere is not refused"
)
def test_a_folder_that_may_not_be_written_to_is_refused(
    few_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.chmod(0o500)
    assert train.main(["--data", str(few_folder), "--out", str(tmp_path / "x.pt")]) == 1
    assert "Permission denied" in capsys.readouterr().err


def test_a_console_that_cannot_print_a_path(few_folder: Path, tmp_path: Path) -> None:
    """Redirected on Windows, the output is in an old code page; a folder may be named in Chinese.

    ASCII is the poorest of them: what it can print, all can.
    """
    folder = tmp_path / "数字"
    shutil.copytree(few_folder, folder)
    out = folder / "网络.pt"
    console = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    trained = run("train.py", "--data", folder, "--out", out, "--epochs", 1, **console)
    exported = run("export.py", out, "--data", folder, **console)
    scored = run(
        "-m",
        "digits.evaluation",
        "--weights",
        out,
        "--data",
        folder,
        "--backend",
        "onnx",
        **console,
    )
    refused = run("-m", "digits.evaluation", "--weights", folder / "没有.pt", **console)
    for result in (trained, exported, scored):
        assert result.returncode == 0, result.stderr
        assert "\\u6570" in result.stdout and "Traceback" not in result.stderr
    assert refused.returncode == 1
    assert "\\u6ca1" in refused.stderr and refused.stderr.count("\n") == 1


def test_whoever_reads_may_leave(few_folder: Path) -> None:
    """As in `python -m digits.evaluation | head -1`."""
    command = [sys.executable, "-m", "digits.evaluation", "--weights", "tutorial"]
    process = subprocess.Popen(
        [*command, "--data", str(few_folder)],
        cwd=REPO,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    said = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait() == PIPE_CLOSED
    assert said == ""


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--weights", "/no/such.pt"], "no weights at"),
        (["--strokes", "/dev/null"], "holds no drawing"),
        (["--save-figure", "/dev/null/x.png"], "cannot write"),
        (["--data", "/no/such"], "no MNIST in"),
    ],
)
def test_evaluations_errors_are_one_line(
    flags: list[str], message: str, few_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = [] if "--data" in flags else ["--data", str(few_folder)]
    assert evaluation.main([*flags, *data]) == 1
    error = capsys.readouterr().err
    assert message in error and error.startswith("error: ") and error.count("\n") == 1


def test_without_network_it_trains_on_the_bundled_digits(tmp_path: Path) -> None:
    """A copy of the checkout on a machine whose every connection is refused."""
    shutil.copy(REPO / "train.py", tmp_path)
    shutil.copytree(REPO / "digits", tmp_path / "digits")
    nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    (tmp_path / "elsewhere").mkdir()
    result = run("../train.py", "--epochs", 1, cwd=tmp_path / "elsewhere", no_proxy="", **nowhere)
    assert result.returncode == 0, result.stderr
    assert "could not be downloaded" in result.stdout.splitlines()[0]
    assert "5,000 bundled MNIST digits" in result.stdout.splitlines()[0]
    assert "Traceback" not in result.stderr
    assert (tmp_path / "weights" / "tutorial.pt").exists()


def test_export_takes_every_weight_file(
    few_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        assert train.main(f"--data {few_folder} --epochs 1 --out {tmp_path / name}.pt".split()) == 0
    monkeypatch.setattr(export, "WEIGHTS_DIR", tmp_path)
    assert export.main(["--data", str(few_folder)]) == 0
    assert sorted(path.name for path in tmp_path.glob("*.onnx")) == ["one.onnx", "two.onnx"]


def test_export_errors_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(export, "WEIGHTS_DIR", tmp_path)
    assert export.main([]) == 1
    assert "python train.py" in capsys.readouterr().err
    (tmp_path / "bad.pt").write_text("bad")
    assert export.main([]) == 1
    error = capsys.readouterr().err
    assert "bad.pt" in error and error.count("\n") == 1
    assert not (tmp_path / "bad.onnx").exists()


def test_no_onnx_file_is_left_when_the_networks_differ(
    few_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.pt"
    assert train.main(f"--data {few_folder} --epochs 1 --out {path}".split()) == 0
    right = onnx_export.to_onnx

    def wrong(model: torch.nn.Module, card: checkpoint.Card) -> bytes:
        with torch.no_grad():
            model.layers[0].weight += 0.01
        content = right(model, card)
        with torch.no_grad():
            model.layers[0].weight -= 0.01
        return content

    monkeypatch.setattr(onnx_export, "to_onnx", wrong)
    assert export.main([str(path), "--data", str(few_folder)]) == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["x.json", "x.png", "x.pt"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_while_training_the_old_weights_stay(
    few_folder: Path, tmp_path: Path, how: signal.Signals
) -> None:
    out = tmp_path / "x.pt"
    assert train.main(f"--data {few_folder} --epochs 1 --out {out}".split()) == 0
    before = out.read_bytes()
    command = [sys.executable, "train.py", "--data", few_folder, "--epochs", "900", "--out", out]
    process = subprocess.Popen(
        list(map(str, command)), cwd=REPO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    while not process.stdout.readline().startswith("before"):
        pass
    time.sleep(0.3)
    process.send_signal(how)
    _, error = process.communicate(timeout=300)
    assert out.read_bytes() == before
    if how is signal.SIGINT:
        assert process.returncode == 130
        assert "stopped" in error and "Traceback" not in error


def test_the_tutorials_figures_on_the_full_mnist(mnist: object, tmp_path: Path) -> None:
    result = run(
        "train.py", "--out", tmp_path / "x.pt", "--seed", 0, MNIST_DIR=os.environ["MNIST_DIR"]
    )
    accuracies = [float(line.split("accuracy ")[1][:6]) for line in result.stdout.splitlines()[3:6]]
    assert accuracies[0] == pytest.approx(0.1, abs=0.08)
    assert accuracies[1] > 0.94
    assert accuracies[2] > 0.955
