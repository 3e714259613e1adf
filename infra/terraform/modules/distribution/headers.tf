locals {
  content_security_policy = join("; ", [
    "default-src 'self'",
    join(" ", concat(["connect-src 'self'"], var.connect_sources)),
    join(" ", concat(["img-src 'self' blob: data:"], var.image_sources)),
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ])
}

# Security headers. The policy of data is that of renditions: the API sets its own, because the page of its
# documentation loads resources.
resource "aws_cloudfront_response_headers_policy" "this" {
  for_each = {
    page = { policy = local.content_security_policy, override = true }
    data = { policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", override = false }
  }

  name    = "${var.name}-${each.key}"
  comment = "Security headers of ${var.name}."

  security_headers_config {
    content_security_policy {
      content_security_policy = each.value.policy
      override                = each.value.override
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      # Keeps signed URLs out of the Referer header.
      referrer_policy = "no-referrer"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = 63072000 # two years
      include_subdomains         = var.hsts_preload
      preload                    = var.hsts_preload
      override                   = true
    }
  }

  custom_headers_config {
    items {
      header   = "Permissions-Policy"
      value    = "camera=(self), geolocation=(), microphone=()"
      override = true
    }
  }
}
