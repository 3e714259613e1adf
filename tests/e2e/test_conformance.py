"""The API conforms to its OpenAPI document."""

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from e2e.conftest import User, sign_up
from sightline_local.stack import Stack

#: Examples per operation and generation mode; `make fuzz-api` sets more.
EXAMPLES = os.environ.get("SIGHTLINE_API_EXAMPLES", "2")

#: Seed of the generated examples; a failure is reported with it.
SEED = os.environ.get("SIGHTLINE_SEED", "1")

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
)

#: One never ends, the other deletes the user's data; both have tests of their own.
EXCLUDED_OPERATIONS = ("get_events", "erase_account")


def test_responses_conform_to_the_openapi_document(stack: Stack, tmp_path: Path) -> None:
    """Valid and invalid requests of every operation cause no 5xx and no undocumented response."""
    user = User(stack, sign_up(stack, "conformance@example.com"))
    with closing(user.http):
        document = user.http.get("/openapi.json").json()
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    result = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run"),
            *("openapi.json", "--url", user.connection.api),
            *("--header", f"Authorization: {user.http.headers['Authorization']}"),
            *("--checks", ",".join(CHECKS)),
            *("--max-examples", EXAMPLES, "--seed", SEED, "--continue-on-failure"),
            *("--request-timeout", "30", "--rate-limit", "auto", "--warnings", "off"),
            *(part for each in EXCLUDED_OPERATIONS for part in ("--exclude-operation-id", each)),
        ],
        # It writes a cache to the working directory.
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    operations = {
        each["operationId"] for path in document["paths"].values() for each in path.values()
    }
    assert f"Tested: {len(operations.difference(EXCLUDED_OPERATIONS))}\n" in result.stdout
