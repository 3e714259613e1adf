# Alarms that roll a deployment back. They watch each target group by itself: at 10% of the traffic, errors of the new
# tasks would hardly raise the alarms of the load balancer. Those notify; these do not.

locals {
  alarms = concat(
    values(aws_cloudwatch_metric_alarm.errors),
    values(aws_cloudwatch_metric_alarm.latency),
  )
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each = var.target_groups

  alarm_name          = "${var.name}-canary-${each.key}-errors"
  alarm_description   = "Rolls a deployment back: more than ${var.max_error_percent}% of the requests to target group ${each.value.name} failed with 5xx."
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.max_error_percent
  treat_missing_data  = "notBreaching"

  metric_query {
    id    = "percent"
    label = "Error rate (percent)"
    # Ignores minutes with few requests, in which one failure would exceed the threshold.
    expression  = "IF(FILL(requests, 0) >= ${var.minimum_requests}, 100 * FILL(errors, 0) / requests, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { requests = "RequestCount", errors = "HTTPCode_Target_5XX_Count" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        stat        = "Sum"
        period      = 60
        dimensions  = { LoadBalancer = var.load_balancer, TargetGroup = each.value.arn_suffix }
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  for_each = var.target_groups

  alarm_name          = "${var.name}-canary-${each.key}-p99"
  alarm_description   = "Rolls a deployment back: the p99 response time of target group ${each.value.name} exceeds ${var.max_p99_seconds} seconds."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "TargetResponseTime"
  dimensions          = { LoadBalancer = var.load_balancer, TargetGroup = each.value.arn_suffix }
  extended_statistic  = "p99"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.max_p99_seconds
  treat_missing_data  = "notBreaching"
  # Percentiles of few requests are not meaningful.
  evaluate_low_sample_count_percentiles = "ignore"
}
