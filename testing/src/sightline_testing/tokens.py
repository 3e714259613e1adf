"""A fake Cognito user pool: real keys and signatures, arbitrary claims."""

import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from jose import jwk, jwt

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example"
CLIENT_ID = "3n4b5urk1ft4fl3mg5e62d9ado"
MACHINE_CLIENT_ID = "1example23456789machine"


class TokenIssuer:
    """Signs access tokens as Cognito does and publishes its keys (JWKS)."""

    def __init__(self, key_id: str = "first", issuer: str = ISSUER) -> None:
        self.key_id = key_id
        self.issuer = issuer
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.private_pem = key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode()
        # Constructing a key takes longer than signing with it.
        self._signing_key = jwk.construct(self.private_pem, algorithm="RS256")
        self.public_pem = (
            key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        )

    def jwks(self) -> dict[str, Any]:
        public = jwk.construct(self.public_pem, algorithm="RS256").to_dict()
        return {"keys": [{**public, "kid": self.key_id, "use": "sig"}]}

    def claims(self, owner: str, **changes: object) -> dict[str, object]:
        """Return the claims of an access token; a change to None removes a claim."""
        claims: dict[str, object] = {
            "sub": owner,
            "iss": self.issuer,
            "client_id": CLIENT_ID,
            "token_use": "access",
            "scope": "aws.cognito.signin.user.admin",
            "iat": int(time.time()),
            "exp": int(time.time()) + 3600,
            "jti": "a8b1c2",
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def sign(self, owner: str, **changes: object) -> str:
        """Return a signed access token of the owner."""
        return self.sign_claims(self.claims(owner, **changes))

    def sign_machine(self, *scopes: str, **changes: object) -> str:
        """Return an access token as Cognito issues it for client credentials."""
        claims = {
            "client_id": MACHINE_CLIENT_ID,
            "scope": " ".join(f"sightline/{scope}" for scope in scopes),
            "version": 2,
            **changes,
        }
        return self.sign(MACHINE_CLIENT_ID, **claims)

    def sign_claims(self, claims: dict[str, object]) -> str:
        headers = {"kid": self.key_id}
        token: str = jwt.encode(claims, self._signing_key, algorithm="RS256", headers=headers)
        return token
