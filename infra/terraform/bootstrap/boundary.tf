# What no role of the delivery can do, whatever its policies allow. The deploy role manages IAM roles, so without a
# boundary it could extend its own permissions.

locals {
  delivery_roles = [
    for name in ["deploy", "plan", "pipeline-*"] : "arn:aws:iam::${local.account}:role/${var.project}-${name}"
  ]
  boundary_arn = "arn:aws:iam::${local.account}:policy/${var.project}-boundary"
}

data "aws_iam_policy_document" "boundary" {
  # checkov:skip=CKV_AWS_1:A boundary grants nothing; it limits what the policies of a role grant.
  # checkov:skip=CKV_AWS_49:A boundary grants nothing; it limits what the policies of a role grant.
  # checkov:skip=CKV_AWS_107:A boundary grants nothing; it limits what the policies of a role grant.
  # checkov:skip=CKV_AWS_108:A boundary grants nothing; it limits what the policies of a role grant.
  # checkov:skip=CKV_AWS_109:A boundary grants nothing; it limits what the policies of a role grant.
  # checkov:skip=CKV_AWS_110:A boundary grants nothing; it limits what the policies of a role grant.
  # checkov:skip=CKV_AWS_111:A boundary grants nothing; it limits what the policies of a role grant.
  # checkov:skip=CKV_AWS_356:A boundary grants nothing; it limits what the policies of a role grant.
  # checkov:skip=CKV2_AWS_40:A boundary grants nothing; it limits what the policies of a role grant.
  statement {
    sid       = "Maximum"
    actions   = ["*"]
    resources = ["*"]
  }

  statement {
    sid    = "KeepRolesOfDelivery"
    effect = "Deny"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:DeleteRole",
      "iam:DeleteRolePermissionsBoundary",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
    ]
    resources = local.delivery_roles
  }

  statement {
    sid    = "KeepBoundary"
    effect = "Deny"
    actions = [
      "iam:CreatePolicyVersion",
      "iam:DeletePolicy",
      "iam:DeletePolicyVersion",
      "iam:SetDefaultPolicyVersion",
    ]
    resources = [local.boundary_arn]
  }

  # The AWS managed policies that would turn the role of a stack into an administrator.
  statement {
    sid       = "NoAdministrators"
    effect    = "Deny"
    actions   = ["iam:AttachRolePolicy"]
    resources = ["arn:aws:iam::${local.account}:role/*"]

    condition {
      test     = "ArnLike"
      variable = "iam:PolicyARN"
      values = [
        "arn:aws:iam::aws:policy/AdministratorAccess*",
        "arn:aws:iam::aws:policy/IAMFullAccess",
        "arn:aws:iam::aws:policy/PowerUserAccess",
      ]
    }
  }

  # Credentials that would outlive a deployment.
  statement {
    sid    = "NoUsers"
    effect = "Deny"
    actions = [
      "iam:AttachUserPolicy",
      "iam:CreateAccessKey",
      "iam:CreateLoginProfile",
      "iam:CreateUser",
      "iam:PutUserPolicy",
      "iam:UpdateLoginProfile",
    ]
    resources = ["arn:aws:iam::${local.account}:user/*"]
  }

  statement {
    sid       = "NoGroups"
    effect    = "Deny"
    actions   = ["iam:AddUserToGroup", "iam:AttachGroupPolicy", "iam:PutGroupPolicy"]
    resources = ["arn:aws:iam::${local.account}:group/*"]
  }

  statement {
    sid       = "NoOpenIdProviders"
    effect    = "Deny"
    actions   = ["iam:CreateOpenIDConnectProvider", "iam:UpdateOpenIDConnectProviderThumbprint"]
    resources = ["arn:aws:iam::${local.account}:oidc-provider/*"]
  }

  statement {
    sid       = "NoSamlProviders"
    effect    = "Deny"
    actions   = ["iam:CreateSAMLProvider", "iam:UpdateSAMLProvider"]
    resources = ["arn:aws:iam::${local.account}:saml-provider/*"]
  }

  # Earlier states are what a mistake is repaired from.
  statement {
    sid    = "KeepStates"
    effect = "Deny"
    actions = [
      "s3:DeleteBucket",
      "s3:DeleteBucketPolicy",
      "s3:PutBucketPolicy",
      "s3:PutBucketVersioning",
      "s3:PutLifecycleConfiguration",
    ]
    resources = [aws_s3_bucket.state.arn]
  }

  statement {
    sid       = "KeepVersionsOfStates"
    effect    = "Deny"
    actions   = ["s3:DeleteObjectVersion"]
    resources = ["${aws_s3_bucket.state.arn}/*"]
  }

  statement {
    sid    = "KeepAuditTrail"
    effect = "Deny"
    actions = [
      "cloudtrail:DeleteTrail",
      "cloudtrail:PutEventSelectors",
      "cloudtrail:StopLogging",
      "cloudtrail:UpdateTrail",
    ]
    resources = ["arn:aws:cloudtrail:*:${local.account}:trail/*"]
  }
}

resource "aws_iam_policy" "boundary" {
  name        = "${var.project}-boundary"
  description = "Permissions boundary of the roles that plan and deploy the stacks of ${var.project}."
  policy      = data.aws_iam_policy_document.boundary.json
}
