"""The gateway's settings."""

from pydantic import AliasChoices, Field

from sightline.recognition import Feature
from sightline.settings import ServiceSettings


class ApiSettings(ServiceSettings):
    """Read from `SIGHTLINE_*`; times in seconds."""

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
    ticket_seconds: int = Field(900, gt=0, le=43_200, description="Life of an upload ticket.")
    url_seconds: int = Field(3600, gt=0, le=43_200, description="Life of a picture's address.")
    max_request_bytes: int = Field(2**20, gt=0, description="Largest body of a request.")
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
