# Delivers every commit: checks, images, then one environment after the other. It runs with the state bucket and the
# roles of ../bootstrap, and knows of a stack only its name and its settings.

data "aws_caller_identity" "current" {}

locals {
  name    = "${var.project}-pipeline"
  account = data.aws_caller_identity.current.account_id

  # The images are built into the repositories of the first environment, and promoted from there.
  first_environment = var.environments[0].name

  bootstrap = {
    state_bucket = "${var.project}-terraform-${local.account}-${var.state_region}"
    boundary_arn = "arn:aws:iam::${local.account}:policy/${var.project}-boundary"
    plan_role    = "arn:aws:iam::${local.account}:role/${var.project}-plan"
    deploy_role  = "arn:aws:iam::${local.account}:role/${var.project}-deploy"
  }

  # Without comments, which would take much of the 4 KB of a parameter.
  settings = {
    for environment in var.environments :
    environment.name => replace(file(environment.settings_file), "/(?m)^\\s*#.*\\n/", "")
  }

  # The same as the output `backend` of ../bootstrap.
  backend = <<-EOT
    terraform {
      backend "s3" {
        bucket               = "${local.bootstrap.state_bucket}"
        region               = "${var.state_region}"
        workspace_key_prefix = "${var.project}"
        key                  = "terraform.tfstate"
        encrypt              = true
        use_lockfile         = true
      }
    }
  EOT
}

module "key" {
  source = "../modules/key"

  name                 = local.name
  deletion_window_days = 7
}

# Sources, releases and plans. A plan contains the values of secret settings, so only the roles that need it can read it.
module "artifacts" {
  source = "../modules/bucket"

  name          = "${local.name}-artifacts-${local.account}-${var.region}"
  kms_key_arn   = module.key.arn
  expire_days   = var.artifact_days
  force_destroy = true
}

# The settings of each environment, which are not in the repository: they name accounts, domains and email addresses.
resource "aws_ssm_parameter" "settings" {
  # checkov:skip=CKV_AWS_337:The settings contain no secret: secret variables are read from Secrets Manager.
  # checkov:skip=CKV2_AWS_34:The settings contain no secret: secret variables are read from Secrets Manager.
  for_each = local.settings

  name        = "/${local.name}/${each.key}/settings"
  description = "Content of environments/${each.key}.tfvars."
  type        = "String"
  value       = each.value

  lifecycle {
    precondition {
      # https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
      condition     = length(each.value) <= 4096
      error_message = "The settings of ${each.key} have more than 4096 characters without comments."
    }
  }
}

resource "aws_ssm_parameter" "backend" {
  # checkov:skip=CKV_AWS_337:The name of the state bucket is no secret.
  # checkov:skip=CKV2_AWS_34:The name of the state bucket is no secret.
  name        = "/${local.name}/backend"
  description = "Content of backend.tf."
  type        = "String"
  value       = local.backend
}

# Receives the requests for approval.
module "approvals" {
  source = "../modules/topic"

  name        = "${local.name}-approvals"
  kms_key_arn = module.key.arn
}

resource "aws_sns_topic_subscription" "approver" {
  for_each = var.approver_emails

  topic_arn = module.approvals.arn
  protocol  = "email"
  endpoint  = each.value
}
