"""Settings of the scheduled refresh, read once from environment variables."""

from pydantic import Field, SecretStr
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
    analytics_owner_key: SecretStr = Field(
        description="Key of the hash that names owners in the view. With the key of traces, "
        "both have the same hash.",
        min_length=1,
    )
