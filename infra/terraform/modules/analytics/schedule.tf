# The schedule of the refresh, and the alarm for a view that is not refreshed.

locals {
  cluster_arn = "arn:aws:ecs:${local.region}:${local.account}:cluster/${var.cluster_name}"
  metric_name = "ViewRefreshes"
}

data "aws_iam_policy_document" "scheduler_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    sid       = "RunTask"
    actions   = ["ecs:RunTask"]
    resources = ["arn:aws:ecs:${local.region}:${local.account}:task-definition/${local.full_name}:*"]

    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = [local.cluster_arn]
    }
  }

  statement {
    sid       = "PassRoles"
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.execution.arn, aws_iam_role.task.arn]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "scheduler" {
  name               = "${local.full_name}-scheduler"
  description        = "Starts the task of ${local.full_name}."
  assume_role_policy = data.aws_iam_policy_document.scheduler_trust.json
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "start"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduler.json
}

resource "aws_scheduler_schedule" "this" {
  # checkov:skip=CKV_AWS_297:The schedule holds no data; its task has no input.
  name                         = local.full_name
  description                  = "Refreshes the analytics view of ${var.name}."
  schedule_expression          = var.schedule
  schedule_expression_timezone = "UTC"
  # Without an image, no task can run.
  state = var.image.tag == null ? "DISABLED" : "ENABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = local.cluster_arn
    role_arn = aws_iam_role.scheduler.arn

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.this.arn
      launch_type         = "FARGATE"
      platform_version    = "1.4.0"

      network_configuration {
        subnets          = var.network.subnet_ids
        security_groups  = [aws_security_group.this.id]
        assign_public_ip = var.network.public_ip
      }
    }

    # The next run catches up, so there is no need to insist on this one.
    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 3
    }
  }

  depends_on = [aws_iam_role_policy.scheduler]
}

resource "aws_cloudwatch_log_metric_filter" "this" {
  name           = local.full_name
  log_group_name = aws_cloudwatch_log_group.this.name
  pattern        = "{ $.message = \"view refreshed\" }"

  metric_transformation {
    namespace = local.full_name
    name      = local.metric_name
    value     = "1"
  }
}

# A view that is not refreshed keeps erased accounts, until its objects expire.
resource "aws_cloudwatch_metric_alarm" "stale" {
  count = var.image.tag == null ? 0 : 1

  alarm_name          = "${local.full_name}-stale"
  alarm_description   = "The analytics view of ${var.name} has not been refreshed for two days. See the log group ${aws_cloudwatch_log_group.this.name}, and docs/analytics.md."
  namespace           = local.full_name
  metric_name         = local.metric_name
  statistic           = "Sum"
  period              = 86400
  evaluation_periods  = 2
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [var.alerts_topic_arn]
  ok_actions          = [var.alerts_topic_arn]
}
