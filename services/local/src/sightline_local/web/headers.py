"""What a browser is told to refuse: the same as on AWS (`modules/distribution/headers.tf`)."""


def security_headers(cloud: str) -> dict[str, str]:
    """Headers of every file; `cloud` is the one other address that a page may talk to."""
    policy = {
        "default-src": "'self'",
        "connect-src": f"'self' {cloud}",
        "img-src": f"'self' blob: data: {cloud}",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {where}" for name, where in policy.items()),
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
