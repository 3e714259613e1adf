data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  region  = data.aws_region.current.id
}

# IAM policies of the account can grant access, as AWS recommends (otherwise the key could become
# unmanageable). Beyond that, only the AWS services that encrypt on the stack's behalf have access.
data "aws_iam_policy_document" "this" {
  # checkov:skip=CKV_AWS_109:In a key policy `*` means this key, and only this account has access.
  # checkov:skip=CKV_AWS_111:In a key policy `*` means this key, and only this account has access.
  # checkov:skip=CKV_AWS_356:In a key policy `*` means this key.
  statement {
    sid       = "EnableIamPolicies"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${local.account}:root"]
    }
  }

  # S3 publishes upload events to an encrypted topic. AWS documents this grant without a condition;
  # the topic policy restricts the source bucket:
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

  # Topics publish to encrypted queues.
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

  # Alarms and budgets publish to an encrypted topic.
  statement {
    sid       = "Alerts"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com"]
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

  # CloudFront reads encrypted renditions. The bucket policies restrict which distribution may read which
  # bucket. Naming the distribution here too would create a dependency cycle of key, bucket and
  # distribution.
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
  description             = "Encrypts data, messages and logs of ${var.name}."
  enable_key_rotation     = true
  deletion_window_in_days = var.deletion_window_days
  policy                  = data.aws_iam_policy_document.this.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}
