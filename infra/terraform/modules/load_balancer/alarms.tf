locals {
  dimensions = { LoadBalancer = aws_lb.this.arn_suffix }
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${var.name}-api-errors"
  alarm_description   = "More than ${var.max_error_percent} % of the requests failed with 5xx: see the log of the api."
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.max_error_percent
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alerts_topic_arn]
  ok_actions          = [var.alerts_topic_arn]

  metric_query {
    id    = "percent"
    label = "Requests that failed, in per cent"
    # One failure among three requests at night is no alarm.
    expression  = "IF(requests >= 20, 100 * (FILL(tasks, 0) + FILL(balancer, 0)) / requests, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = {
      requests = "RequestCount"
      tasks    = "HTTPCode_Target_5XX_Count"
      balancer = "HTTPCode_ELB_5XX_Count"
    }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        stat        = "Sum"
        period      = 60
        dimensions  = local.dimensions
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  alarm_name          = "${var.name}-api-p99"
  alarm_description   = "One request in a hundred took longer than ${var.max_p99_seconds} seconds."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "TargetResponseTime"
  dimensions          = local.dimensions
  extended_statistic  = "p99"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.max_p99_seconds
  treat_missing_data  = "notBreaching"
  # With few requests a percentile says nothing.
  evaluate_low_sample_count_percentiles = "ignore"
  alarm_actions                         = [var.alerts_topic_arn]
  ok_actions                            = [var.alerts_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "unhealthy" {
  alarm_name          = "${var.name}-api-unhealthy"
  alarm_description   = "A task of the api has not answered /health for five minutes."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "UnHealthyHostCount"
  dimensions          = merge(local.dimensions, { TargetGroup = aws_lb_target_group.this.arn_suffix })
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alerts_topic_arn]
  ok_actions          = [var.alerts_topic_arn]
}
