"""What the gateway answers is what its document says, whatever it is asked."""

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from e2e.conftest import User, sign_up
from sightline_local.stack import Stack

#: Cases per operation, of each way to make them; `make fuzz-api` takes more.
EXAMPLES = os.environ.get("SIGHTLINE_API_EXAMPLES", "15")

#: A failure is told with the seed that it was found with.
SEED = os.environ.get("SIGHTLINE_SEED", "1")

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
)

#: The one never ends, the other ends everything: both have tests of their own.
LEFT_OUT = ("get_events", "erase_account")


def test_no_request_is_answered_otherwise_than_documented(stack: Stack, tmp_path: Path) -> None:
    """Good and bad requests of every operation: none ends in a 5xx or an undocumented answer."""
    user = User(stack, sign_up(stack, "anybody@example.com"))
    with closing(user.http):
        document = user.http.get("/openapi.json").json()
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run"),
            *("openapi.json", "--url", user.card.api),
            *("--header", f"Authorization: {user.http.headers['Authorization']}"),
            *("--checks", ",".join(CHECKS)),
            *("--max-examples", EXAMPLES, "--seed", SEED, "--continue-on-failure"),
            *("--request-timeout", "30", "--rate-limit", "auto", "--warnings", "off"),
            *(part for each in LEFT_OUT for part in ("--exclude-operation-id", each)),
        ],
        # It remembers things in the folder that it runs in.
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    operations = {
        each["operationId"] for path in document["paths"].values() for each in path.values()
    }
    assert f"Tested: {len(operations.difference(LEFT_OUT))}\n" in ended.stdout
