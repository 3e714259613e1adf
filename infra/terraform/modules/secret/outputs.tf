output "arn" {
  description = "ARN of the secret; available after its value is set."
  value       = aws_secretsmanager_secret_version.this.arn
}
