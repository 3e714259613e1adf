# One address for all of it: the web application, the API and the pictures.

locals {
  # Policies that AWS itself keeps, by the ids that it publishes:
  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
  caching_optimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  caching_disabled  = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  all_viewer        = "216adef6-5c7f-47e4-b989-5492eafa07d3"

  secure = var.certificate_arn != null
  signed = var.picture_public_key != null
}

resource "aws_cloudfront_distribution" "this" {
  # checkov:skip=CKV_AWS_86:Access is logged by the newer kind of log delivery: see logs.tf.
  # checkov:skip=CKV_AWS_174:TLS 1.2 and above with a domain; CloudFront's own certificate has one fixed policy.
  # checkov:skip=CKV2_AWS_42:A certificate of one's own needs a domain, and there may be none.
  # checkov:skip=CKV2_AWS_47:The rule set against Log4j is one of the rule sets of the firewall, which stands in another module.
  # checkov:skip=CKV_AWS_310:What is behind is one region; a second origin is for stacks of several.
  # checkov:skip=CKV_AWS_374:Which countries are served is the owner's decision; all of them by default.
  comment             = var.name
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  price_class         = var.price_class
  default_root_object = "index.html"
  aliases             = var.aliases
  web_acl_id          = var.web_acl_arn
  # A destroy has to wait until every edge has let go of it; an apply need not.
  wait_for_deployment = false

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
      # An event stream's heartbeat has to come more often than this.
      origin_read_timeout      = 60
      origin_keepalive_timeout = 60
    }
  }

  dynamic "origin" {
    for_each = local.signed ? [1] : []

    content {
      origin_id                = "pictures"
      domain_name              = var.pictures_domain_name
      origin_access_control_id = aws_cloudfront_origin_access_control.this.id
    }
  }

  # The web application. Its files carry their content's hash in their names, but for the page.
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
      # Off: compressing would hold an event stream back until there is enough to compress.
      compress                   = false
      cache_policy_id            = local.caching_disabled
      origin_request_policy_id   = local.all_viewer
      response_headers_policy_id = aws_cloudfront_response_headers_policy.this["data"].id
    }
  }

  # Pictures: only for addresses that the API has signed, and kept at the edge under the address
  # without its signature.
  dynamic "ordered_cache_behavior" {
    for_each = local.signed ? [var.pictures_path] : []

    content {
      path_pattern               = ordered_cache_behavior.value
      target_origin_id           = "pictures"
      viewer_protocol_policy     = "https-only"
      allowed_methods            = ["GET", "HEAD"]
      cached_methods             = ["GET", "HEAD"]
      compress                   = false
      cache_policy_id            = local.caching_optimized
      response_headers_policy_id = aws_cloudfront_response_headers_policy.this["data"].id
      trusted_key_groups         = [aws_cloudfront_key_group.pictures[0].id]
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

# CloudFront's own door in the private network: the load balancer has no public address at all.
resource "aws_cloudfront_vpc_origin" "api" {
  vpc_origin_endpoint_config {
    name                   = var.name
    arn                    = var.api.load_balancer_arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = local.secure ? "https-only" : "http-only"

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }
}

# A path of the application is not a file: the page answers for all of them.
resource "aws_cloudfront_function" "page" {
  name    = "${var.name}-page"
  comment = "Serves the page for every path that names no file."
  runtime = "cloudfront-js-2.0"
  publish = true
  code    = file("${path.module}/page.js")
}

# When it is replaced, the group takes the new one before the old one goes.
resource "aws_cloudfront_public_key" "pictures" {
  count = local.signed ? 1 : 0

  name_prefix = "${var.name}-"
  comment     = "Checks the signed addresses of pictures."
  encoded_key = var.picture_public_key

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudfront_key_group" "pictures" {
  count = local.signed ? 1 : 0

  name    = var.name
  comment = "Whose signed addresses of pictures are good."
  items   = [aws_cloudfront_public_key.pictures[0].id]
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
