# IAM policies: one document per service, limited to the calls that its code makes.

locals {
  originals  = "${module.originals.arn}/${local.originals_prefix}*"
  renditions = "${module.renditions.arn}/${local.renditions_prefix}*"

  # No Scan: every listing queries by key. The consumers read and change single images only; the worker and
  # the notifier also query the usage of an owner.
  image_actions = [
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
  ]
  table_actions = {
    api     = concat(local.image_actions, ["dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:Query"])
    worker  = concat(local.image_actions, ["dynamodb:Query"])
    resizer = local.image_actions
    # Reads images, and changes only its own rows: due deliveries and digests.
    notifier = concat(local.image_actions, ["dynamodb:ConditionCheckItem", "dynamodb:Query"])
  }

  consumer_actions = [
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
  ]

  tasks = "arn:aws:ecs:${var.region}:${local.account}:task/${local.name}/*"

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

# Access to the table.
data "aws_iam_policy_document" "table" {
  for_each = local.table_actions

  statement {
    sid       = "Table"
    actions   = each.value
    resources = [local.table.arn]
  }

  dynamic "statement" {
    for_each = each.key == "api" ? [1] : []

    content {
      sid       = "TableIndexes"
      actions   = ["dynamodb:Query"]
      resources = ["${local.table.arn}/index/*"]
    }
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
  # checkov:skip=CKV_AWS_356:sns:Unsubscribe and sqs:ListQueues do not support resource-level permissions.
  # checkov:skip=CKV_AWS_111:sns:Unsubscribe does not support resource-level permissions.
  source_policy_documents = [data.aws_iam_policy_document.table["api"].json]

  # To presign uploads and downloads: the signer needs the permission that it signs for.
  statement {
    sid       = "Originals"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:PutObject"]
    resources = [local.originals]
  }

  # To delete renditions, and to presign their URLs unless CloudFront serves them.
  statement {
    sid       = "Renditions"
    actions   = concat(["s3:DeleteObject", "s3:DeleteObjectVersion"], local.signed ? [] : ["s3:GetObject"])
    resources = [local.renditions]
  }

  # To download archives. Without ListBucket, S3 returns 403 instead of 404 for an original that was
  # deleted meanwhile. It cannot be limited by prefix: GetObject sends none.
  statement {
    sid       = "DetectMissingOriginals"
    actions   = ["s3:ListBucket"]
    resources = [module.originals.arn]
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

  # Listed to find the subscriptions of queues that killed tasks left behind.
  statement {
    sid       = "SubscribeToEvents"
    actions   = ["sns:ListSubscriptionsByTopic", "sns:Subscribe"]
    resources = [module.image_events.arn]
  }

  # To find and unsubscribe those queues. Neither action supports resource-level permissions: ListQueues returns
  # the URLs of all queues of the account, and nothing more; Unsubscribe needs the ARN of a subscription, which
  # only the statement above can list.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
  statement {
    sid       = "FindOrphanedQueues"
    actions   = ["sns:Unsubscribe", "sqs:ListQueues"]
    resources = ["*"]
  }
}

# Shared by both consumers.
data "aws_iam_policy_document" "consumer" {
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
    actions   = ["ecs:UpdateTaskProtection"]
    resources = [local.tasks]
  }
}

data "aws_iam_policy_document" "worker" {
  # checkov:skip=CKV_AWS_356:Rekognition's detection actions do not support resource-level permissions.
  source_policy_documents = [
    data.aws_iam_policy_document.table["worker"].json,
    data.aws_iam_policy_document.consumer.json,
  ]

  statement {
    sid       = "Queue"
    actions   = local.consumer_actions
    resources = [module.recognition.arn, module.recognition.backlog.arn]
  }

  statement {
    sid       = "Defer"
    actions   = ["sqs:SendMessage"]
    resources = [module.recognition.backlog.arn]
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
  source_policy_documents = [
    data.aws_iam_policy_document.table["resizer"].json,
    data.aws_iam_policy_document.consumer.json,
  ]

  statement {
    sid       = "Queue"
    actions   = local.consumer_actions
    resources = [module.renditions_queue.arn, module.renditions_queue.backlog.arn]
  }

  statement {
    sid       = "Defer"
    actions   = ["sqs:SendMessage"]
    resources = [module.renditions_queue.backlog.arn]
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

data "aws_iam_policy_document" "notifier" {
  count = var.notifier.enabled ? 1 : 0

  source_policy_documents = [data.aws_iam_policy_document.table["notifier"].json]

  # It sends itself the next attempt at a delivery.
  statement {
    sid       = "Queue"
    actions   = concat(local.consumer_actions, ["sqs:SendMessage"])
    resources = [module.notifications[0].arn]
  }

  # The state of a webhook is published to the owner's clients.
  statement {
    sid       = "PublishEvents"
    actions   = ["sns:Publish"]
    resources = [module.image_events.arn]
  }

  statement {
    sid       = "ProtectBusyTasks"
    actions   = ["ecs:UpdateTaskProtection"]
    resources = [local.tasks]
  }

  statement {
    sid       = "MessageKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via.sqs, local.via.sns]
    }
  }

  # Email from the configured sender only, although the identity covers the domain.
  dynamic "statement" {
    for_each = local.notification_email ? [regex("([^@ <]+@[^@ >]+)>?$", var.email.sender)[0]] : []

    content {
      sid       = "SendEmail"
      actions   = ["ses:SendEmail"]
      resources = [module.mail[0].identity_arn]

      condition {
        test     = "StringEquals"
        variable = "ses:FromAddress"
        values   = [statement.value]
      }
    }
  }

  dynamic "statement" {
    for_each = module.event_bus

    content {
      sid       = "PublishOnEventBus"
      actions   = ["events:PutEvents"]
      resources = [statement.value.arn]

      condition {
        test     = "StringEquals"
        variable = "events:source"
        values   = ["sightline"]
      }
    }
  }
}

# The purge deletes images as the api does, and compares S3 with the table. It sends no messages.
data "aws_iam_policy_document" "purge" {
  # Unlike the services, it scans: the trash of all owners has no index.
  statement {
    sid = "Table"
    actions = concat(local.image_actions, [
      "dynamodb:BatchGetItem",
      "dynamodb:ConditionCheckItem",
      "dynamodb:Query",
      "dynamodb:Scan",
    ])
    resources = [local.table.arn]
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

  # GetObject is the permission of HeadObject, which detects lost originals.
  statement {
    sid       = "Originals"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject"]
    resources = [local.originals]
  }

  statement {
    sid       = "Renditions"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    resources = [local.renditions]
  }

  # Without ListBucket, S3 returns 403 instead of 404 for a missing original. It cannot be limited by prefix:
  # HeadObject sends none.
  statement {
    sid       = "ListOriginals"
    actions   = ["s3:ListBucket"]
    resources = [module.originals.arn]
  }

  statement {
    sid       = "ListRenditions"
    actions   = ["s3:ListBucket"]
    resources = [module.renditions.arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${local.renditions_prefix}*"]
    }
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
    sid       = "ObjectKey"
    actions   = ["kms:Decrypt"]
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via.s3]
    }
  }
}
