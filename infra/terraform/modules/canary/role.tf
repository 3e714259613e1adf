# Role of CodeDeploy: what a deployment of this service needs. The managed policy AWSCodeDeployRoleForECS would permit
# it for all services, listeners and functions of the account.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/codedeploy_IAM_role.html

data "aws_iam_policy_document" "codedeploy_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["codedeploy.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

locals {
  ecs_prefix = "arn:aws:ecs:${local.region}:${local.account}"
}

data "aws_iam_policy_document" "codedeploy" {
  # checkov:skip=CKV_AWS_111:CreateTaskSet does not support resource-level permissions.
  # checkov:skip=CKV_AWS_356:The Describe actions of Elastic Load Balancing do not support resource-level permissions.
  statement {
    sid       = "Service"
    actions   = ["ecs:DescribeServices", "ecs:UpdateServicePrimaryTaskSet"]
    resources = ["${local.ecs_prefix}:service/${var.cluster_name}/${var.service_name}"]
  }

  statement {
    sid       = "CreateTaskSets"
    actions   = ["ecs:CreateTaskSet"]
    resources = ["*"] # no resource-level permissions; the conditions limit it to the service

    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = ["${local.ecs_prefix}:cluster/${var.cluster_name}"]
    }

    condition {
      test     = "ArnEquals"
      variable = "ecs:service"
      values   = ["${local.ecs_prefix}:service/${var.cluster_name}/${var.service_name}"]
    }
  }

  statement {
    sid       = "DeleteTaskSets"
    actions   = ["ecs:DeleteTaskSet"]
    resources = ["${local.ecs_prefix}:task-set/${var.cluster_name}/${var.service_name}/*"]
  }

  statement {
    sid       = "PassTaskRoles"
    actions   = ["iam:PassRole"]
    resources = var.task_role_arns

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }

  statement {
    sid       = "ShiftTraffic"
    actions   = ["elasticloadbalancing:ModifyListener"]
    resources = [var.listener_arn, var.test_listener_arn]
  }

  statement {
    sid     = "ShiftTrafficOfRules"
    actions = ["elasticloadbalancing:ModifyRule"]
    resources = [
      for arn in [var.listener_arn, var.test_listener_arn] : "${replace(arn, ":listener/", ":listener-rule/")}/*"
    ]
  }

  statement {
    sid       = "SmokeTest"
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.hook.arn]
  }

  statement {
    sid       = "ReadAlarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = ["arn:aws:cloudwatch:${local.region}:${local.account}:alarm:*"]
  }

  statement {
    sid = "ReadListeners"
    actions = [
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeRules",
      "elasticloadbalancing:DescribeTargetGroups",
    ]
    resources = ["*"] # no resource-level permissions
  }
}

resource "aws_iam_role" "codedeploy" {
  name               = "${var.name}-codedeploy"
  description        = "Canary deployments of ${var.service_name} in ${var.cluster_name}."
  assume_role_policy = data.aws_iam_policy_document.codedeploy_trust.json
}

resource "aws_iam_role_policy" "codedeploy" {
  name   = "deploy"
  role   = aws_iam_role.codedeploy.id
  policy = data.aws_iam_policy_document.codedeploy.json
}
