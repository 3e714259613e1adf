"""The gateway's settings."""

from pydantic import Field

from sightline.settings import ServiceSettings


class ApiSettings(ServiceSettings):
    """Read from `SIGHTLINE_*`; times in seconds."""

    renditions_bucket: str = Field(description="Bucket that renditions are read from.")
    uploads_topic_arn: str = Field(
        description="Topic that feeds both queues; demands to reprocess go there too."
    )
    token_issuer: str = Field(description="Address of the Cognito pool, as its tokens name it.")
    token_jwks_url: str = Field(description="Where the pool's public keys are.")
    token_client_ids: frozenset[str] = Field(description="App clients whose tokens are good.")
    public_s3_endpoint: str | None = Field(
        None, description="Address of S3 as clients see it, where it is not the one seen here."
    )
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    max_upload_bytes: int = Field(50 * 2**20, gt=0, description="Largest picture, in bytes.")
    ticket_seconds: int = Field(900, gt=0, le=43_200, description="Life of an upload ticket.")
    url_seconds: int = Field(3600, gt=0, le=43_200, description="Life of a picture's address.")
