output "pipeline" {
  description = "Name of the pipeline."
  value       = aws_codepipeline.this.name
}

output "source_bucket" {
  description = "Bucket in which a new `source.zip` starts the pipeline; null with a connection."
  value       = one(module.source[*].name)
}

output "artifact_bucket" {
  description = "Bucket with the sources, releases, plans and scan reports."
  value       = module.artifacts.name
}

output "approval_topic_arn" {
  description = "ARN of the topic that receives requests for approval."
  value       = module.approvals.arn
}
