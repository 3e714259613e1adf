# Unusual costs, found by AWS Cost Anomaly Detection: a leaked key or a loop costs less than a budget at first.
# The monitor is limited to the stack's tag, because an account has only one monitor for all services.

resource "aws_ce_anomaly_monitor" "this" {
  count = var.anomaly_usd == null ? 0 : 1

  name         = var.name
  monitor_type = "CUSTOM"

  monitor_specification = jsonencode({
    And            = null
    CostCategories = null
    Dimensions     = null
    Not            = null
    Or             = null
    Tags           = { Key = var.anomaly_tag.name, MatchOptions = null, Values = [var.anomaly_tag.value] }
  })
}

resource "aws_ce_anomaly_subscription" "this" {
  count = var.anomaly_usd == null ? 0 : 1

  name             = var.name
  frequency        = "IMMEDIATE"
  monitor_arn_list = [aws_ce_anomaly_monitor.this[0].arn]

  subscriber {
    type    = "SNS"
    address = var.alerts_topic_arn
  }

  threshold_expression {
    dimension {
      key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
      match_options = ["GREATER_THAN_OR_EQUAL"]
      values        = [tostring(var.anomaly_usd)]
    }
  }
}
