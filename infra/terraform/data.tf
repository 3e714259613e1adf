# Data stores: encryption key, buckets and table.

locals {
  # S3 replicates a deletion as a delete marker: the lifecycle of the other region deletes the bytes.
  noncurrent_days = var.replicated ? 1 : var.noncurrent_days

  # The replica of a global table has the name of the first table.
  table = var.replica_of == null ? {
    name = module.table[0].name
    arn  = module.table[0].arn
    } : {
    name = var.replica_of
    arn  = "arn:aws:dynamodb:${var.region}:${local.account}:table/${var.replica_of}"
  }
}

module "key" {
  source = "./modules/key"

  name                 = local.name
  deletion_window_days = local.protected ? 30 : 7
}

module "originals" {
  source = "./modules/bucket"

  name            = local.buckets.originals
  kms_key_arn     = module.key.arn
  force_destroy   = !local.protected
  versioned       = true
  noncurrent_days = local.noncurrent_days
  upload_origins  = concat([local.web_url], var.cors_origins)
  notification    = { topic_arn = module.uploads.arn, prefix = local.originals_prefix }
  access_log      = { bucket = module.logs.name, prefix = "s3/originals/" }
}

# Versioned only for replication: a rendition can be generated again from its original.
module "renditions" {
  source = "./modules/bucket"

  name                     = local.buckets.renditions
  kms_key_arn              = module.key.arn
  force_destroy            = !local.protected
  versioned                = var.replicated
  noncurrent_days          = local.noncurrent_days
  access_log               = { bucket = module.logs.name, prefix = "s3/renditions/" }
  reader_distribution_arns = [module.distribution.arn]
}

# Versioned, so that a page loaded before a rollout still finds its files.
module "web" {
  source = "./modules/bucket"

  name                     = local.buckets.web
  kms_key_arn              = module.key.arn
  force_destroy            = !local.protected
  versioned                = true
  noncurrent_days          = var.noncurrent_days
  access_log               = { bucket = module.logs.name, prefix = "s3/web/" }
  reader_distribution_arns = [module.distribution.arn]
}

module "logs" {
  source = "./modules/bucket"

  name          = local.buckets.logs
  force_destroy = !local.protected
  expire_days   = var.log_retention_days
  policies      = [data.aws_iam_policy_document.log_writers.json]
}

data "aws_iam_policy_document" "log_writers" {
  statement {
    sid       = "LoadBalancer"
    actions   = ["s3:PutObject"]
    resources = ["arn:aws:s3:::${local.buckets.logs}/load-balancer/*"]

    principals {
      type        = "Service"
      identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:aws:elasticloadbalancing:${var.region}:${local.account}:loadbalancer/*"]
    }
  }

  statement {
    sid       = "Buckets"
    actions   = ["s3:PutObject"]
    resources = ["arn:aws:s3:::${local.buckets.logs}/s3/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }

  statement {
    sid       = "Distribution"
    actions   = ["s3:PutObject"]
    resources = ["arn:aws:s3:::${local.buckets.logs}/cloudfront/*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:aws:logs:us-east-1:${local.account}:delivery-source:${local.name}"]
    }
  }
}

module "table" {
  count = var.replica_of == null ? 1 : 0

  source = "./modules/table"

  name                = local.name
  kms_key_arn         = module.key.arn
  deletion_protection = local.protected
  replicated          = var.replicated
  alerts_topic_arn    = module.alerts_topic.arn
}

moved {
  from = module.table
  to   = module.table[0]
}
