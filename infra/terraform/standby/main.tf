# Connects two stacks in two regions: the second is a warm standby of the first (docs/regions.md).

data "aws_caller_identity" "current" {
  provider = aws.first
}

locals {
  account = data.aws_caller_identity.current.account_id

  tags = {
    Stack     = "${var.first.name}-standby"
    ManagedBy = "terraform"
  }
}

# DynamoDB encrypts each replica with a key of its own region, so no multi-region key is needed.
resource "aws_dynamodb_table_replica" "this" {
  provider = aws.second

  global_table_arn            = "arn:aws:dynamodb:${var.first.region}:${local.account}:table/${var.first.table}"
  kms_key_arn                 = var.second.kms_key_arn
  point_in_time_recovery      = true
  deletion_protection_enabled = var.protect_data
}

# Copies the images that the first stack deploys from now on; the second stack starts them by the same name.
resource "aws_ecr_replication_configuration" "this" {
  provider = aws.first

  replication_configuration {
    rule {
      destination {
        region      = var.second.region
        registry_id = local.account
      }

      repository_filter {
        filter      = "${var.first.name}/"
        filter_type = "PREFIX_MATCH"
      }
    }
  }
}

module "to_second" {
  source = "../modules/replication"

  name       = "${var.first.name}-to-${var.second.region}"
  source_kms = { region = var.first.region, key_arn = var.first.kms_key_arn }
  target_kms = { region = var.second.region, key_arn = var.second.kms_key_arn }
  bucket_names = {
    for role in ["originals", "renditions"] : var.first.buckets[role] => var.second.buckets[role]
  }

  providers = { aws = aws.first }
}

# Replicas are not replicated again, so the two directions do not form a loop.
module "to_first" {
  source = "../modules/replication"

  name       = "${var.first.name}-to-${var.first.region}"
  source_kms = { region = var.second.region, key_arn = var.second.kms_key_arn }
  target_kms = { region = var.first.region, key_arn = var.first.kms_key_arn }
  bucket_names = {
    for role in ["originals", "renditions"] : var.second.buckets[role] => var.first.buckets[role]
  }

  providers = { aws = aws.second }
}
