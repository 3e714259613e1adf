"""The settings of the web application's server, and those that it hands on to browsers."""

from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from sightline.domain.recognition import Feature

#: Where Vite puts what it builds, seen from where the stack is started.
BUILD_FOLDER = Path("web/dist")


class WebSettings(BaseSettings):
    """Read from `SIGHTLINE_WEB_*`."""

    model_config = SettingsConfigDict(env_prefix="SIGHTLINE_WEB_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(8005, ge=1, le=65535)
    files: Path = Field(BUILD_FOLDER, description="Folder of the built application.")
    api: str = Field(description="Where the API is; its paths are passed on to it.")
    cloud: str = Field(description="Where browsers find Cognito and S3.")
    pool_id: str
    client_id: str
    features: tuple[Feature, ...] = Field(description="What can be looked for here.")
    demo_email: str
    demo_password: str

    def browser_settings(self) -> dict[str, Any]:
        """What `config.json` says; `web/src/config.ts` is its other end."""
        return {
            "api": "",
            "cognito": {
                "endpoint": f"{self.cloud}/",
                "poolId": self.pool_id,
                "clientId": self.client_id,
            },
            "features": {
                "offered": self.features,
                # Whoever wants to know what is not for everybody's eyes has to ask.
                "usual": [each for each in self.features if each is not Feature.MODERATION],
            },
            "signUp": True,
            "demo": {"email": self.demo_email, "password": self.demo_password},
        }
