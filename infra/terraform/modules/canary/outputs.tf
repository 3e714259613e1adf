output "application" {
  description = "Name of the CodeDeploy application."
  value       = aws_codedeploy_app.this.name
}

output "deployment_group" {
  description = "Name of the CodeDeploy deployment group."
  value       = aws_codedeploy_deployment_group.this.deployment_group_name
}

output "hook_arn" {
  description = "ARN of the function that runs the smoke test."
  value       = aws_lambda_function.hook.arn
}

output "security_group_id" {
  description = "ID of the security group of the probe."
  value       = aws_security_group.probe.id
}
