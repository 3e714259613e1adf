# IAM policies: one document per service, limited to the calls that its code makes.

locals {
  originals  = "${module.originals.arn}/${local.originals_prefix}*"
  renditions = "${module.renditions.arn}/${local.renditions_prefix}*"

  # No Scan: every listing queries by key.
  table_actions = [
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
  ]

  consumer_actions = [
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
  ]

  protection_actions = ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"]
  tasks              = "arn:aws:ecs:${var.region}:${local.account}:task/${local.name}/*"

  # The KMS key is used only through these services, never directly.
  table_key_actions = [
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
  ]
  via = {
    for service in ["dynamodb", "rekognition", "s3", "sns", "sqs"] :
    service => "${service}.${var.region}.amazonaws.com"
  }
}

# Shared by all three services: access to the table.
data "aws_iam_policy_document" "table" {
  statement {
    sid       = "Table"
    actions   = local.table_actions
    resources = [module.table.arn]
  }

  statement {
    sid       = "TableKey"
    actions   = local.table_key_actions
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via.dynamodb]
    }
  }
}

data "aws_iam_policy_document" "api" {
  source_policy_documents = [data.aws_iam_policy_document.table.json]

  # To presign uploads and downloads: the signer needs the permission that it signs for.
  statement {
    sid       = "Originals"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:PutObject"]
    resources = [local.originals]
  }

  # To presign rendition URLs, and to delete renditions.
  statement {
    sid       = "Renditions"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject"]
    resources = [local.renditions]
  }

  # To delete an image, the api lists the versions of its original and its renditions.
  statement {
    sid       = "ListObjectVersions"
    actions   = ["s3:ListBucketVersions"]
    resources = [module.originals.arn, module.renditions.arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${local.originals_prefix}*", "${local.renditions_prefix}*"]
    }
  }

  statement {
    sid       = "ObjectAndTopicKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via.s3, local.via.sns]
    }
  }

  # Requests to reprocess an image go to the same topic as uploads.
  statement {
    sid       = "RequestProcessing"
    actions   = ["sns:Publish"]
    resources = [module.uploads.arn]
  }

  # Changes made by one client are published to the owner's other clients.
  statement {
    sid       = "PublishEvents"
    actions   = ["sns:Publish"]
    resources = [module.image_events.arn]
  }

  # Each task subscribes to image events with its own queue, for the task's lifetime.
  statement {
    sid = "OwnEventQueues"
    actions = [
      "sqs:CreateQueue",
      "sqs:DeleteMessage",
      "sqs:DeleteQueue",
      "sqs:ReceiveMessage",
    ]
    resources = ["arn:aws:sqs:${var.region}:${local.account}:${local.event_queue_prefix}*"]
  }

  # To find queues that killed tasks left behind, and to remove their subscriptions. ListQueues returns only
  # URLs.
  statement {
    sid       = "RemoveOrphanedQueues"
    actions   = ["sns:Unsubscribe", "sqs:ListQueues"]
    resources = ["*"] # no resource-level permissions
  }

  # Listed to find the subscriptions of orphaned queues.
  statement {
    sid       = "SubscribeToEvents"
    actions   = ["sns:ListSubscriptionsByTopic", "sns:Subscribe"]
    resources = [module.image_events.arn]
  }
}

# Shared by both consumers.
data "aws_iam_policy_document" "consumer" {
  source_policy_documents = [data.aws_iam_policy_document.table.json]

  # Without ListBucket, S3 returns 403 instead of 404 for a missing object, and a deleted image cannot
  # be distinguished from a permission error. It cannot be limited by prefix: GetObject sends none.
  statement {
    sid       = "DetectMissingOriginals"
    actions   = ["s3:ListBucket"]
    resources = [module.originals.arn]
  }

  statement {
    sid       = "PublishEvents"
    actions   = ["sns:Publish"]
    resources = [module.image_events.arn]
  }

  statement {
    sid       = "ProtectBusyTasks"
    actions   = local.protection_actions
    resources = [local.tasks]
  }
}

data "aws_iam_policy_document" "worker" {
  # checkov:skip=CKV_AWS_356:Rekognition's detection actions do not support resource-level permissions.
  source_policy_documents = [data.aws_iam_policy_document.consumer.json]

  statement {
    sid       = "Queue"
    actions   = local.consumer_actions
    resources = [module.recognition.arn]
  }

  statement {
    sid       = "Originals"
    actions   = ["s3:GetObject"]
    resources = [local.originals]
  }

  statement {
    sid = "Recognize"
    actions = [
      "rekognition:DetectFaces",
      "rekognition:DetectLabels",
      "rekognition:DetectModerationLabels",
      "rekognition:DetectText",
    ]
    resources = ["*"] # no resource-level permissions; access to the image is controlled by its bucket
  }

  statement {
    sid       = "ObjectAndMessageKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via.s3, local.via.sqs, local.via.sns, local.via.rekognition]
    }
  }
}

data "aws_iam_policy_document" "resizer" {
  source_policy_documents = [data.aws_iam_policy_document.consumer.json]

  statement {
    sid       = "Queue"
    actions   = local.consumer_actions
    resources = [module.renditions_queue.arn]
  }

  # Deletes the objects of images that were deleted while the resizer processed them.
  statement {
    sid       = "Originals"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject"]
    resources = [local.originals]
  }

  statement {
    sid       = "Renditions"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"]
    resources = [local.renditions]
  }

  statement {
    sid       = "ListObjectVersions"
    actions   = ["s3:ListBucketVersions"]
    resources = [module.originals.arn, module.renditions.arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${local.originals_prefix}*", "${local.renditions_prefix}*"]
    }
  }

  statement {
    sid       = "ObjectAndMessageKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via.s3, local.via.sqs, local.via.sns]
    }
  }
}
