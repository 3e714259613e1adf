"""Security headers, the same as on AWS (`modules/distribution/headers.tf`)."""


def security_headers(cloud: str, *image_sources: str) -> dict[str, str]:
    """Return the headers of every file.

    `cloud` is the only other origin that a page may call. Images may also be of the other ones.
    """
    policy = {
        "default-src": "'self'",
        "connect-src": f"'self' {cloud}",
        "img-src": " ".join(["'self' blob: data:", cloud, *image_sources]),
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(
            f"{name} {sources}" for name, sources in policy.items()
        ),
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
