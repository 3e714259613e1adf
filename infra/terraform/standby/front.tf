# One domain name in front of both stacks. A domain name belongs to one distribution only, so the stacks
# themselves have none: this distribution forwards to theirs.

locals {
  front = var.domain == null ? {} : { front = var.domain }

  origins = {
    (var.first.region)  = var.first.distribution_domain
    (var.second.region) = var.second.distribution_domain
  }

  # Reads go to the active region first, and to the other one if it fails.
  other = one([for region in keys(local.origins) : region if region != var.active])

  # IDs of AWS managed policies:
  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
  use_origin_headers     = "83da9c7e-98b4-4e11-a168-04f0df8e2c65"
  caching_disabled       = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  all_viewer_except_host = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
}

data "aws_route53_zone" "this" {
  provider = aws.us_east_1

  for_each = local.front

  name = coalesce(var.hosted_zone, each.value)
}

module "certificate" {
  source = "../modules/certificate"

  for_each = local.front

  domain  = each.value
  zone_id = data.aws_route53_zone.this[each.key].zone_id

  providers = { aws = aws.us_east_1 }
}

resource "aws_cloudfront_distribution" "this" {
  # checkov:skip=CKV_AWS_86:The distributions of the stacks log every request.
  # checkov:skip=CKV_AWS_68:The web ACL is a setting.
  # checkov:skip=CKV2_AWS_47:The web ACL is a setting.
  # checkov:skip=CKV2_AWS_32:The distributions of the stacks set the security headers.
  # checkov:skip=CKV_AWS_374:All countries are served by default; geo restriction is the operator's decision.
  # checkov:skip=CKV_AWS_305:The distributions of the stacks have the default root object.
  provider = aws.us_east_1

  for_each = local.front

  comment         = "${var.first.name} in two regions"
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  aliases         = [each.value]
  web_acl_id      = var.web_acl_arn

  dynamic "origin" {
    for_each = local.origins

    content {
      origin_id   = origin.key
      domain_name = origin.value

      custom_origin_config {
        http_port              = 80
        https_port             = 443
        origin_protocol_policy = "https-only"
        origin_ssl_protocols   = ["TLSv1.2"]
        # Must be longer than the heartbeat interval of event streams.
        origin_read_timeout      = 60
        origin_keepalive_timeout = 60
      }
    }
  }

  origin_group {
    origin_id = "reads"

    failover_criteria {
      status_codes = [500, 502, 503, 504]
    }

    member {
      origin_id = var.active
    }

    member {
      origin_id = local.other
    }
  }

  # The web application and the renditions. CloudFront fails over GET, HEAD and OPTIONS only.
  default_cache_behavior {
    target_origin_id         = "reads"
    viewer_protocol_policy   = "redirect-to-https"
    allowed_methods          = ["GET", "HEAD", "OPTIONS"]
    cached_methods           = ["GET", "HEAD"]
    compress                 = true
    cache_policy_id          = local.use_origin_headers
    origin_request_policy_id = local.all_viewer_except_host
  }

  # The API: only the active region may write, so nothing fails over by itself.
  ordered_cache_behavior {
    path_pattern             = "/v1/*"
    target_origin_id         = var.active
    viewer_protocol_policy   = "https-only"
    allowed_methods          = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    cached_methods           = ["GET", "HEAD"]
    compress                 = false
    cache_policy_id          = local.caching_disabled
    origin_request_policy_id = local.all_viewer_except_host
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn      = module.certificate[each.key].arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
}

resource "aws_route53_record" "this" {
  provider = aws.us_east_1

  for_each = var.domain == null ? {} : { a = "A", aaaa = "AAAA" }

  zone_id = data.aws_route53_zone.this["front"].zone_id
  name    = var.domain
  type    = each.value

  alias {
    name                   = aws_cloudfront_distribution.this["front"].domain_name
    zone_id                = aws_cloudfront_distribution.this["front"].hosted_zone_id
    evaluate_target_health = false
  }
}

# Health of the API of both regions, checked from several regions of the world.
resource "aws_route53_health_check" "this" {
  provider = aws.us_east_1

  for_each = local.origins

  fqdn              = each.value
  port              = 443
  type              = "HTTPS"
  resource_path     = "/health"
  request_interval  = 10
  failure_threshold = 3

  tags = { Name = "${var.first.name} in ${each.key}" }
}

resource "aws_cloudwatch_metric_alarm" "unhealthy" {
  provider = aws.us_east_1

  for_each = aws_route53_health_check.this

  alarm_name          = "${var.first.name}-unhealthy-${each.key}"
  alarm_description   = "The API in ${each.key} fails its health check. If the region is active, decide on a failover: docs/regions.md."
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  dimensions          = { HealthCheckId = each.value.id }
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = var.alerts_topic_arn == null ? [] : [var.alerts_topic_arn]
  ok_actions          = var.alerts_topic_arn == null ? [] : [var.alerts_topic_arn]
}
