"""Settings of the scheduled refresh, read once from environment variables."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from sightline.settings import PREFIX


class AnalyticsSettings(BaseSettings):
    """Settings of `python -m sightline_ops.analytics refresh`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    region: str = Field(validation_alias="AWS_REGION", description="AWS region. ECS sets it.")
    table_arn: str = Field(
        description="ARN of the DynamoDB table. It must have point-in-time recovery."
    )
    analytics_bucket: str = Field(description="S3 bucket of the exports and of the view.")
    analytics_key_arn: str = Field(
        description="ARN of the HMAC key in KMS, from which the key of the owner hash is derived."
    )
    analytics_key_version: int = Field(
        1, ge=1, description="Version of the key of the owner hash. A new one replaces all hashes."
    )
