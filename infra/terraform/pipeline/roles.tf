# One role per step. None of them manages a stack: the plan and the apply assume the roles of the bootstrap.

locals {
  services = {
    pipeline = "codepipeline.amazonaws.com"
    gate     = "codebuild.amazonaws.com"
    release  = "codebuild.amazonaws.com"
    plan     = "codebuild.amazonaws.com"
    apply    = "codebuild.amazonaws.com"
    smoke    = "codebuild.amazonaws.com"
  }
  roles = merge(local.services, var.connection == null ? { start = "events.amazonaws.com" } : {})

  policies = merge(
    {
      pipeline = data.aws_iam_policy_document.pipeline.json
      gate     = data.aws_iam_policy_document.build["gate"].json
      release  = data.aws_iam_policy_document.release.json
      plan     = data.aws_iam_policy_document.environment["plan"].json
      apply    = data.aws_iam_policy_document.environment["apply"].json
      smoke    = data.aws_iam_policy_document.build["smoke"].json
    },
    var.connection == null ? { start = data.aws_iam_policy_document.start.json } : {},
  )

  # CodePipeline stores an artifact under the first 20 characters of the pipeline's name and the first 10 of the
  # artifact's. A plan contains secrets, so only its writer and its reader have access.
  artifacts = {
    gate    = { read = ["source"], written = [] }
    release = { read = ["source"], written = ["release"] }
    plan    = { read = ["source"], written = ["plan_"] }
    apply   = { read = ["source", "release", "plan_"], written = [] }
    smoke   = { read = ["source"], written = [] }
  }

  assumed_roles = { plan = local.bootstrap.plan_role, apply = local.bootstrap.deploy_role }

  secrets = distinct(flatten([for environment in var.environments : values(environment.secret_variables)]))
}

data "aws_iam_policy_document" "trust" {
  for_each = local.roles

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [each.value]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = "${local.name}-${each.key}"
  description          = "Step ${each.key} of ${local.name}."
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  permissions_boundary = local.bootstrap.boundary_arn
}

resource "aws_iam_role_policy" "this" {
  for_each = local.roles

  name   = each.key
  role   = aws_iam_role.this[each.key].id
  policy = local.policies[each.key]
}

data "aws_iam_policy_document" "pipeline" {
  statement {
    sid       = "Artifacts"
    actions   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    resources = ["${module.artifacts.arn}/*"]
  }

  statement {
    sid       = "Buckets"
    actions   = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"]
    resources = concat([module.artifacts.arn], module.source[*].arn)
  }

  dynamic "statement" {
    for_each = module.source[*].arn

    content {
      sid       = "Source"
      actions   = ["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion"]
      resources = ["${statement.value}/${local.source_key}"]
    }
  }

  dynamic "statement" {
    for_each = var.connection[*].arn

    content {
      sid       = "Connection"
      actions   = ["${split(":", statement.value)[2]}:UseConnection"]
      resources = [statement.value]
    }
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
    resources = [module.key.arn]
  }

  statement {
    sid       = "Builds"
    actions   = ["codebuild:BatchGetBuilds", "codebuild:StartBuild"]
    resources = values(aws_codebuild_project.this)[*].arn
  }

  statement {
    sid       = "Approvals"
    actions   = ["sns:Publish"]
    resources = [module.approvals.arn]
  }
}

data "aws_iam_policy_document" "build" {
  for_each = local.artifacts

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this[each.key].arn}:*"]
  }

  statement {
    sid       = "ReadArtifacts"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = [for artifact in each.value.read : "${module.artifacts.arn}/*/${artifact}*"]
  }

  dynamic "statement" {
    for_each = length(each.value.written) > 0 ? [each.value.written] : []

    content {
      sid       = "WriteArtifacts"
      actions   = ["s3:PutObject"]
      resources = [for artifact in statement.value : "${module.artifacts.arn}/*/${artifact}*"]
    }
  }

  statement {
    sid       = "ArtifactBucket"
    actions   = ["s3:GetBucketAcl", "s3:GetBucketLocation"]
    resources = [module.artifacts.arn]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
    resources = [module.key.arn]
  }
}

data "aws_iam_policy_document" "release" {
  # checkov:skip=CKV_AWS_356:The token of a registry is not a resource.
  source_policy_documents = [data.aws_iam_policy_document.build["release"].json]

  statement {
    sid       = "LogInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid = "PushAndScanImages"
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:DescribeImageScanFindings",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]
    resources = ["arn:aws:ecr:${var.region}:${local.account}:repository/${var.project}-${local.first_environment}/*"]
  }
}

data "aws_iam_policy_document" "environment" {
  for_each = local.assumed_roles

  source_policy_documents = [data.aws_iam_policy_document.build[each.key].json]

  statement {
    sid       = "AssumeRoleOfBootstrap"
    actions   = ["sts:AssumeRole"]
    resources = [each.value]
  }

  # CodeBuild resolves the environment variables with the role of the project.
  statement {
    sid       = "ReadSettings"
    actions   = ["ssm:GetParameters"]
    resources = concat([aws_ssm_parameter.backend.arn], values(aws_ssm_parameter.settings)[*].arn)
  }

  dynamic "statement" {
    for_each = length(local.secrets) > 0 ? [local.secrets] : []

    content {
      sid       = "ReadSecretVariables"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = statement.value
    }
  }
}

data "aws_iam_policy_document" "start" {
  statement {
    sid       = "StartPipeline"
    actions   = ["codepipeline:StartPipelineExecution"]
    resources = ["arn:aws:codepipeline:${var.region}:${local.account}:${local.name}"]
  }
}
