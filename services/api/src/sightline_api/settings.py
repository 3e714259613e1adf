"""Settings of the API."""

import re
from typing import Annotated, Self

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import NoDecode, SettingsConfigDict

from sightline.deletion import TRASH_DAYS
from sightline.domain.recognition import CALL_PRICES, Feature
from sightline.settings import PREFIX, ServiceSettings
from sightline_api.urls.cloudfront import read_private_key

#: A scheme and a host, without a path (RFC 6454).
ORIGIN = re.compile(r"https?://[^\s/*,]+")

#: A URL of http or https with the ID of a trace in it.
TRACE_URL = re.compile(r"https?://\S*\{(?:xray_)?trace_id\}\S*")


class ApiSettings(ServiceSettings):
    """Settings from `SIGHTLINE_*` variables; durations in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(env_parse_none_str="none", hide_input_in_errors=True)

    renditions_bucket: str = Field(description="S3 bucket of the renditions.")
    uploads_topic_arn: str = Field(
        description="SNS topic of the upload notifications, which feeds the queues of the worker "
        "and the resizer; the API publishes requests to reprocess to it."
    )
    events_queue_prefix: str = Field(
        description="Name prefix of the SQS queues from which API tasks receive change events."
    )
    token_issuer: str = Field(
        description="Issuer of the access tokens (claim `iss`): the URL of the Cognito user pool."
    )
    token_jwks_url: str = Field(description="URL of the user pool's JWKS, its public signing keys.")
    token_client_ids: frozenset[str] = Field(
        description="IDs of the app clients that people sign in with, whose access tokens are "
        "accepted."
    )
    token_machine_client_ids: frozenset[str] = Field(
        frozenset(),
        description="IDs of the app clients that sign in with client credentials; each acts for a "
        "service account of its own. None by default.",
    )
    public_s3_endpoint: str | None = Field(
        None,
        description="S3 endpoint that clients use, if it differs from the one that the API uses.",
    )
    s3_endpoint: str | None = Field(
        None,
        validation_alias=AliasChoices("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
        description="S3 endpoint that the API uses; the endpoint of AWS by default.",
    )
    cloudfront_url: str | None = Field(
        None,
        description="URL of the CloudFront distribution that serves renditions; S3 serves them by "
        "default.",
    )
    cloudfront_key_id: str | None = Field(
        None, description="ID of the CloudFront public key that verifies the signed URLs."
    )
    cloudfront_private_key: SecretStr | None = Field(
        None, description="RSA private key in PEM format that signs CloudFront URLs."
    )
    dynamodb_fast_path: bool = Field(
        True,
        description="Send reads and puts to DynamoDB without the SDK, and fall back to the SDK.",
    )
    host: str = Field("127.0.0.1", description="IP address or host name to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="TCP port to listen on.")
    max_upload_bytes: int = Field(
        50 * 2**20, gt=0, description="Maximum size of an image, in bytes."
    )
    owner_max_images: int | None = Field(
        None, ge=0, description="Maximum number of images per owner; unlimited by default."
    )
    owner_max_bytes: int | None = Field(
        None,
        ge=0,
        description="Maximum total size of the originals per owner, in bytes; unlimited by "
        "default.",
    )
    owner_max_uploads: int | None = Field(
        None,
        ge=1,
        description="Maximum number of outstanding uploads per owner: created, and neither "
        "received, cancelled nor lapsed; unlimited by default.",
    )
    trash_days: int = Field(
        TRASH_DAYS,
        ge=0,
        description="Days for which the trash keeps an image; `ops purge` has its own option.",
    )
    call_prices: dict[Feature, float] = Field(
        CALL_PRICES,
        description="Prices of 1,000 recognition calls by feature, in US dollars. The defaults are "
        "those of us-east-1 for the first million calls of a month.",
    )
    upload_seconds: int = Field(
        900, gt=0, le=43_200, description="Lifetime of a presigned POST, in seconds."
    )
    url_seconds: int = Field(
        3600,
        gt=0,
        le=43_200,
        description="Minimum lifetime of a presigned URL, in seconds; the actual lifetime is up to "
        "one hour longer. A URL of S3 also expires with the session token that signed it.",
    )
    webhooks_allow_loopback: bool = Field(
        False,
        description="Whether webhook endpoints may be on the machine of the notifier, also by "
        "`http`. For local development only.",
    )
    owner_requests_per_second: float | None = Field(
        50,
        gt=0,
        description="Sustained rate limit per owner and API task, in requests per second; `none` "
        "disables rate limiting.",
    )
    owner_burst: int = Field(
        200, ge=1, description="Requests that an owner may make at once, per API task."
    )
    api_key_requests_per_second: float | None = Field(
        20,
        gt=0,
        description="Sustained rate limit per API key and API task, in requests per second; `none` "
        "disables rate limiting of API keys.",
    )
    api_key_burst: int = Field(
        100, ge=1, description="Requests that an API key may make at once, per API task."
    )
    shared_requests_per_second: float | None = Field(
        10,
        gt=0,
        description="Sustained rate limit of visitors of share links, per IP address (IPv6: per "
        "/64) and API task, in requests per second; `none` disables it.",
    )
    shared_burst: int = Field(
        100,
        ge=1,
        description="Requests that visitors with one IP address may make at once, per API task.",
    )
    share_link_requests_per_second: float | None = Field(
        50,
        gt=0,
        description="Sustained rate limit per share link and API task, in requests per second; "
        "`none` disables it.",
    )
    share_link_burst: int = Field(
        500,
        ge=1,
        description="Requests that all visitors of a link may make at once, per API task.",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="Number of proxies before the API that append to `X-Forwarded-For`. The first "
        "of them adds the IP address of the client; 0 uses that of the connection.",
    )
    max_request_bytes: int = Field(
        2**20, gt=0, description="Maximum size of a request body, in bytes."
    )
    erasure_seconds: float = Field(
        20,
        gt=0,
        description="Time that one request to erase an account spends deleting, in seconds; must "
        "be less than the request timeout.",
    )
    request_seconds: float = Field(
        30, gt=0, description="Request timeout: time until the response must start, in seconds."
    )
    events_heartbeat_seconds: float = Field(
        15,
        gt=0,
        description="Interval of heartbeats in an idle event stream, in seconds; must be less than "
        "the idle timeout of the load balancer.",
    )
    events_max_seconds: float = Field(
        900, gt=0, description="Maximum lifetime of an event stream, in seconds."
    )
    events_max_streams: int = Field(
        20, ge=1, description="Maximum number of open event streams per owner and API task."
    )
    events_lease_seconds: float = Field(
        120,
        ge=1,
        description="Lease of an API task's event queue, in seconds. If the task stops renewing "
        "it, other tasks remove the queue.",
    )
    archive_part_bytes: int = Field(
        256 * 2**20,
        ge=2**20,
        description="Size of a part of an archive, in bytes, unless the request selects another.",
    )
    archive_max_downloads: int = Field(
        2,
        ge=1,
        description="Maximum number of concurrent archive downloads per owner and API task.",
    )
    archive_max_total_downloads: int = Field(
        16, ge=1, description="Maximum number of concurrent archive downloads per API task."
    )
    archive_seconds: float = Field(
        900,
        gt=0,
        description="Maximum time of an archive download, in seconds; a client continues it with a "
        "range.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Origins of web pages that may call the API, separated by commas, such as "
        "`https://app.example.com`; none by default.",
    )

    trace_url: str | None = Field(
        None,
        description="URL of the page of a trace, to which the history of an image links, such as "
        "`https://jaeger.example.com/trace/{trace_id}`; `{xray_trace_id}` is the ID in the form of "
        "AWS X-Ray. None by default. Every user sees the URL.",
    )

    @field_validator("trace_url", mode="before")
    @classmethod
    def _unset_empty(cls, url: object) -> object:
        return url or None

    @field_validator("trace_url")
    @classmethod
    def _check_trace_url(cls, url: str | None) -> str | None:
        if url is not None and not TRACE_URL.fullmatch(url):
            raise ValueError("write a URL with `{trace_id}` or `{xray_trace_id}` in it")
        return url

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, origins: object) -> object:
        if not isinstance(origins, str):
            return origins
        return tuple(each.strip() for each in origins.split(",") if each.strip())

    @field_validator("cors_origins")
    @classmethod
    def _check_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not ORIGIN.fullmatch(origin):
                raise ValueError("write an origin as `https://app.example.com`, without a path")
        return origins

    @field_validator("cloudfront_private_key")
    @classmethod
    def _require_rsa_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None:
            read_private_key(key.get_secret_value())
        return key

    @field_validator("token_machine_client_ids")
    @classmethod
    def _separate_clients(cls, ids: frozenset[str], info: ValidationInfo) -> frozenset[str]:
        if ids & info.data.get("token_client_ids", frozenset()):
            raise ValueError(f"list each client here or in {PREFIX}TOKEN_CLIENT_IDS, not in both")
        return ids

    @model_validator(mode="after")
    def _require_all_of_cloudfront(self) -> Self:
        given = (self.cloudfront_url, self.cloudfront_key_id, self.cloudfront_private_key)
        if None in given and any(given):
            names = ("URL", "KEY_ID", "PRIVATE_KEY")
            raise ValueError(
                f"{', '.join(f'{PREFIX}CLOUDFRONT_{name}' for name in names)}: "
                "set all of them or none"
            )
        return self
