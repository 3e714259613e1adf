# The task that refreshes the view.

locals {
  settings = {
    AWS_REGION                      = local.region
    SIGHTLINE_TABLE_ARN             = var.table_arn
    SIGHTLINE_ANALYTICS_BUCKET      = var.bucket.name
    SIGHTLINE_ANALYTICS_KEY_ARN     = aws_kms_key.hash.arn
    SIGHTLINE_ANALYTICS_KEY_VERSION = tostring(var.key_version)
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

# Execution role: lets ECS pull the image and write the logs.
data "aws_iam_policy_document" "execution" {
  # checkov:skip=CKV_AWS_356:GetAuthorizationToken applies to the account's registry and does not support resource-level permissions.
  statement {
    sid       = "LogInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"] # no resource-level permissions
  }

  statement {
    sid       = "PullImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [var.image.repository_arn]
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }
}

# Task role: exports the table to the bucket, and replaces the view. It can neither read nor change an item.
data "aws_iam_policy_document" "task" {
  statement {
    sid       = "ExportTable"
    actions   = ["dynamodb:ExportTableToPointInTime"]
    resources = [var.table_arn]
  }

  statement {
    sid       = "AwaitExport"
    actions   = ["dynamodb:DescribeExport"]
    resources = ["${var.table_arn}/export/*"]
  }

  # DynamoDB writes an export with the permissions of the caller.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html
  statement {
    sid       = "WriteExport"
    actions   = ["s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectAcl"]
    resources = ["${var.bucket.arn}/exports/*"]
  }

  statement {
    sid       = "ReadAndDeleteExport"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject"]
    resources = ["${var.bucket.arn}/exports/*"]
  }

  statement {
    sid       = "ReplaceView"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${var.bucket.arn}/view/*"]
  }

  # Without it, a missing object would be a 403.
  statement {
    sid       = "FindObjects"
    actions   = ["s3:ListBucket", "s3:ListBucketVersions"]
    resources = [var.bucket.arn]
  }

  statement {
    sid       = "DeriveHashKey"
    actions   = ["kms:GenerateMac"]
    resources = [aws_kms_key.hash.arn]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"]
    resources = [var.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via_s3, "dynamodb.${local.region}.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "hash_key" {
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
}

# The task derives the key of its hashes from this one, which cannot be read. Once it is deleted, no one can
# compute the hash of an owner.
resource "aws_kms_key" "hash" {
  description              = "Derives the key that hashes owners in the analytics of ${var.name}."
  key_usage                = "GENERATE_VERIFY_MAC"
  customer_master_key_spec = "HMAC_256"
  deletion_window_in_days  = var.key_deletion_window_days
  policy                   = data.aws_iam_policy_document.hash_key.json
}

resource "aws_kms_alias" "hash" {
  name          = "alias/${local.full_name}-hash"
  target_key_id = aws_kms_key.hash.key_id
}

resource "aws_iam_role" "execution" {
  name               = "${local.full_name}-execution"
  description        = "Execution role of ${local.full_name}."
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "execution" {
  name   = "start"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

resource "aws_iam_role" "task" {
  name               = local.full_name
  description        = "Task role of ${local.full_name}."
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "task" {
  name   = "work"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.task.json
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338:Log retention is a setting.
  name              = "/${var.name}/analytics"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_ecs_task_definition" "this" {
  family                   = local.full_name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 1024
  memory                   = 4096
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  # The root file system is read-only. Exports and the view are processed here, and deleted with the task.
  volume {
    name = "scratch"
  }

  container_definitions = jsonencode([{
    name      = "analytics"
    image     = "${var.image.repository_url}:${coalesce(var.image.tag, "none")}"
    command   = ["python", "-m", "sightline_ops.analytics", "refresh"]
    essential = true

    environment = [for name in sort(keys(local.settings)) : { name = name, value = local.settings[name] }]

    portMappings           = []
    readonlyRootFilesystem = true
    privileged             = false
    linuxParameters        = { initProcessEnabled = true, capabilities = { add = [], drop = ["ALL"] } }
    mountPoints            = [{ sourceVolume = "scratch", containerPath = "/tmp", readOnly = false }]
    volumesFrom            = []
    systemControls         = []

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = local.region
        awslogs-stream-prefix = "task"
      }
    }
  }])
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5:The schedule attaches it to the tasks that it starts.
  name        = local.full_name
  description = "Tasks of ${local.full_name}."
  vpc_id      = var.network.vpc_id

  tags = { Name = local.full_name }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "endpoints" {
  count = length(var.network.endpoint_security_group_ids)

  security_group_id            = aws_security_group.this.id
  description                  = "HTTPS to AWS through the interface endpoints."
  referenced_security_group_id = var.network.endpoint_security_group_ids[count.index]
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "gateways" {
  for_each = var.network.gateway_prefix_list_ids

  security_group_id = aws_security_group.this.id
  description       = "HTTPS to AWS through the gateway endpoint of ${each.key}."
  prefix_list_id    = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "internet" {
  count = var.network.internet ? 1 : 0

  security_group_id = aws_security_group.this.id
  description       = "HTTPS to the internet."
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
