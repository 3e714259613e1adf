resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${var.cluster_name}/${local.existing_service_name}"
  min_capacity       = local.minimum
  max_capacity       = local.maximum
}

# Scales a service behind a load balancer by requests per task and minute.
resource "aws_appautoscaling_policy" "requests" {
  count = var.scaling.requests == null ? 0 : 1

  name               = "${local.full_name}-requests"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = var.scaling.requests.per_task_and_minute
    scale_in_cooldown  = 300
    scale_out_cooldown = 30

    # After a deployment by CodeDeploy, the traffic is at the other target group.
    customized_metric_specification {
      dynamic "metrics" {
        for_each = var.scaling.requests.target_groups

        content {
          id          = "group${metrics.key}"
          label       = "Requests per task of target group ${metrics.key}"
          return_data = false

          metric_stat {
            stat = "Sum"

            metric {
              namespace   = "AWS/ApplicationELB"
              metric_name = "RequestCountPerTarget"

              dimensions {
                name  = "LoadBalancer"
                value = var.scaling.requests.load_balancer
              }

              dimensions {
                name  = "TargetGroup"
                value = metrics.value
              }
            }
          }
        }
      }

      metrics {
        id          = "requests"
        label       = "Requests per task"
        expression  = join(" + ", [for index in range(length(var.scaling.requests.target_groups)) : "FILL(group${index}, 0)"])
        return_data = true
      }
    }
  }
}

# Also scales it by CPU utilization, because requests differ in cost: a page of 100 images costs as much as
# hundreds of small requests. The policy that demands more tasks wins.
resource "aws_appautoscaling_policy" "cpu" {
  count = var.scaling.requests == null ? 0 : 1

  name               = "${local.full_name}-cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = 60
    scale_in_cooldown  = 300
    scale_out_cooldown = 30

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}

# Scales a queue consumer by queued messages per task.
resource "aws_appautoscaling_policy" "backlog" {
  count = var.scaling.backlog == null ? 0 : 1

  name               = "${local.full_name}-backlog"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = var.scaling.backlog.messages_per_task
    scale_in_cooldown  = 300
    scale_out_cooldown = 30

    customized_metric_specification {
      metrics {
        id          = "queued"
        label       = "Queued messages"
        return_data = false

        metric_stat {
          stat = "Average"

          metric {
            namespace   = "AWS/SQS"
            metric_name = "ApproximateNumberOfMessagesVisible"

            dimensions {
              name  = "QueueName"
              value = var.scaling.backlog.queue_name
            }
          }
        }
      }

      dynamic "metrics" {
        for_each = var.scaling.backlog.deferred_name[*]

        content {
          id          = "deferred"
          label       = "Deferred messages"
          return_data = false

          metric_stat {
            stat = "Average"

            metric {
              namespace   = "AWS/SQS"
              metric_name = "ApproximateNumberOfMessagesVisible"

              dimensions {
                name  = "QueueName"
                value = metrics.value
              }
            }
          }
        }
      }

      metrics {
        id          = "running"
        label       = "Running tasks"
        return_data = false

        # Every running task reports one sample a minute, also without Container Insights:
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html
        metric_stat {
          stat = "SampleCount"

          metric {
            namespace   = "AWS/ECS"
            metric_name = "CPUUtilization"

            dimensions {
              name  = "ClusterName"
              value = var.cluster_name
            }

            dimensions {
              name  = "ServiceName"
              value = local.existing_service_name
            }
          }
        }
      }

      metrics {
        id    = "backlog"
        label = "Queued messages per task"
        # Counts at least one task, to avoid a division by zero.
        expression  = "${local.queued} / IF(FILL(running, 0) < 1, 1, running)"
        return_data = true
      }
    }
  }
}

# Target tracking multiplies the number of running tasks and cannot scale up from zero. This alarm starts
# the first task of a service that scales to zero. It does not rely on the queue alone: SQS reports no metrics of
# a queue that was idle for six hours, and takes up to 15 minutes to resume.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html
resource "aws_appautoscaling_policy" "wake" {
  count = local.scales_to_zero ? 1 : 0

  name               = "${local.full_name}-wake"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity"
    metric_aggregation_type = "Maximum"
    cooldown                = 120

    step_adjustment {
      metric_interval_lower_bound = 0
      scaling_adjustment          = 1
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "wake" {
  count = local.scales_to_zero ? 1 : 0

  alarm_name          = "${local.full_name}-wake"
  alarm_description   = "Starts the first task of ${local.full_name} when images are requested or queued and no task is running. Sends no notification."
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.wake[0].arn]

  metric_query {
    id          = "stalled"
    label       = "Images requested or queued without a running task"
    expression  = "IF(FILL(requested, 0) + ${local.queued_or_none} > 0 AND FILL(running, 0) < 1, 1, 0)"
    return_data = true
  }

  metric_query {
    id = "requested"

    metric {
      namespace   = var.cluster_name
      metric_name = var.scaling.backlog.request_metric
      stat        = "Sum"
      period      = 60
    }
  }

  metric_query {
    id = "queued"

    metric {
      namespace   = "AWS/SQS"
      metric_name = "ApproximateNumberOfMessagesVisible"
      stat        = "Maximum"
      period      = 60
      dimensions  = { QueueName = var.scaling.backlog.queue_name }
    }
  }

  dynamic "metric_query" {
    for_each = var.scaling.backlog.deferred_name[*]

    content {
      id = "deferred"

      metric {
        namespace   = "AWS/SQS"
        metric_name = "ApproximateNumberOfMessagesVisible"
        stat        = "Maximum"
        period      = 60
        dimensions  = { QueueName = metric_query.value }
      }
    }
  }

  metric_query {
    id = "running"

    metric {
      namespace   = "AWS/ECS"
      metric_name = "CPUUtilization"
      stat        = "SampleCount"
      period      = 60
      dimensions  = { ClusterName = var.cluster_name, ServiceName = local.existing_service_name }
    }
  }
}

# Working hours: no tasks run from `stop` to `start`. The actions set the limits; ECS follows at once.
resource "aws_appautoscaling_scheduled_action" "this" {
  for_each = var.scaling.schedule == null || !local.deployable ? {} : {
    start = { cron = var.scaling.schedule.start, minimum = local.minimum, maximum = local.maximum }
    stop  = { cron = var.scaling.schedule.stop, minimum = 0, maximum = 0 }
  }

  name               = "${local.full_name}-${each.key}"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id
  schedule           = "cron(${each.value.cron})"
  timezone           = var.scaling.schedule.time_zone

  scalable_target_action {
    min_capacity = each.value.minimum
    max_capacity = each.value.maximum
  }
}

locals {
  scales_to_zero = var.scaling.backlog != null && var.scaling.minimum == 0

  # SQS reports no metrics of a queue that has been idle; the consumers poll the other one all the time.
  has_deferred   = try(var.scaling.backlog.deferred_name, null) != null
  queued         = local.has_deferred ? "(queued + FILL(deferred, 0))" : "queued"
  queued_or_none = local.has_deferred ? "FILL(queued, 0) + FILL(deferred, 0)" : "FILL(queued, 0)"
}
