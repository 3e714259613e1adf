"""A stand-in for Amazon Rekognition that answers every picture with the same canned labels.

It looks at nothing. Its model version says so, and whoever shows its labels must say so too.
"""

import os

import uvicorn
from moto.rekognition.models import RekognitionBackend
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

#: In the place of a model's version, wherever labels of this stand-in are kept or shown.
CANNED = "canned"

MEDIA_TYPE = "application/x-amz-json-1.1"


async def answer(request: Request) -> JSONResponse:
    """One call of the AWS JSON 1.1 protocol."""
    target = request.headers.get("x-amz-target", "")
    if target != "RekognitionService.DetectLabels":
        error = {"__type": "AccessDeniedException", "Message": f"{target} is not stood in for"}
        return JSONResponse(error, 400, media_type=MEDIA_TYPE)
    labels, _, _ = RekognitionBackend("us-east-1", "123456789012").detect_labels()
    return JSONResponse({"Labels": labels, "LabelModelVersion": CANNED}, media_type=MEDIA_TYPE)


async def answer_health(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


app = Starlette(routes=[Route("/", answer, methods=["POST"]), Route("/health", answer_health)])


if __name__ == "__main__":
    port = int(os.environ["SIGHTLINE_RECOGNITION_PORT"])
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
