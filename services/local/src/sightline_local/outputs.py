"""What a running stack tells an operator: the same document as `terraform output -json` prints."""

import json
from pathlib import Path

from sightline_local.stack import Stack, StackError


def write_outputs(stack: Stack, folder: Path) -> None:
    """Next to the card, as `sightline_ops` looks for it."""
    made = stack.resources
    if made is None:
        raise StackError("there is nothing to tell of a stack that has not started")
    outputs = {
        "region": made.region,
        "endpoint": stack.ports.url("cloud"),
        "table": made.table,
        "buckets": {"originals": made.originals_bucket, "renditions": made.renditions_bucket},
        "queues": {
            "recognition": made.recognition_queue_url,
            "recognition_dead": f"{made.recognition_queue_url}-dead",
            "renditions": made.renditions_queue_url,
            "renditions_dead": f"{made.renditions_queue_url}-dead",
        },
    }
    values = {name: {"value": value} for name, value in outputs.items()}
    _path(folder).write_text(json.dumps(values, indent=2))


def remove_outputs(folder: Path) -> None:
    _path(folder).unlink(missing_ok=True)


def _path(folder: Path) -> Path:
    return folder / "outputs.json"
