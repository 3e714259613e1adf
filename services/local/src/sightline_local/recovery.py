"""What is done after a run whose emulator was killed, before the services start again.

Objects and the table survive; the messages in the queues do not. `sightline_ops reconcile` removes
objects without an image, finishes deletions, and sends the messages of unprocessed images again.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from sightline_local.environment import base_environment
from sightline_local.errors import StackError

#: Exit codes of `sightline_ops reconcile`: no problems, and problems that cannot be repaired.
_COMPLETED = (0, 1)


def recover(outputs: Path) -> str:
    """Repair the state of the stack that `outputs` describes; return the result in one line.

    Raises `StackError`.
    """
    options = ["--stack", str(outputs), "--json", "reconcile", "--apply", "--older-than", "0"]
    completed = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "sightline_ops", *options],
        env=base_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if completed.returncode not in _COMPLETED:
        lines = completed.stderr.strip().splitlines() or ["no output"]
        raise StackError(f"the state cannot be repaired: {lines[-1]}")
    findings = [json.loads(line) for line in completed.stdout.splitlines()]
    return summarize([(each["kind"], each["image_id"]) for each in findings])


def summarize(findings: list[tuple[str, str]]) -> str:
    """Return one line about the findings: pairs of their kind and the id of the image."""
    images = Counter(kind for kind, _ in set(findings))
    parts = ["photos and users are kept"]
    if images["stalled"]:
        parts.append(f"processing resumes for {images['stalled']}")
    if lost := images["lost original"]:
        parts.append(f"{lost} lost their original")
    parts.append("notifications not yet sent are lost")
    return f"The previous run did not stop cleanly: {', '.join(parts)}."
