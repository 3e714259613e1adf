locals {
  # Activate the tag as a cost allocation tag in the billing console once; until then its filter matches no
  # costs.
  tag_filter = var.tag == null ? {} : {
    TagKeyValue = format("user:%s$%s", var.tag.name, var.tag.value)
  }

  budgets = merge(
    { (var.name) = { limit_usd = var.limit_usd, filters = local.tag_filter } },
    # Rekognition calls are most of what images cost. They carry no tags, so this includes the whole account.
    var.recognition_usd == null ? {} : {
      "${var.name}-recognition" = { limit_usd = var.recognition_usd, filters = { Service = "Amazon Rekognition" } }
    },
  )
}

resource "aws_budgets_budget" "this" {
  for_each = local.budgets

  name         = each.key
  budget_type  = "COST"
  limit_amount = format("%.1f", each.value.limit_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  dynamic "cost_filter" {
    for_each = each.value.filters

    content {
      name   = cost_filter.key
      values = [cost_filter.value]
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
