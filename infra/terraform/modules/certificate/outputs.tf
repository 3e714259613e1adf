output "arn" {
  description = "ARN of the certificate; available after validation."
  value       = aws_acm_certificate_validation.this.certificate_arn
}
