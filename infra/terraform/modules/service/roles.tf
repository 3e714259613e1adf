data "aws_caller_identity" "current" {}

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
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

# Execution role: lets ECS pull the images, read the secrets and write the logs.
data "aws_iam_policy_document" "execution" {
  # checkov:skip=CKV_AWS_356:GetAuthorizationToken applies to the account's registry and does not support resource-level permissions.
  statement {
    sid       = "LogInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"] # no resource-level permissions
  }

  statement {
    sid       = "PullImages"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = compact([var.repository_arn, try(var.collector.repository_arn, null)])
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  dynamic "statement" {
    for_each = length(var.secrets) > 0 ? [1] : []

    content {
      sid       = "ReadSecrets"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [for reference in values(var.secrets) : split(":::", reference)[0]]
    }
  }

  dynamic "statement" {
    for_each = length(var.secrets) > 0 ? [1] : []

    content {
      sid       = "DecryptSecrets"
      actions   = ["kms:Decrypt"]
      resources = [var.kms_key_arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${data.aws_region.current.id}.amazonaws.com"]
      }
    }
  }
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
  policy = var.policy
}

# Permissions of ECS Exec (`aws ecs execute-command`), if it is enabled.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
data "aws_iam_policy_document" "shell" {
  count = var.shell == null ? 0 : 1

  # checkov:skip=CKV_AWS_111:Session Manager channels do not support resource-level permissions.
  # checkov:skip=CKV_AWS_356:Session Manager channels do not support resource-level permissions.
  statement {
    sid = "Shell"
    actions = [
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ]
    resources = ["*"] # no resource-level permissions
  }

  statement {
    sid       = "FindSessionLog"
    actions   = ["logs:DescribeLogGroups"]
    resources = ["*"] # the agent lists all log groups of the region
  }

  statement {
    sid       = "WriteSessionLog"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = ["${var.shell.log_group_arn}:*"]
  }

  statement {
    sid       = "DecryptSession"
    actions   = ["kms:Decrypt"]
    resources = [var.shell.kms_key_arn]
  }
}

resource "aws_iam_role_policy" "shell" {
  count = var.shell == null ? 0 : 1

  name   = "shell"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.shell[0].json
}
