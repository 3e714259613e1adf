"""CPU time of single steps of a request, in microseconds, measured without a server."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa
from fake_aws import make_ready_image
from rich.progress import track

from sightline.adapters.aws.sigv4 import Credentials
from sightline.ports.image_table import SummaryPage
from sightline_api.auth.jwks import JwksCache
from sightline_api.auth.rate_limit import OWNER_POLICY, RateLimiter
from sightline_api.auth.tokens import TokenVerifier
from sightline_api.images.schemas import ImageSummaryPage
from sightline_api.urls.cloudfront import CloudFrontSigner
from sightline_api.urls.s3 import S3Signer
from sightline_api.urls.signer import BucketEndpoint, OriginalDownload
from sightline_testing.builders import new_owner
from sightline_testing.tokens import CLIENT_ID, ISSUER, TokenIssuer

Step = Callable[[], Awaitable[object]]

PAGE_SIZE = 100
RENDITION_URL_SECONDS = 3600
UPLOAD_SECONDS = 900


async def _get_credentials() -> Credentials:
    return Credentials("AKIAEXAMPLE", "secret", "token" * 100)


def _create_s3_signer() -> S3Signer:
    bucket = BucketEndpoint.at("images", "eu-central-1", None)
    return S3Signer(
        _get_credentials, "eu-central-1", ("images", bucket), bucket, RENDITION_URL_SECONDS
    )


def _create_jwks_cache(pool: TokenIssuer) -> JwksCache:
    def respond(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=pool.jwks())

    return JwksCache(httpx.AsyncClient(transport=httpx.MockTransport(respond)), ISSUER)


def _create_steps() -> dict[str, tuple[Step, int]]:
    """Return each step with its number of repetitions per measurement."""
    pool, image, s3 = TokenIssuer(), make_ready_image(), _create_s3_signer()
    token, jwks = pool.sign(new_owner()), _create_jwks_cache(pool)

    def create_verifier() -> TokenVerifier:
        return TokenVerifier(jwks, ISSUER, frozenset({CLIENT_ID}))

    verifier = create_verifier()
    private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    rendition_set = image.renditions.result
    assert rendition_set is not None
    keys = [rendition.key for rendition in rendition_set.renditions]
    cloudfront = CloudFrontSigner(
        s3, "https://images.example.com", "K2JCJMDEHXQW5F", private_key, RENDITION_URL_SECONDS
    )
    limiter = RateLimiter(OWNER_POLICY, 1e9, 10**9)
    # Distinct images, since equal keys are signed only once.
    page = SummaryPage([make_ready_image().summary for _ in range(PAGE_SIZE)], None)
    page_schema = asyncio.run(ImageSummaryPage.of(page, s3))

    async def sign_uncached() -> None:
        cloudfront._query.cache_clear()
        await cloudfront.sign_renditions(keys[:1])

    async def serialize_page() -> bytes:
        return ImageSummaryPage.__pydantic_serializer__.to_json(page_schema)

    async def check_rate_limit() -> bytes:
        return limiter.format_header(limiter.take("owner")).encode()

    return {
        "token, cached": (lambda: verifier.verify(token), 20_000),
        "token, new": (lambda: create_verifier().verify(token), 500),
        "rate limit": (check_rate_limit, 20_000),
        "presigned POST, S3": (lambda: s3.sign_upload(image, UPLOAD_SECONDS), 5_000),
        "4 URLs, S3": (lambda: s3.sign_renditions(keys), 2_000),
        "4 URLs, CloudFront": (lambda: cloudfront.sign_renditions(keys), 5_000),
        "signature, CloudFront": (sign_uncached, 100),
        "download URL, S3": (
            lambda: s3.sign_downloads([OriginalDownload("originals/a/b", "Evening.jpg")]),
            5_000,
        ),
        "summaries of 100 images": (lambda: ImageSummaryPage.of(page, s3), 10),
        "JSON of 100 summaries": (serialize_page, 20),
    }


async def _measure(step: Step, repetitions: int) -> float:
    start = time.process_time()
    for _ in range(repetitions):
        await step()
    return (time.process_time() - start) / repetitions * 1e6


def measure_steps(rounds: int) -> dict[str, list[float]]:
    """Return the microseconds of each step, measured once per round."""
    steps = _create_steps()
    measured: dict[str, list[float]] = {name: [] for name in steps}
    for _ in track(range(rounds), "single steps"):
        for name, (step, repetitions) in steps.items():
            measured[name].append(asyncio.run(_measure(step, repetitions)))
    return measured
