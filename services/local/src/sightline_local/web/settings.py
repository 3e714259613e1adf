"""Settings of the local web server, and those that it serves to browsers."""

from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from sightline.domain.recognition import Feature
from sightline_local.web.map_tiles import MapTiles

#: Vite's build folder, relative to the repository root.
BUILD_FOLDER = Path("web/dist")

#: The page of the messages that were sent by email.
MAIL_PATH = "/mail"


class WebSettings(BaseSettings):
    """Read from `SIGHTLINE_WEB_*`."""

    model_config = SettingsConfigDict(env_prefix="SIGHTLINE_WEB_", frozen=True, extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8005, ge=1, le=65535, description="Port to listen on.")
    files: Path = Field(BUILD_FOLDER, description="Build folder of the web application.")
    api: str = Field(description="URL of the API; its paths are proxied.")
    cloud: str = Field(description="URL of Cognito and S3 for browsers.")
    pool_id: str = Field(description="ID of the Cognito user pool.")
    client_id: str = Field(description="ID of the app client of the pool.")
    sign_in_page: bool = Field(False, description="Offer the sign-in page of the user pool.")
    tiles: MapTiles | None = Field(
        None, description="`url` and `attribution` of a map server; none by default."
    )
    features: tuple[Feature, ...] = Field(description="Features offered for recognition.")
    demo_email: str = Field(description="Email address of the demo user.")
    demo_password: str = Field(description="Password of the demo user.")

    def browser_settings(self) -> dict[str, Any]:
        """Return the content of `config.json`, which `web/src/config.ts` reads."""
        return {
            "api": "",
            "cognito": {
                "endpoint": f"{self.cloud}/",
                "poolId": self.pool_id,
                "clientId": self.client_id,
                "domain": self.cloud,
                "identityProviders": ["COGNITO"] if self.sign_in_page else [],
            },
            "features": {
                "offered": self.features,
                # Moderation is opt-in.
                "default": [each for each in self.features if each is not Feature.MODERATION],
            },
            "signUp": True,
            "tiles": self.tiles and self.tiles.model_dump(),
            "mail": MAIL_PATH,
            "demo": {"email": self.demo_email, "password": self.demo_password},
        }
