# One domain name for the web application, the API and the renditions.

locals {
  # IDs of AWS managed policies:
  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
  caching_optimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  caching_disabled  = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  all_viewer        = "216adef6-5c7f-47e4-b989-5492eafa07d3"

  # Known in a plan, which the ARN of a new certificate is not: the VPC origin depends on it.
  secure = length(var.aliases) > 0
  signed = var.url_signing_public_key != null

  public_keys = {
    for key in concat(local.signed ? [var.url_signing_public_key] : [], var.other_public_keys) :
    substr(sha256(trimspace(key)), 0, 12) => "${trimspace(key)}\n"
  }
}

resource "aws_cloudfront_distribution" "this" {
  # checkov:skip=CKV_AWS_86:Access logging uses standard logging v2: see logs.tf.
  # checkov:skip=CKV_AWS_174:TLS 1.2 or newer with a domain; the default CloudFront certificate has a fixed policy.
  # checkov:skip=CKV2_AWS_42:A custom certificate requires a domain, which is optional.
  # checkov:skip=CKV2_AWS_47:The web ACL in the firewall module includes the rule group against Log4j.
  # checkov:skip=CKV_AWS_310:Origin failover is for multi-region stacks.
  # checkov:skip=CKV_AWS_374:All countries are served by default; geo restriction is the operator's decision.
  comment             = var.name
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  price_class         = var.price_class
  default_root_object = "index.html"
  aliases             = var.aliases
  web_acl_id          = var.web_acl_arn
  # An apply waits for the deployment to all edge locations, because resources that the previous configuration
  # used can be deleted only then: VPC origins, signing keys and cache policies.
  wait_for_deployment = true

  origin {
    origin_id                = "web"
    domain_name              = var.web_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.this.id
  }

  origin {
    origin_id   = "api"
    domain_name = var.api.domain_name

    vpc_origin_config {
      vpc_origin_id = aws_cloudfront_vpc_origin.api.id
      # Must be longer than the heartbeat interval of event streams.
      origin_read_timeout      = 60
      origin_keepalive_timeout = 60
    }
  }

  dynamic "origin" {
    for_each = local.signed ? [1] : []

    content {
      origin_id                = "renditions"
      domain_name              = var.renditions_domain_name
      origin_access_control_id = aws_cloudfront_origin_access_control.this.id
    }
  }

  # The web application. All files except the page have a content hash in their names.
  default_cache_behavior {
    target_origin_id           = "web"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = local.caching_optimized
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this["page"].id

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.page.arn
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = var.api.paths

    content {
      path_pattern           = ordered_cache_behavior.value
      target_origin_id       = "api"
      viewer_protocol_policy = "https-only"
      allowed_methods        = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
      cached_methods         = ["GET", "HEAD"]
      # Off: compression would buffer event streams.
      compress                   = false
      cache_policy_id            = local.caching_disabled
      origin_request_policy_id   = local.all_viewer
      response_headers_policy_id = aws_cloudfront_response_headers_policy.this["data"].id
    }
  }

  # Renditions: served only for URLs that the API has signed. The cache key excludes the query string,
  # and with it the signature.
  dynamic "ordered_cache_behavior" {
    for_each = local.signed ? [var.renditions_path] : []

    content {
      path_pattern               = ordered_cache_behavior.value
      target_origin_id           = "renditions"
      viewer_protocol_policy     = "https-only"
      allowed_methods            = ["GET", "HEAD"]
      cached_methods             = ["GET", "HEAD"]
      compress                   = false
      cache_policy_id            = aws_cloudfront_cache_policy.renditions[0].id
      response_headers_policy_id = aws_cloudfront_response_headers_policy.this["data"].id
      trusted_key_groups         = [aws_cloudfront_key_group.renditions[0].id]
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = !local.secure
    acm_certificate_arn            = var.certificate_arn
    ssl_support_method             = local.secure ? "sni-only" : null
    minimum_protocol_version       = local.secure ? "TLSv1.2_2021" : "TLSv1"
  }
}

resource "aws_cloudfront_origin_access_control" "this" {
  name                              = var.name
  description                       = "Reads the buckets of ${var.name}."
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

locals {
  vpc_origin = {
    arn      = var.api.load_balancer_arn
    protocol = local.secure ? "https-only" : "http-only"
  }
}

resource "terraform_data" "vpc_origin" {
  input = local.vpc_origin
}

# VPC origin: lets CloudFront reach the internal load balancer. CloudFront rejects changes of a VPC origin that
# a distribution uses, for example when a domain is added. Therefore every change creates another one, whose
# name differs, and the old one is deleted after the distribution has switched.
resource "aws_cloudfront_vpc_origin" "api" {
  vpc_origin_endpoint_config {
    name                   = "${var.name}-${substr(sha256(jsonencode(local.vpc_origin)), 0, 8)}"
    arn                    = local.vpc_origin.arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = local.vpc_origin.protocol

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.vpc_origin]
  }
}

# Rewrites the client-side routes of the application to the page.
resource "aws_cloudfront_function" "page" {
  name    = "${var.name}-page"
  comment = "Serves index.html for paths without a file extension."
  runtime = "cloudfront-js-2.0"
  publish = true
  code    = file("${path.module}/page.js")
}

# Renditions have `Cache-Control: private`, so that only the browser of their owner stores them. CloudFront may
# nevertheless cache them, because it verifies the signature of every request; it does so for the minimum TTL.
# After that it revalidates them, so the TTL is also the time for which a deleted rendition can still be read
# with a signed URL: see docs/decisions/terraform-0004-cache-of-renditions.md.
resource "aws_cloudfront_cache_policy" "renditions" {
  count = local.signed ? 1 : 0

  name        = "${var.name}-renditions"
  comment     = "Renditions of ${var.name}: the path without the query is the cache key."
  min_ttl     = var.renditions_ttl_seconds
  default_ttl = var.renditions_ttl_seconds
  max_ttl     = var.renditions_ttl_seconds

  parameters_in_cache_key_and_forwarded_to_origin {
    # Renditions are compressed images.
    enable_accept_encoding_brotli = false
    enable_accept_encoding_gzip   = false

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "none"
    }

    query_strings_config {
      query_string_behavior = "none"
    }
  }
}

# Each key has the hash of its content in its name, so that keys are added and removed, never changed.
resource "aws_cloudfront_public_key" "renditions" {
  for_each = local.public_keys

  name        = "${var.name}-${each.key}"
  comment     = "Verifies signed image URLs."
  encoded_key = each.value

  lifecycle {
    # A key can be deleted only after the key group was updated.
    create_before_destroy = true
  }
}

resource "aws_cloudfront_key_group" "renditions" {
  count = local.signed ? 1 : 0

  name    = var.name
  comment = "Keys that may sign image URLs."
  items   = [for key in aws_cloudfront_public_key.renditions : key.id]
}

resource "aws_route53_record" "this" {
  for_each = { for pair in setproduct(var.aliases, ["A", "AAAA"]) : join(" ", pair) => pair }

  zone_id = var.zone_id
  name    = each.value[0]
  type    = each.value[1]

  alias {
    name                   = aws_cloudfront_distribution.this.domain_name
    zone_id                = aws_cloudfront_distribution.this.hosted_zone_id
    evaluate_target_health = false
  }
}
