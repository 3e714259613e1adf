output "pool_id" {
  description = "The pool of users."
  value       = aws_cognito_user_pool.this.id
}

output "pool_arn" {
  description = "The pool of users, as ARN."
  value       = aws_cognito_user_pool.this.arn
}

output "client_id" {
  description = "The client that users sign in with."
  value       = aws_cognito_user_pool_client.this.id
}

output "domain" {
  description = "First part of the log-in page's host name."
  value       = aws_cognito_user_pool_domain.this.domain
}
