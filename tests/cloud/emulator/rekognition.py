"""Rekognition: authorizes requests, and forwards them to the local emulator."""

import http.client
import json

from cloud.emulator import HOST, Headers, Json, load
from cloud.emulator.permissions import PermissionRecorder

OPERATION_PREFIX = "RekognitionService."

#: Time limit for one image.
TIMEOUT_SECONDS = 60


class Rekognition:
    """The API of Rekognition for tasks; the emulator that it forwards to verifies no caller."""

    def __init__(self, permissions: PermissionRecorder, port: int) -> None:
        self._permissions = permissions
        self._port = port

    def serve(self, operation: str, headers: Headers, body: bytes) -> tuple[int, Json]:
        action = "rekognition:" + operation.removeprefix(OPERATION_PREFIX)
        key = headers.get("authorization", "").partition("Credential=")[2].partition("/")[0]
        session = load("services.sts")._sessions.get(key)
        image = json.loads(body).get("Image", {}).get("S3Object")
        if session is None:
            return 400, {"__type": "UnrecognizedClientException", "message": "Unknown access key."}
        arn: str = session["Arn"]
        if not self._permissions.is_allowed(arn, action, "*"):
            return 400, {"__type": "AccessDeniedException", "message": f"{arn} lacks {action}."}
        # Rekognition reads the image with the rights of its caller.
        if image and not self._permissions.is_allowed(
            arn, "s3:GetObject", f"arn:aws:s3:::{image['Bucket']}/{image['Name']}"
        ):
            return 400, {"__type": "InvalidS3ObjectException", "message": "No access to the image."}
        return self._forward(headers, body)

    def _forward(self, headers: Headers, body: bytes) -> tuple[int, Json]:
        connection = http.client.HTTPConnection(HOST, self._port, timeout=TIMEOUT_SECONDS)
        kept = {name: headers[name] for name in ("content-type", "x-amz-target")}
        try:
            connection.request("POST", "/", body, kept)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()
