data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  region  = data.aws_region.current.name
}

# The whole account may be let in by IAM, as AWS advises (without it nobody could ever change the
# key again); beyond that only those AWS services that encrypt on our behalf.
data "aws_iam_policy_document" "this" {
  # checkov:skip=CKV_AWS_109:In a key policy `*` is this key, and only this account is let in.
  # checkov:skip=CKV_AWS_111:In a key policy `*` is this key, and only this account is let in.
  # checkov:skip=CKV_AWS_356:In a key policy `*` is this key.
  statement {
    sid       = "GovernedByIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${local.account}:root"]
    }
  }

  # S3 announces uploads on an encrypted topic. AWS documents this grant without a condition, and
  # whom S3 may speak for the topic's own policy says:
  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
  statement {
    sid       = "Uploads"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
  }

  # Topics feed encrypted queues.
  statement {
    sid       = "Topics"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:aws:sns:${local.region}:${local.account}:${var.name}-*"]
    }
  }

  # Alarms and budgets speak on an encrypted topic.
  statement {
    sid       = "Alerts"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }

  statement {
    sid = "LogGroupsOfThisStack"
    actions = [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey*",
      "kms:ReEncrypt*",
    ]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${local.region}.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:aws:logs:${local.region}:${local.account}:log-group:*${var.name}*"]
    }
  }

  # CloudFront reads encrypted pictures. Which distribution may read which bucket the bucket's own
  # policy says: named here as well, key, bucket and distribution would wait for each other.
  statement {
    sid       = "DistributionsOfThisAccount"
    actions   = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:aws:cloudfront::${local.account}:distribution/*"]
    }
  }
}

resource "aws_kms_key" "this" {
  description             = "Data, messages and logs of ${var.name}."
  enable_key_rotation     = true
  deletion_window_in_days = var.deletion_window_days
  policy                  = data.aws_iam_policy_document.this.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}
