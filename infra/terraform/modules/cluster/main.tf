resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }

  configuration {
    execute_command_configuration {
      kms_key_id = var.kms_key_arn
      logging    = "OVERRIDE"

      log_configuration {
        cloud_watch_log_group_name     = aws_cloudwatch_log_group.shell.name
        cloud_watch_encryption_enabled = true
      }
    }
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

# What was typed into a shell in a task, where that is allowed at all.
resource "aws_cloudwatch_log_group" "shell" {
  # checkov:skip=CKV_AWS_338:How long logs are kept is a setting.
  name              = "/${var.name}/shell"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

# ECS would make this group itself, without an end to its logs, and leave it behind.
resource "aws_cloudwatch_log_group" "insights" {
  # checkov:skip=CKV_AWS_338:How long logs are kept is a setting; ECS's own measurements are read as metrics.
  name              = "/aws/ecs/containerinsights/${var.name}/performance"
  retention_in_days = 1
  kms_key_id        = var.kms_key_arn
}
