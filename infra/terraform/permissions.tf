# What each service may do: one document for each, and nothing that its code does not do.

locals {
  originals  = "${module.originals.arn}/${local.originals_prefix}*"
  renditions = "${module.renditions.arn}/${local.renditions_prefix}*"

  # No Scan: every listing in the product is by key.
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

  # The key is used through these services only, never by itself.
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

# What all three have in common: the table.
data "aws_iam_policy_document" "table" {
  statement {
    sid       = "Table"
    actions   = local.table_actions
    resources = [module.table.arn]
  }

  statement {
    sid       = "KeyOfTable"
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

  # To sign upload tickets and downloads: whoever signs must be allowed to do what is signed.
  statement {
    sid       = "Originals"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:PutObject"]
    resources = [local.originals]
  }

  # To sign the addresses of pictures, and to delete them.
  statement {
    sid       = "Renditions"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject"]
    resources = [local.renditions]
  }

  # A deletion finds the versions of an original, and all renditions of a picture.
  statement {
    sid       = "ListPictures"
    actions   = ["s3:ListBucketVersions"]
    resources = [module.originals.arn, module.renditions.arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${local.originals_prefix}*", "${local.renditions_prefix}*"]
    }
  }

  statement {
    sid       = "KeyOfPicturesAndDemands"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via.s3, local.via.sns]
    }
  }

  # Demands to look at a picture anew go the way of the uploads.
  statement {
    sid       = "Demand"
    actions   = ["sns:Publish"]
    resources = [module.uploads.arn]
  }

  # What a client changes itself, its owner's other screens are told.
  statement {
    sid       = "Publish"
    actions   = ["sns:Publish"]
    resources = [module.image_events.arn]
  }

  # Each task listens to what happens with a queue of its own, for as long as it lives.
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

  # To find queues that a task which was killed has left behind. Listing is a right to the whole of an
  # account's queues in a region; it tells their names and no more.
  statement {
    sid       = "FindLeftQueues"
    actions   = ["sqs:ListQueues"]
    resources = ["arn:aws:sqs:${var.region}:${local.account}:*"]
  }

  # A subscription's ARN is its topic's with an id after it. Listed to find those of queues that were left.
  statement {
    sid       = "ListenToEvents"
    actions   = ["sns:ListSubscriptionsByTopic", "sns:Subscribe", "sns:Unsubscribe"]
    resources = [module.image_events.arn, "${module.image_events.arn}:*"]
  }
}

# What both consumers have in common.
data "aws_iam_policy_document" "consumer" {
  source_policy_documents = [data.aws_iam_policy_document.table.json]

  # Without this right S3 answers 403 to the question for an object that is not there, and a deleted
  # picture could not be told from a fault. It cannot be limited by prefix: that question has none.
  statement {
    sid       = "MissingOriginals"
    actions   = ["s3:ListBucket"]
    resources = [module.originals.arn]
  }

  statement {
    sid       = "Publish"
    actions   = ["sns:Publish"]
    resources = [module.image_events.arn]
  }

  statement {
    sid       = "StayWhileWorking"
    actions   = local.protection_actions
    resources = [local.tasks]
  }
}

data "aws_iam_policy_document" "worker" {
  # checkov:skip=CKV_AWS_356:Rekognition's detection takes no resource.
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
    resources = ["*"] # these actions take no resource: the picture is guarded by its bucket
  }

  statement {
    sid       = "KeyOfPicturesAndMessages"
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

  # It removes what was deleted while it worked.
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
    sid       = "ListPictures"
    actions   = ["s3:ListBucketVersions"]
    resources = [module.originals.arn, module.renditions.arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${local.originals_prefix}*", "${local.renditions_prefix}*"]
    }
  }

  statement {
    sid       = "KeyOfPicturesAndMessages"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via.s3, local.via.sqs, local.via.sns]
    }
  }
}
