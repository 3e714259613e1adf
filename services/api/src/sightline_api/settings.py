"""The gateway's settings."""

from typing import Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from sightline.domain.recognition import Feature
from sightline.settings import PREFIX, ServiceSettings
from sightline_api.urls.cloudfront import read_private_key


class ApiSettings(ServiceSettings):
    """Read from `SIGHTLINE_*`; times in seconds."""

    model_config = SettingsConfigDict(env_parse_none_str="none", hide_input_in_errors=True)

    renditions_bucket: str = Field(description="Bucket that renditions are read from.")
    uploads_topic_arn: str = Field(
        description="Topic that feeds both queues; demands to reprocess go there too."
    )
    events_queue_prefix: str = Field(
        description="Begins the name of the queue by which each task hears of events."
    )
    token_issuer: str = Field(description="Address of the Cognito pool, as its tokens name it.")
    token_jwks_url: str = Field(description="Where the pool's public keys are.")
    token_client_ids: frozenset[str] = Field(description="App clients whose tokens are good.")
    public_s3_endpoint: str | None = Field(
        None, description="Address of S3 as clients see it, where it is not the one seen here."
    )
    s3_endpoint: str | None = Field(
        None,
        validation_alias=AliasChoices("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
        description="As the AWS clients read it; None for AWS itself.",
    )
    cloudfront_url: str | None = Field(
        None, description="Where CloudFront serves renditions; None, and S3 itself does."
    )
    cloudfront_key_id: str | None = Field(None, description="Its id of the public key.")
    cloudfront_private_key: SecretStr | None = Field(None, description="The other half, as PEM.")
    dynamodb_fast_path: bool = Field(
        True,
        description="Send reads and puts to DynamoDB without the SDK, and fall back to the SDK.",
    )
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    max_upload_bytes: int = Field(50 * 2**20, gt=0, description="Largest picture, in bytes.")
    owner_max_images: int | None = Field(
        None, ge=0, description="Images that one owner may have; None for any number."
    )
    owner_max_bytes: int | None = Field(None, ge=0, description="The same of their bytes.")
    call_prices: dict[Feature, float] = Field(
        {
            Feature.LABELS: 1.0,
            Feature.PROPERTIES: 0.75,
            Feature.TEXT: 1.0,
            Feature.FACES: 1.0,
            Feature.MODERATION: 1.0,
        },
        description="US dollars per 1,000 calls (us-east-1, the first million of a month).",
    )
    upload_seconds: int = Field(
        900, gt=0, le=43_200, description="Lifetime of a presigned POST, seconds."
    )
    url_seconds: int = Field(3600, gt=0, le=43_200, description="Life of a picture's address.")
    owner_requests_per_second: float | None = Field(
        50, gt=0, description="Of one owner to one task, over time; `none` for any number."
    )
    owner_burst: int = Field(200, ge=1, description="The same at once, after a while without any.")
    max_request_bytes: int = Field(2**20, gt=0, description="Largest body of a request.")
    erasure_seconds: float = Field(
        20, gt=0, description="Time for which one call erases; below `request_seconds`."
    )
    request_seconds: float = Field(30, gt=0, description="Time until an answer begins.")
    events_heartbeat_seconds: float = Field(
        15, gt=0, description="Longest silence of a stream; below a load balancer's idle time."
    )
    events_max_seconds: float = Field(900, gt=0, description="Longest life of a stream.")
    events_max_streams: int = Field(
        20, ge=1, description="Streams that one owner may have open, at each task."
    )
    events_lease_seconds: float = Field(
        120, ge=1, description="Time after its last sign of life for which a task counts as alive."
    )
    cors_origins: tuple[str, ...] = Field(
        (), description="Pages that may call, as `https://app.example.com`; none by default."
    )

    @field_validator("cloudfront_private_key")
    @classmethod
    def _can_sign(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None:
            read_private_key(key.get_secret_value())
        return key

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        given = (self.cloudfront_url, self.cloudfront_key_id, self.cloudfront_private_key)
        if None in given and any(given):
            names = ("URL", "KEY_ID", "PRIVATE_KEY")
            raise ValueError(
                f"{', '.join(f'{PREFIX}CLOUDFRONT_{name}' for name in names)}: "
                "all of them are needed, or none"
            )
        return self
