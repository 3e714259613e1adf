# Alarms in a Slack channel, through Amazon Q Developer in chat applications (AWS Chatbot). Its workspace is
# authorized once, in the console.

data "aws_iam_policy_document" "slack_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["chatbot.amazonaws.com"]
    }
  }
}

# Lets the channel show the graph of an alarm, and nothing else.
data "aws_iam_policy_document" "slack" {
  # checkov:skip=CKV_AWS_356:Metrics do not support resource-level permissions.
  statement {
    sid       = "ReadMetrics"
    actions   = ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:GetMetricWidgetImage"]
    resources = ["*"] # no resource-level permissions
  }
}

resource "aws_iam_role" "slack" {
  count = var.slack == null ? 0 : 1

  name               = "${var.name}-slack"
  description        = "Lets the Slack channel show graphs of alarms."
  assume_role_policy = data.aws_iam_policy_document.slack_trust.json
}

resource "aws_iam_role_policy" "slack" {
  count = var.slack == null ? 0 : 1

  name   = "read-metrics"
  role   = aws_iam_role.slack[0].id
  policy = data.aws_iam_policy_document.slack.json
}

resource "aws_chatbot_slack_channel_configuration" "this" {
  count = var.slack == null ? 0 : 1

  configuration_name    = var.name
  slack_team_id         = var.slack.team_id
  slack_channel_id      = var.slack.channel_id
  sns_topic_arns        = [var.topic_arn]
  iam_role_arn          = aws_iam_role.slack[0].arn
  guardrail_policy_arns = ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"]
}
