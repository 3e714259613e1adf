provider "aws" {
  region      = var.region
  max_retries = var.max_retries

  default_tags {
    tags = {
      Project   = var.project
      Stack     = local.name
      ManagedBy = "terraform"
    }
  }
}
