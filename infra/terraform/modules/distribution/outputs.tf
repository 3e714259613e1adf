output "id" {
  description = "The distribution, for invalidations."
  value       = aws_cloudfront_distribution.this.id
}

output "arn" {
  description = "The distribution, for the policies of buckets."
  value       = aws_cloudfront_distribution.this.arn
}

output "domain_name" {
  description = "CloudFront's own name for it."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "hosted_zone_id" {
  description = "Zone of that name, for an alias."
  value       = aws_cloudfront_distribution.this.hosted_zone_id
}

output "picture_key_id" {
  description = "Id of the public key, which signed addresses name; null without one."
  value       = one(aws_cloudfront_public_key.pictures[*].id)
}
