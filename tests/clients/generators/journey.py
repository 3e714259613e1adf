"""Read, change and list an image, and create an upload, with models of datamodel-code-generator."""

import os
import uuid

import httpx
from generated import (
    AlbumRequest,
    AlbumView,
    ImageChanges,
    ImageSummaryPage,
    ImageUpload,
    ImageUploadRequest,
    ImageView,
    ProblemBody,
)

IMAGE = f"/v1/images/{os.environ['IMAGE_ID']}"
HEADERS = {"Authorization": f"Bearer {os.environ['TOKEN']}", "Content-Type": "application/json"}

with httpx.Client(base_url=os.environ["API"], headers=HEADERS) as http:
    image = ImageView.model_validate_json(http.get(IMAGE).content)
    assert image.status.value == "ready"
    assert image.capture is not None
    assert image.capture.taken_at is None
    assert image.capture.taken_at_local is not None

    # A client may send all fields, also those that are not set.
    labels = ImageChanges.model_validate({"labels_added": ["Holiday"]})
    http.patch(IMAGE, content=labels.model_dump_json(exclude_unset=True)).raise_for_status()
    title = ImageChanges(title="The beach").model_dump_json()
    changed = ImageView.model_validate_json(http.patch(IMAGE, content=title).content)
    assert [str(getattr(each, "root", each)) for each in changed.labels_added] == ["Holiday"]
    page = http.get("/v1/images", params={"label": ["Holiday"]}).content
    assert len(ImageSummaryPage.model_validate_json(page).items) == 1

    request = ImageUploadRequest.model_validate(
        {"media_type": "image/jpeg", "bytes": 3_000_000, "sha256": "0" * 64}
    ).model_dump_json()
    key = {"Idempotency-Key": str(uuid.uuid4())}
    uploads = [http.post("/v1/images", content=request, headers=key).content for _ in range(2)]
    first, again = (ImageUpload.model_validate_json(each).image.id for each in uploads)
    assert first == again
    created = f"/v1/images/{getattr(first, 'root', first)}"
    assert http.delete(created).status_code == 204

    body = AlbumRequest(title="Summer").model_dump_json()
    album = AlbumView.model_validate_json(http.post("/v1/albums", content=body).content)
    assert http.delete(f"/v1/albums/{getattr(album.id, 'root', album.id)}").status_code == 204
    missing = ProblemBody.model_validate_json(http.get(created).content)
    assert missing.code == "image_not_found"
print("done")
