"""Settings of the notifier."""

from typing import Self

from pydantic import Field, model_validator

from sightline.settings import ConsumerSettings


class NotifierSettings(ConsumerSettings):
    """Settings from `SIGHTLINE_*`; times in seconds."""

    event_bus: str | None = Field(
        None,
        min_length=1,
        description="Name of the EventBridge bus that all events are published on; none without "
        "it.",
    )
    concurrency: int = Field(
        32,
        ge=1,
        le=256,
        description="Messages processed concurrently; deliveries of one owner take half at most.",
    )
    webhooks_allow_loopback: bool = Field(
        False,
        description="Whether webhook endpoints may be on the machine of the notifier, also by "
        "`http`. For local development only.",
    )
    email_sender: str | None = Field(
        None,
        min_length=3,
        description="Sender of email notifications, such as `Sightline <no-reply@example.com>`; "
        "an identity of Amazon SES. No email is sent without it.",
    )
    web_url: str | None = Field(
        None,
        pattern=r"^https?://[^/]+$",
        description="URL of the web application, which also serves the API below `/v1`: the "
        "target of the links in emails. Required with `SIGHTLINE_EMAIL_SENDER`.",
    )
    digest_poll_seconds: float = Field(
        15, gt=0, description="Interval at which due digests are looked up, in seconds."
    )

    owner_max_images: int | None = Field(
        None,
        ge=0,
        description="Maximum number of images per owner, as for the api, for warnings by email.",
    )
    owner_max_bytes: int | None = Field(
        None,
        ge=0,
        description="Maximum total size of the originals per owner in bytes, as for the api, for "
        "warnings by email.",
    )
    monthly_calls: int | None = Field(
        None,
        ge=0,
        description="Recognition calls per owner and month, as for the worker, for warnings by "
        "email.",
    )

    @model_validator(mode="after")
    def _check_web_url(self) -> Self:
        if self.email_sender is not None and self.web_url is None:
            raise ValueError("SIGHTLINE_EMAIL_SENDER requires SIGHTLINE_WEB_URL")
        return self
