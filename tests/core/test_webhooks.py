"""Webhooks: secrets, signatures, states and ids."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from sightline.domain.clock import now
from sightline.domain.ids import delivery_id_adapter, new_image_id, time_of
from sightline.domain.webhooks import (
    MAX_ATTEMPTS,
    RETRY_SECONDS,
    ROTATION_PERIOD,
    DeliveryState,
    derive_delivery_id,
    new_secret,
    sign,
)
from sightline_testing.builders import make_delivery, make_webhook

PAYLOAD = json.dumps({"type": "image.ready", "data": {"title": "Zürich"}}).encode()


def sign_headers(secrets: tuple[str, ...], at: datetime | None = None) -> dict[str, str]:
    timestamp = int((at or now()).timestamp())
    return {
        "webhook-id": "message",
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secrets, "message", timestamp, PAYLOAD),
    }


def test_the_published_library_verifies_a_signature() -> None:
    secret = new_secret()
    verifier = Verifier(secret)
    assert verifier.verify(PAYLOAD, sign_headers((secret,))) == json.loads(PAYLOAD)
    for altered in (
        sign_headers((new_secret(),)),
        sign_headers((secret,)) | {"webhook-id": "other"},
        sign_headers((secret,), now() - timedelta(hours=1)),
    ):
        with pytest.raises(WebhookVerificationError):
            verifier.verify(PAYLOAD, altered)


def test_secrets_have_the_entropy_of_the_specification() -> None:
    secret = new_secret()
    assert secret.startswith("whsec_")
    assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"))) <= 64
    assert secret != new_secret()


@pytest.mark.parametrize("secret", ["", "whsec_!", "c2VjcmV0"])
def test_sign_rejects_what_is_no_secret(secret: str) -> None:
    with pytest.raises(ValueError, match="not a secret"):
        sign((secret,), "message", 0, PAYLOAD)


def test_both_secrets_sign_for_a_day_after_a_rotation() -> None:
    webhook, at = make_webhook(), now()
    rotated = webhook.rotate(at)
    before_end = at + ROTATION_PERIOD - timedelta(seconds=1)
    headers = sign_headers(rotated.signing_secrets(before_end))
    for secret in (webhook.secret, rotated.secret):
        Verifier(secret).verify(PAYLOAD, headers)
    assert rotated.signing_secrets(at + ROTATION_PERIOD) == (rotated.secret,)


def test_a_delivery_is_attempted_for_a_day() -> None:
    delivery, at, delays = make_delivery(make_webhook()), now(), []
    while (delay := delivery.retry_delay()) is not None:
        delays.append(delay)
        delivery = delivery.retry(500, "status", at, at + timedelta(seconds=delay))
    assert tuple(delays) == RETRY_SECONDS
    assert timedelta(hours=20) < timedelta(seconds=sum(delays)) < timedelta(hours=24)
    failed = delivery.fail(500, "status", at)
    assert (failed.state, failed.attempts) == (DeliveryState.FAILED, MAX_ATTEMPTS)
    replayed = failed.replay(at)
    assert (replayed.state, replayed.retry_delay()) == (DeliveryState.PENDING, RETRY_SECONDS[0])


def test_an_event_has_one_delivery_id_per_endpoint() -> None:
    image_id, at = new_image_id(), datetime(2026, 11, 27, 12, tzinfo=UTC)
    first = derive_delivery_id("webhook", "image.ready", image_id, at)
    assert delivery_id_adapter.validate_python(first) == first
    assert time_of(first) == at.timestamp()
    assert first == derive_delivery_id("webhook", "image.ready", image_id, at)
    others = {
        derive_delivery_id("other", "image.ready", image_id, at),
        derive_delivery_id("webhook", "image.failed", image_id, at),
        derive_delivery_id("webhook", "image.ready", new_image_id(), at),
        derive_delivery_id("webhook", "image.ready", image_id, at + timedelta(microseconds=1)),
        derive_delivery_id("webhook", "image.ready", image_id, at, "again"),
    }
    assert len(others | {first}) == 6
