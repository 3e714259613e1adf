output "bucket" {
  description = "Name of the state bucket."
  value       = aws_s3_bucket.state.bucket
}

output "deploy_role_arn" {
  description = "ARN of the deploy role."
  value       = aws_iam_role.deploy.arn
}

output "plan_role_arn" {
  description = "ARN of the plan role."
  value       = aws_iam_role.plan.arn
}

output "boundary_arn" {
  description = "ARN of the permissions boundary of the roles that plan and deploy."
  value       = aws_iam_policy.boundary.arn
}

output "backend" {
  description = "Contents of `backend.tf` of the stacks."
  value       = <<-EOT
    terraform {
      backend "s3" {
        bucket               = "${aws_s3_bucket.state.bucket}"
        region               = "${var.region}"
        workspace_key_prefix = "${var.project}"
        key                  = "terraform.tfstate"
        encrypt              = true
        use_lockfile         = true
      }
    }
  EOT
}
