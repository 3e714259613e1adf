"""The operations tool on the outputs file that `make run` writes."""

import json
import re
import subprocess
import sys
from pathlib import Path

from e2e.conftest import User, cloud
from sightline_local.outputs import remove_outputs, write_outputs
from sightline_local.purge_timer import purge_command
from sightline_local.sample_image import draw_sample


def run(outputs: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "sightline_ops", "--stack", str(outputs), *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return result.returncode, result.stdout


def test_ops_reports_on_an_image_of_a_running_stack(user: User, tmp_path: Path) -> None:
    resources = user.stack.resources
    assert resources is not None
    image_id = user.upload("photo.jpg", draw_sample(size=(900, 600)))
    user.wait(image_id)
    write_outputs(user.stack, tmp_path)
    outputs = tmp_path / "outputs.json"
    items = cloud(user.stack, "dynamodb").scan(TableName=resources.table)["Items"]
    rows = [item for item in items if item.get("image_id", {}).get("S") == image_id]
    owner = rows[0]["owner"]["S"]
    code, output = run(outputs, "--json", "image", owner, image_id)
    assert code == 0
    image = json.loads(output)
    assert (image["status"], len(image["renditions"])) == ("ready", 3)
    assert image["events"][0]["event"] == "created"
    code, output = run(outputs, "--json", "reconcile")
    assert (code, output) == (0, "")
    assert user.http.delete(f"/v1/images/{image_id}").status_code == 204
    purge = subprocess.run(
        [*purge_command(outputs), "--days", "1e-9"], capture_output=True, text=True, check=False
    )
    # Other tests leave images in the trash of the same stack.
    assert re.search(r"Steps of the purge: \d+\. Done: [1-9]", purge.stderr), purge
    remaining = cloud(user.stack, "dynamodb").scan(TableName=resources.table)["Items"]
    assert image_id not in str(remaining)
    remove_outputs(tmp_path)
    assert not outputs.exists()
