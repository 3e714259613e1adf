output "active" {
  description = "Region that serves the API."
  value       = var.active
}

output "url" {
  description = "Base URL of the application; null without a domain."
  value       = var.domain == null ? null : "https://${var.domain}"
}

output "health_checks" {
  description = "IDs of the Route 53 health checks by region."
  value       = { for region, check in aws_route53_health_check.this : region => check.id }
}
