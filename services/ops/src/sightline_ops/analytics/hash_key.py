"""The key of the hashes in the view, derived from an HMAC key in AWS KMS.

The key in KMS cannot be read, only used. Without it, or once it is deleted, no one can compute the
hash of an owner.
"""

from typing import Any

#: The message whose MAC is the key. Another version gives another key.
MESSAGE = "sightline analytics, version {version}"


async def derive_hash_key(kms: Any, key_arn: str, version: int) -> bytes:
    """Return the key of 32 bytes for this version, always the same; `kms` is a client of KMS.

    https://docs.aws.amazon.com/kms/latest/developerguide/hmac.html
    """
    response = await kms.generate_mac(
        KeyId=key_arn, MacAlgorithm="HMAC_SHA_256", Message=MESSAGE.format(version=version).encode()
    )
    return bytes(response["Mac"])
