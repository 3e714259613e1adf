provider "aws" {
  alias = "first"

  region      = var.first.region
  max_retries = var.max_retries

  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias = "second"

  region      = var.second.region
  max_retries = var.max_retries

  default_tags {
    tags = local.tags
  }
}

# CloudFront, its certificate and the metrics of Route 53 are managed in us-east-1.
provider "aws" {
  alias = "us_east_1"

  region      = "us-east-1"
  max_retries = var.max_retries

  default_tags {
    tags = local.tags
  }
}
