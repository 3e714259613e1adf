"""What single steps of a request cost, in microseconds of CPU, without a server around them."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
from answers import make_ready
from cryptography.hazmat.primitives.asymmetric import rsa
from rich.progress import track

from sightline.adapters.aws.sigv4 import Credentials
from sightline.domain.images import Image
from sightline_api.auth.jwks import JwksCache
from sightline_api.auth.rate_limit import OwnerRateLimiter, format_header
from sightline_api.auth.tokens import TokenVerifier
from sightline_api.images.schemas import ImagePage, ImageView
from sightline_api.urls.cloudfront import CloudFrontSigner
from sightline_api.urls.s3 import S3Signer
from sightline_api.urls.signer import BucketEndpoint, OriginalDownload
from sightline_testing.builders import new_owner
from sightline_testing.tokens import CLIENT_ID, ISSUER, Pool

Step = Callable[[], Awaitable[object]]


async def _credentials() -> Credentials:
    return Credentials("AKIAEXAMPLE", "secret", "token" * 100)


def _signer() -> S3Signer:
    bucket = BucketEndpoint.at("pictures", "eu-central-1", None)
    return S3Signer(_credentials, "eu-central-1", ("pictures", bucket), bucket, 3600)


def _verifier(pool: Pool) -> TokenVerifier:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=pool.jwks())

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return TokenVerifier(JwksCache(http, ISSUER), ISSUER, frozenset({CLIENT_ID}))


class _Forgetful(TokenVerifier):
    """One that checks every token as if it were new."""

    def _remember(self, token: str, user: object) -> None:
        pass


def _steps() -> dict[str, tuple[Step, int]]:
    """Each step, and how often it is repeated for one measurement."""
    pool, image, s3 = Pool(), make_ready(), _signer()
    token, verifier = pool.sign(new_owner()), _verifier(pool)
    forgetful = _Forgetful(verifier._keys, ISSUER, frozenset({CLIENT_ID}))
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made = image.renditions.result
    assert made is not None
    renditions = [rendition.key for rendition in made.renditions]
    front = CloudFrontSigner(s3, "https://pictures.example.com", "K2JCJMDEHXQW5F", key, 3600)
    buckets = OwnerRateLimiter(1e9, 10**9)
    page = asyncio.run(_page([image] * 100, s3))

    async def sign_anew() -> None:
        front._query.cache_clear()
        await front.sign_renditions(renditions[:1])

    async def dump() -> bytes:
        return ImagePage.__pydantic_serializer__.to_json(page)

    async def limit() -> bytes:
        return format_header(buckets.take("owner")).encode()

    return {
        "token, known": (lambda: verifier.verify(token), 20_000),
        "token, new": (lambda: forgetful.verify(token), 500),
        "rate limit": (limit, 20_000),
        "form, S3": (lambda: s3.sign_upload(image, 900), 5_000),
        "4 addresses, S3": (lambda: s3.sign_renditions(renditions), 2_000),
        "4 addresses, CloudFront": (lambda: front.sign_renditions(renditions), 5_000),
        "signature, CloudFront": (sign_anew, 100),
        "download, S3": (
            lambda: s3.sign_downloads([OriginalDownload("originals/a/b", "Evening.jpg")]),
            5_000,
        ),
        "views of 100 images": (lambda: _page([image] * 100, s3), 10),
        "JSON of 100 images": (dump, 20),
    }


async def _page(images: list[Image], signer: S3Signer) -> ImagePage:
    return ImagePage(items=[await ImageView.of(image, signer) for image in images], next_cursor="x")


async def _repeat(step: Step, times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        await step()
    return (time.process_time() - began) / times * 1e6


def measure_steps(rounds: int) -> dict[str, list[float]]:
    """Microseconds of each step, once a round."""
    steps = _steps()
    measured: dict[str, list[float]] = {name: [] for name in steps}
    for _ in track(range(rounds), "single steps"):
        for name, (step, times) in steps.items():
            measured[name].append(asyncio.run(_repeat(step, times)))
    return measured
