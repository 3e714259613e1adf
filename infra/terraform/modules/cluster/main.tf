resource "aws_ecs_cluster" "this" {
  # checkov:skip=CKV_AWS_65:Container Insights is a setting, because it costs more than a small stack's tasks.
  name = var.name

  setting {
    name  = "containerInsights"
    value = var.container_insights ? "enabled" : "disabled"
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

  # A destroy deletes the log group after the cluster, which would create it again.
  depends_on = [aws_cloudwatch_log_group.insights]
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

# Records ECS Exec sessions, if they are enabled.
resource "aws_cloudwatch_log_group" "shell" {
  # checkov:skip=CKV_AWS_338:Log retention is a setting.
  name              = "/${var.name}/shell"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

# If this group did not exist, ECS would create it without a retention period, and a destroy would
# leave it behind.
resource "aws_cloudwatch_log_group" "insights" {
  # checkov:skip=CKV_AWS_338:One day is enough: these performance logs are read as metrics.
  name              = "/aws/ecs/containerinsights/${var.name}/performance"
  retention_in_days = 1
  kms_key_id        = var.kms_key_arn
}
