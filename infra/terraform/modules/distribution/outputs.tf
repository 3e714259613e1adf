output "id" {
  description = "ID of the distribution, for invalidations."
  value       = aws_cloudfront_distribution.this.id
}

output "arn" {
  description = "ARN of the distribution, for bucket policies."
  value       = aws_cloudfront_distribution.this.arn
}

output "domain_name" {
  description = "Domain name that CloudFront assigned."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "hosted_zone_id" {
  description = "Route 53 hosted zone ID of the distribution, for alias records."
  value       = aws_cloudfront_distribution.this.hosted_zone_id
}

output "url_signing_key_id" {
  description = "ID of the public key, which signed URLs contain as `Key-Pair-Id`; null without a key."
  value       = local.signed ? aws_cloudfront_public_key.renditions[substr(sha256(trimspace(var.url_signing_public_key)), 0, 12)].id : null
}
