output "pool_id" {
  description = "ID of the user pool."
  value       = aws_cognito_user_pool.this.id
}

output "pool_arn" {
  description = "ARN of the user pool."
  value       = aws_cognito_user_pool.this.arn
}

output "client_id" {
  description = "ID of the app client."
  value       = aws_cognito_user_pool_client.this.id
}

output "machine_client_ids" {
  description = "IDs of the machine clients, by name."
  value       = { for name, client in aws_cognito_user_pool_client.machine : name => client.id }
}

output "domain" {
  description = "Domain prefix of the sign-in page."
  value       = aws_cognito_user_pool_domain.this.domain
}

output "uses_ses" {
  description = "Whether verification codes are sent through Amazon SES."
  value       = var.email != null
}
