"""The smoke test of a canary deployment: two AWS Lambda functions, without dependencies.

CodeDeploy runs `report` after the test listener leads to the new tasks, and before they get any
traffic. `report` runs `probe`, which is in the VPC of the load balancer.
"""

import json
import os
import time
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

Json = dict[str, Any]

#: Path, status and media type of each expected response. Without an access token, a protected
#: endpoint must reject the request, which shows that more than the health check works.
CHECKS = (
    ("/health", 200, "application/json"),
    ("/v1/capabilities", 401, "application/problem+json"),
)

REQUEST_TIMEOUT_SECONDS = 5

#: The listener can still lead to the earlier tasks, or to none, for some seconds.
ATTEMPTS = 5
RETRY_SECONDS = 3


def report(event: Json, _context: object) -> None:
    """Run the probe, and report its result to CodeDeploy."""
    import boto3  # provided by the runtime

    lambda_client, codedeploy = boto3.client("lambda"), boto3.client("codedeploy")
    status = "Failed"
    try:
        payload = json.dumps({"base_url": os.environ["BASE_URL"]})
        response = lambda_client.invoke(FunctionName=os.environ["PROBE"], Payload=payload)
        result = json.load(response["Payload"])
        print(json.dumps({"result": result}))
        if "FunctionError" not in response and result == {"problems": []}:
            status = "Succeeded"
    finally:
        codedeploy.put_lifecycle_event_hook_execution_status(
            deploymentId=event["DeploymentId"],
            lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
            status=status,
        )


def probe(event: Json, _context: object) -> Json:
    """Return the problems of the API at `base_url`: none if every check passes."""
    problems: list[str] = []
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(RETRY_SECONDS)
        problems = [
            problem
            for path, status, media_type in CHECKS
            if (problem := _check(event["base_url"] + path, status, media_type))
        ]
        if not problems:
            break
    return {"problems": problems}


def _check(url: str, expected_status: int, expected_type: str) -> str | None:
    """Return what is wrong with the response, if anything."""
    try:
        try:
            response = urlopen(url, timeout=REQUEST_TIMEOUT_SECONDS)  # noqa: S310 - always HTTP
        except HTTPError as error:
            response = error
        with response:
            status, media_type = response.status, response.headers.get_content_type()
    except (URLError, OSError) as error:
        return f"{url}: {error}"
    if (status, media_type) != (expected_status, expected_type):
        return f"{url}: {status} {media_type}, expected {expected_status} {expected_type}"
    return None
