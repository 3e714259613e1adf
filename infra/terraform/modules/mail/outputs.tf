output "identity_arn" {
  description = "ARN of the SES identity; available after its DNS records are created."
  value       = aws_sesv2_email_identity.this.arn

  depends_on = [aws_route53_record.dkim]
}
