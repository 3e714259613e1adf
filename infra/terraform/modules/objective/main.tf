# A service-level objective, and alarms on the rate at which its error budget burns: each has a long window,
# which shows that the budget is at risk, and a short one, which ends the alarm soon after the cause is gone.
# https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts

locals {
  budget_percent = 100 - var.target_percent

  # Burn rates that use up 2% of a 28-day budget in 1 hour, and 5% in 6 hours.
  windows = {
    fast-long  = { seconds = 3600, burn_rate = 14.4 }
    fast-short = { seconds = 300, burn_rate = 14.4 }
    slow-long  = { seconds = 21600, burn_rate = 6 }
    slow-short = { seconds = 1800, burn_rate = 6 }
  }
}

resource "aws_cloudwatch_metric_alarm" "window" {
  for_each = local.windows

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "Part of ${var.name}: more than ${each.value.burn_rate} times the rate of errors that the objective allows, for ${each.value.seconds / 60} minutes."
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  # A rate of errors above 100% cannot occur.
  threshold          = min(99, each.value.burn_rate * local.budget_percent)
  treat_missing_data = "notBreaching"

  metric_query {
    id          = "percent"
    label       = "Errors (percent)"
    expression  = "IF(${var.total} >= ${var.minimum}, 100 * (${var.errors}) / (${var.total}), 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = var.metrics

    content {
      id = metric_query.key

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.name
        stat        = metric_query.value.stat
        period      = each.value.seconds
        dimensions  = metric_query.value.dimensions
      }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "burn" {
  for_each = toset(["fast", "slow"])

  alarm_name        = "${var.name}-${each.key}-burn"
  alarm_description = "${var.description} The error budget of 28 days burns ${local.windows["${each.key}-long"].burn_rate} times as fast as the objective of ${var.target_percent}% allows. See docs/operations.md."
  alarm_rule        = "ALARM(\"${var.name}-${each.key}-long\") AND ALARM(\"${var.name}-${each.key}-short\")"
  alarm_actions     = [var.alerts_topic_arn]
  ok_actions        = [var.alerts_topic_arn]

  depends_on = [aws_cloudwatch_metric_alarm.window]
}
