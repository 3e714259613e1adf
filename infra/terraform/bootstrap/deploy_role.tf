# The role that applies and deploys stacks: from GitHub Actions without a stored key, and for operators.

resource "aws_iam_role" "deploy" {
  name                 = "${var.project}-deploy"
  description          = "Applies and deploys the stacks of ${var.project}."
  assume_role_policy   = data.aws_iam_policy_document.trust["deploy"].json
  permissions_boundary = aws_iam_policy.boundary.arn
  max_session_duration = 7200
}

# Everything except IAM, Organizations and the account.
resource "aws_iam_role_policy_attachment" "power_user" {
  role       = aws_iam_role.deploy.name
  policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}

# IAM only for the roles of the stacks, which carry the prefix of the project, and not for this role.
data "aws_iam_policy_document" "roles" {
  statement {
    sid = "ManageRolesOfStacks"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies",
      "iam:ListRoleTags",
      "iam:PutRolePolicy",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
      "iam:UpdateRoleDescription",
    ]
    resources = ["arn:aws:iam::${local.account}:role/${var.project}-*"]
  }

  statement {
    sid       = "PassRolesOfStacks"
    actions   = ["iam:PassRole"]
    resources = ["arn:aws:iam::${local.account}:role/${var.project}-*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["chatbot.amazonaws.com", "codedeploy.amazonaws.com", "ecs-tasks.amazonaws.com", "lambda.amazonaws.com", "scheduler.amazonaws.com", "vpc-flow-logs.amazonaws.com"]
    }
  }

  statement {
    sid       = "CreateServiceLinkedRoles"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:aws:iam::${local.account}:role/aws-service-role/*"]
  }

  statement {
    sid       = "ProtectDeployRole"
    effect    = "Deny"
    actions   = ["iam:AttachRolePolicy", "iam:DeleteRole", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"]
    resources = [aws_iam_role.deploy.arn]
  }
}

resource "aws_iam_role_policy" "roles" {
  name   = "manage-roles"
  role   = aws_iam_role.deploy.id
  policy = data.aws_iam_policy_document.roles.json
}
