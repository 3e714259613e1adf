output "name" {
  description = "Name of the bucket, known once its policy stands."
  value       = aws_s3_bucket_policy.this.bucket
}

output "arn" {
  description = "The bucket."
  value       = aws_s3_bucket.this.arn
}

output "regional_domain_name" {
  description = "Host name of the bucket, for CloudFront."
  value       = aws_s3_bucket.this.bucket_regional_domain_name
}
