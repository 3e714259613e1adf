provider "aws" {
  region      = var.region
  max_retries = var.max_retries

  default_tags {
    tags = local.tags
  }
}

# CloudFront, its certificate and its web ACL are managed in us-east-1, whatever the stack's region.
provider "aws" {
  alias = "us_east_1"

  region      = "us-east-1"
  max_retries = var.max_retries

  default_tags {
    tags = local.tags
  }
}
