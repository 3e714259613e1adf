# Who may assume the roles: operators, GitHub Actions without a stored key, and infra/terraform/pipeline.

resource "aws_iam_openid_connect_provider" "github" {
  count = var.github_repository == null ? 0 : 1

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  # The plan role is assumed from an environment of its own, because planning needs no approval.
  trusted = {
    deploy = { environments = var.github_environments, pipeline_role = "${var.project}-pipeline-apply" }
    plan   = { environments = [var.github_plan_environment], pipeline_role = "${var.project}-pipeline-plan" }
  }
}

data "aws_iam_policy_document" "trust" {
  for_each = local.trusted

  dynamic "statement" {
    for_each = length(var.operators) > 0 ? [var.operators] : []

    content {
      sid     = "Operators"
      actions = ["sts:AssumeRole"]

      principals {
        type        = "AWS"
        identifiers = statement.value
      }
    }
  }

  # Only jobs that run in one of the environments of the repository, which GitHub can protect by reviewers.
  dynamic "statement" {
    for_each = aws_iam_openid_connect_provider.github[*].arn

    content {
      sid     = "GithubActions"
      actions = ["sts:AssumeRoleWithWebIdentity"]

      principals {
        type        = "Federated"
        identifiers = [statement.value]
      }

      condition {
        test     = "StringEquals"
        variable = "token.actions.githubusercontent.com:aud"
        values   = ["sts.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "token.actions.githubusercontent.com:sub"
        values   = [for name in each.value.environments : "repo:${var.github_repository}:environment:${name}"]
      }
    }
  }

  # A condition instead of a principal, because IAM rejects a principal that does not exist yet.
  dynamic "statement" {
    for_each = var.pipeline ? [each.value.pipeline_role] : []

    content {
      sid     = "Pipeline"
      actions = ["sts:AssumeRole"]

      principals {
        type        = "AWS"
        identifiers = ["arn:aws:iam::${local.account}:root"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:PrincipalArn"
        values   = ["arn:aws:iam::${local.account}:role/${statement.value}"]
      }
    }
  }
}
