# A complete Sightline stack in one region. The root module only wires the modules in modules/,
# which do not reference each other.

data "aws_caller_identity" "current" {}

locals {
  name    = "${var.project}-${var.environment}"
  account = data.aws_caller_identity.current.account_id

  tags = {
    Project     = var.project
    Environment = var.environment
    Stack       = local.name
    ManagedBy   = "terraform"
  }

  # Bucket names are globally unique.
  buckets = {
    for role in ["originals", "renditions", "web", "logs"] :
    role => "${local.name}-${role}-${local.account}-${var.region}"
  }

  # Uploads under this prefix are published to the worker and the resizer.
  originals_prefix  = "originals/"
  renditions_prefix = "renditions/"

  web_host = coalesce(var.domain, module.distribution.domain_name)
  web_url  = "https://${local.web_host}"

  # Deleting data takes two applies: see docs/decisions/.
  protected = var.protect_data
}

# Rejects applying the settings of one environment to the state of another.
resource "terraform_data" "workspace" {
  lifecycle {
    precondition {
      condition     = contains(["default", var.environment], terraform.workspace)
      error_message = "The settings are for ${var.environment}, but the selected workspace is ${terraform.workspace}. Select the workspace ${var.environment}."
    }
  }
}
