output "name" {
  description = "Name of the service."
  value       = aws_ecs_service.this.name
}

output "security_group_id" {
  description = "ID of the security group of the tasks."
  value       = aws_security_group.this.id
}

output "task_role_arn" {
  description = "ARN of the task role."
  value       = aws_iam_role.task.arn
}

output "log_group" {
  description = "Name of the log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "task_definition_arn" {
  description = "ARN of the task definition."
  value       = aws_ecs_task_definition.this.arn
}

output "missing_alarms" {
  description = "Name of the alarm on missing tasks, as a list; empty if the service may rest at zero."
  value       = aws_cloudwatch_metric_alarm.missing[*].alarm_name
}
