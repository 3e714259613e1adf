"""The outputs file of a running stack, in the format of `terraform output -json`."""

import json
from pathlib import Path

from sightline_local.errors import StackError
from sightline_local.stack import Stack


def write_outputs(stack: Stack, folder: Path) -> None:
    """Write the file next to the connection file, where `sightline_ops` expects it."""
    resources = stack.resources
    if resources is None:
        raise StackError("the stack has not started: there are no outputs")
    outputs = {
        "region": resources.region,
        "endpoint": stack.ports.url("cloud"),
        "table": stack.table,
        "buckets": {
            "originals": resources.originals_bucket,
            "renditions": resources.renditions_bucket,
        },
        "sign_in": {"pool_id": resources.pool_id, "client_id": resources.client_id},
        "queues": {
            "recognition": resources.recognition_queue_url,
            "recognition_dead": f"{resources.recognition_queue_url}-dead",
            "renditions": resources.renditions_queue_url,
            "renditions_dead": f"{resources.renditions_queue_url}-dead",
        },
    }
    values = {name: {"value": value} for name, value in outputs.items()}
    outputs_path(folder).write_text(json.dumps(values, indent=2))


def remove_outputs(folder: Path) -> None:
    outputs_path(folder).unlink(missing_ok=True)


def outputs_path(folder: Path) -> Path:
    return folder / "outputs.json"
