output "arn" {
  description = "The certificate, known once it is good."
  value       = aws_acm_certificate_validation.this.certificate_arn
}
