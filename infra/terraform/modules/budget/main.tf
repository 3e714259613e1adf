resource "aws_budgets_budget" "this" {
  name         = var.name
  budget_type  = "COST"
  limit_amount = format("%.1f", var.limit_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  # Activate the tag as a cost allocation tag in the billing console once; until then the filter matches
  # no costs.
  dynamic "cost_filter" {
    for_each = var.tag == null ? [] : [var.tag]

    content {
      name   = "TagKeyValue"
      values = [format("user:%s$%s", cost_filter.value.name, cost_filter.value.value)]
    }
  }

  dynamic "notification" {
    for_each = {
      "half-spent"        = { type = "ACTUAL", percent = 50 }
      "nearly-spent"      = { type = "ACTUAL", percent = 90 }
      "forecast-exceeded" = { type = "FORECASTED", percent = 100 }
    }

    content {
      notification_type         = notification.value.type
      comparison_operator       = "GREATER_THAN"
      threshold                 = notification.value.percent
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = [var.alerts_topic_arn]
    }
  }
}
