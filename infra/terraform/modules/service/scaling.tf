resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${var.cluster_name}/${aws_ecs_service.this.name}"
  min_capacity       = local.minimum
  max_capacity       = local.maximum
}

# A service that is called: so many requests a minute for each task.
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

    predefined_metric_specification {
      predefined_metric_type = "ALBRequestCountPerTarget"
      resource_label         = var.scaling.requests.resource_label
    }
  }
}

# A service that works off a queue: so many waiting messages for each task.
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
        id          = "waiting"
        label       = "Messages that wait"
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

      metrics {
        id          = "running"
        label       = "Tasks that run"
        return_data = false

        metric_stat {
          stat = "Average"

          metric {
            namespace   = "ECS/ContainerInsights"
            metric_name = "RunningTaskCount"

            dimensions {
              name  = "ClusterName"
              value = var.cluster_name
            }

            dimensions {
              name  = "ServiceName"
              value = aws_ecs_service.this.name
            }
          }
        }
      }

      metrics {
        id    = "backlog"
        label = "Messages that wait for each task"
        # Without a task it is as if there were one: nothing is divided by nothing.
        expression  = "waiting / IF(FILL(running, 0) < 1, 1, running)"
        return_data = true
      }
    }
  }
}

# Tracking a target multiplies what runs, and nothing times anything is nothing: the first task of a
# service that may rest altogether is started by this alarm.
resource "aws_appautoscaling_policy" "wake" {
  count = local.rests ? 1 : 0

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
  count = local.rests ? 1 : 0

  alarm_name          = "${local.full_name}-wake"
  alarm_description   = "Work waits for ${local.full_name} and no task runs: starts one. Nobody is told."
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.wake[0].arn]

  metric_query {
    id          = "asleep"
    label       = "Work without a worker"
    expression  = "IF(waiting > 0 AND FILL(running, 0) < 1, 1, 0)"
    return_data = true
  }

  metric_query {
    id = "waiting"

    metric {
      namespace   = "AWS/SQS"
      metric_name = "ApproximateNumberOfMessagesVisible"
      stat        = "Maximum"
      period      = 60
      dimensions  = { QueueName = var.scaling.backlog.queue_name }
    }
  }

  metric_query {
    id = "running"

    metric {
      namespace   = "ECS/ContainerInsights"
      metric_name = "RunningTaskCount"
      stat        = "Maximum"
      period      = 60
      dimensions  = { ClusterName = var.cluster_name, ServiceName = aws_ecs_service.this.name }
    }
  }
}

locals {
  rests = var.scaling.backlog != null && var.scaling.minimum == 0
}
