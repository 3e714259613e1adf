"""The operator's tool, on what `make run` leaves for it."""

import json
import subprocess
import sys
from pathlib import Path

from e2e.conftest import User, cloud
from sightline_local.outputs import remove_outputs, write_outputs
from sightline_local.sample_image import draw_sample


def run(outputs: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "sightline_ops", "--stack", str(outputs), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout


def test_an_operator_sees_what_a_user_made(user: User, tmp_path: Path) -> None:
    made = user.stack.resources
    assert made is not None
    image_id = user.send("seen.jpg", draw_sample(size=(900, 600)))
    user.wait(image_id)
    write_outputs(user.stack, tmp_path)
    outputs = tmp_path / "outputs.json"
    items = cloud(user.stack, "dynamodb").scan(TableName=made.table)["Items"]
    rows = [item for item in items if item.get("image_id", {}).get("S") == image_id]
    owner = rows[0]["owner"]["S"]
    code, told = run(outputs, "--json", "image", owner, image_id)
    assert code == 0
    image = json.loads(told)
    assert (image["status"], len(image["renditions"])) == ("ready", 3)
    assert image["events"][0]["what"] == "announced"
    code, told = run(outputs, "--json", "reconcile")
    assert (code, told) == (0, "")
    remove_outputs(tmp_path)
    assert not outputs.exists()
