locals {
  # AWS managed rule groups, in order of evaluation:
  # https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
  rule_sets = [
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
  ]

  # Rules that only count. The common rule set blocks bodies above 8,192 bytes and queries above 2,048 bytes,
  # but a batch of uploads or a search for several non-Latin words is larger. The API limits both itself.
  counted_rules = {
    AWSManagedRulesCommonRuleSet = ["SizeRestrictions_BODY", "SizeRestrictions_QUERYSTRING"]
  }

  # An encoded path reaches the API, too.
  path_transformations = ["URL_DECODE", "NORMALIZE_PATH"]

  # Matches a Content-Length above the limit: more digits than the limit, or a larger digit after equal ones.
  # AWS WAF cannot compare numbers, and inspects at most 64 KB of a body.
  digits = split("", tostring(var.max_body_bytes))
  oversize_pattern = format("^(%s)$", join("|", concat(
    ["[0-9]{${length(local.digits) + 1},}"],
    [
      for index, digit in local.digits :
      "${join("", slice(local.digits, 0, index))}[${tonumber(digit) + 1}-9][0-9]{${length(local.digits) - index - 1}}"
      if digit != "9"
    ],
  )))

  # As the API responds: services/api/src/sightline_api/problems.py.
  problems = {
    rate_limited = {
      type   = "urn:sightline:problem:rate_limited"
      title  = "Too Many Requests"
      status = 429
      code   = "rate_limited"
      detail = "Rate limit exceeded. Retry after the seconds in `Retry-After`."
    }
    request_too_large = {
      type   = "urn:sightline:problem:request_too_large"
      title  = "Content Too Large"
      status = 413
      code   = "request_too_large"
      detail = "The request body is too large. Upload images to S3 with a presigned POST."
    }
  }
}

resource "aws_wafv2_web_acl" "this" {
  name        = var.name
  description = "Web ACL of ${var.name}."
  scope       = "CLOUDFRONT"

  default_action {
    allow {}
  }

  dynamic "custom_response_body" {
    for_each = local.problems

    content {
      key          = custom_response_body.key
      content_type = "APPLICATION_JSON"
      content      = jsonencode(custom_response_body.value)
    }
  }

  # The API only: a page of the gallery loads a hundred renditions, which CloudFront serves from its caches.
  rule {
    name     = "rate-per-ip-address"
    priority = 0

    action {
      block {
        custom_response {
          response_code            = 429
          custom_response_body_key = "rate_limited"

          response_header {
            name  = "Retry-After"
            value = "300"
          }
        }
      }
    }

    statement {
      rate_based_statement {
        limit                 = var.requests_per_address
        evaluation_window_sec = 300
        aggregate_key_type    = "IP"

        scope_down_statement {
          byte_match_statement {
            search_string         = "/v1/"
            positional_constraint = "STARTS_WITH"

            field_to_match {
              uri_path {}
            }

            dynamic "text_transformation" {
              for_each = local.path_transformations

              content {
                priority = text_transformation.key
                type     = text_transformation.value
              }
            }
          }
        }
      }
    }

    visibility_config {
      metric_name                = "rate-per-ip-address"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = true
    }
  }

  # Rejects at the edge what the API would reject after it has crossed the network.
  rule {
    name     = "body-size"
    priority = 1

    action {
      block {
        custom_response {
          response_code            = 413
          custom_response_body_key = "request_too_large"
        }
      }
    }

    statement {
      and_statement {
        statement {
          byte_match_statement {
            search_string         = "/v1/"
            positional_constraint = "STARTS_WITH"

            field_to_match {
              uri_path {}
            }

            dynamic "text_transformation" {
              for_each = local.path_transformations

              content {
                priority = text_transformation.key
                type     = text_transformation.value
              }
            }
          }
        }

        statement {
          regex_match_statement {
            regex_string = local.oversize_pattern

            field_to_match {
              single_header {
                name = "content-length"
              }
            }

            text_transformation {
              priority = 0
              type     = "NONE"
            }
          }
        }
      }
    }

    visibility_config {
      metric_name                = "body-size"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = true
    }
  }

  dynamic "rule" {
    for_each = local.rule_sets

    content {
      name     = rule.value
      priority = 10 + rule.key

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.value

          dynamic "rule_action_override" {
            for_each = lookup(local.counted_rules, rule.value, [])

            content {
              name = rule_action_override.value

              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        metric_name                = rule.value
        cloudwatch_metrics_enabled = true
        sampled_requests_enabled   = true
      }
    }
  }

  visibility_config {
    metric_name                = var.name
    cloudwatch_metrics_enabled = true
    sampled_requests_enabled   = true
  }
}

# AWS WAF requires this name prefix.
resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158:The web ACL is in us-east-1, where the stack's KMS key is not available; tokens are redacted from these logs.
  # checkov:skip=CKV_AWS_338:Log retention is a setting.
  name              = "aws-waf-logs-${var.name}"
  retention_in_days = var.log_retention_days
}

# Logs blocked requests only; CloudFront logs all requests.
resource "aws_wafv2_web_acl_logging_configuration" "this" {
  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.this.arn]

  dynamic "redacted_fields" {
    for_each = ["authorization", "cookie"]

    content {
      single_header {
        name = redacted_fields.value
      }
    }
  }

  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }
    }
  }
}
