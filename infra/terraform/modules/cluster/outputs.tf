output "name" {
  description = "Name of the cluster; available after its capacity providers are attached."
  value       = aws_ecs_cluster_capacity_providers.this.cluster_name
}

output "shell" {
  description = "Log group and KMS key of ECS Exec sessions."
  value = {
    log_group_arn = aws_cloudwatch_log_group.shell.arn
    kms_key_arn   = var.kms_key_arn
  }
}

output "arn" {
  description = "ARN of the cluster."
  value       = aws_ecs_cluster.this.arn
}
