# The role that plans changes of the stacks: it reads their resources, but not the data in them.

resource "aws_iam_role" "plan" {
  name                 = "${var.project}-plan"
  description          = "Plans changes of the stacks of ${var.project}."
  assume_role_policy   = data.aws_iam_policy_document.trust["plan"].json
  permissions_boundary = aws_iam_policy.boundary.arn
  max_session_duration = 3600
}

resource "aws_iam_role_policy_attachment" "read_only" {
  role       = aws_iam_role.plan.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

data "aws_iam_policy_document" "plan" {
  # The lock is an object next to the state.
  statement {
    sid       = "LockStates"
    actions   = ["s3:DeleteObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.state.arn}/${var.project}/*.tflock"]
  }

  # The provider reads the current version of each secret that Terraform writes.
  statement {
    sid       = "ReadSecretsOfStacks"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["arn:aws:secretsmanager:*:${local.account}:secret:${var.project}-*"]
  }

  statement {
    sid           = "NoImages"
    effect        = "Deny"
    actions       = ["s3:GetObject", "s3:GetObjectVersion"]
    not_resources = ["${aws_s3_bucket.state.arn}/*"]
  }

  statement {
    sid    = "NoRows"
    effect = "Deny"
    actions = [
      "dynamodb:BatchGetItem",
      "dynamodb:GetItem",
      "dynamodb:PartiQLSelect",
      "dynamodb:Query",
      "dynamodb:Scan",
    ]
    resources = ["arn:aws:dynamodb:*:${local.account}:table/*"]
  }

  statement {
    sid       = "NoChangesOfRows"
    effect    = "Deny"
    actions   = ["dynamodb:GetRecords"]
    resources = ["arn:aws:dynamodb:*:${local.account}:table/*/stream/*"]
  }

  statement {
    sid       = "NoUsers"
    effect    = "Deny"
    actions   = ["cognito-idp:AdminGetUser", "cognito-idp:ListUsers", "cognito-idp:ListUsersInGroup"]
    resources = ["arn:aws:cognito-idp:*:${local.account}:userpool/*"]
  }

  statement {
    sid       = "NoLogs"
    effect    = "Deny"
    actions   = ["logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery"]
    resources = ["arn:aws:logs:*:${local.account}:log-group:*"]
  }
}

resource "aws_iam_role_policy" "plan" {
  name   = "plan"
  role   = aws_iam_role.plan.id
  policy = data.aws_iam_policy_document.plan.json
}
