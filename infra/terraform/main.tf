# One region of Sightline, complete. This module only wires: what there is stands in modules/, and
# those know nothing of each other.

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

  # Names of buckets are shared by the whole world.
  buckets = {
    for role in ["originals", "renditions", "web", "logs"] :
    role => "${local.name}-${role}-${local.account}-${var.region}"
  }

  # Worker and resizer read what lies here and are told of it.
  originals_prefix  = "originals/"
  renditions_prefix = "renditions/"

  web_host = coalesce(var.domain, module.distribution.domain_name)
  web_url  = "https://${local.web_host}"

  # Deleting data takes two steps: see docs/decisions/.
  protected = var.protect_data
}

# The settings of one environment are never applied to the state of another.
resource "terraform_data" "workspace" {
  lifecycle {
    precondition {
      condition     = contains(["default", var.environment], terraform.workspace)
      error_message = "The workspace is ${terraform.workspace}, and these are the settings of ${var.environment}."
    }
  }
}
