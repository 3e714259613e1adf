output "name" {
  description = "Name of the ECS service."
  value       = local.existing_service_name
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

output "uses_codedeploy" {
  description = "Whether CodeDeploy replaces the tasks."
  value       = local.uses_codedeploy
}

output "role_arns" {
  description = "ARNs of the roles that the task definition passes to ECS."
  value       = [aws_iam_role.task.arn, aws_iam_role.execution.arn]
}

output "deployment_settings" {
  description = "Settings of the service that a deployment by CodeDeploy repeats, in the format of an AppSpec."
  value = {
    PlatformVersion = "1.4.0"
    LoadBalancerInfo = {
      ContainerName = var.name
      ContainerPort = var.port
    }
    NetworkConfiguration = {
      AwsvpcConfiguration = {
        Subnets        = var.subnet_ids
        SecurityGroups = [aws_security_group.this.id]
        AssignPublicIp = var.public_ip ? "ENABLED" : "DISABLED"
      }
    }
    CapacityProviderStrategy = concat(
      [{ CapacityProvider = "FARGATE", Base = var.on_demand_base, Weight = var.spot ? 0 : 1 }],
      var.spot ? [{ CapacityProvider = "FARGATE_SPOT", Base = 0, Weight = 1 }] : [],
    )
  }
}
