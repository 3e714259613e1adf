# Plan, approval and apply of an environment are in one stage: CodePipeline runs a stage for one commit at a time, so
# that no other commit changes the environment between its plan and its apply.

locals {
  environment_variables = {
    for environment in var.environments : environment.name => concat(
      [
        { name = "ENVIRONMENT", value = environment.name, type = "PLAINTEXT" },
        { name = "REVISION", value = local.revision, type = "PLAINTEXT" },
        { name = "BACKEND", value = aws_ssm_parameter.backend.name, type = "PARAMETER_STORE" },
        { name = "SETTINGS", value = aws_ssm_parameter.settings[environment.name].name, type = "PARAMETER_STORE" },
      ],
      [
        for name, secret in environment.secret_variables :
        { name = "TF_VAR_${name}", value = secret, type = "SECRETS_MANAGER" }
      ],
    )
  }
}

resource "aws_codepipeline" "this" {
  name           = local.name
  role_arn       = aws_iam_role.this["pipeline"].arn
  pipeline_type  = "V2"
  execution_mode = "SUPERSEDED"

  artifact_store {
    type     = "S3"
    location = module.artifacts.name

    encryption_key {
      type = "KMS"
      id   = module.key.arn
    }
  }

  stage {
    name = "Source"

    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = var.connection == null ? "S3" : "CodeStarSourceConnection"
      version          = "1"
      namespace        = "source"
      output_artifacts = ["source"]

      configuration = var.connection == null ? {
        S3Bucket             = module.source[0].name
        S3ObjectKey          = local.source_key
        PollForSourceChanges = "false"
        } : {
        ConnectionArn    = var.connection.arn
        FullRepositoryId = var.connection.repository
        BranchName       = var.connection.branch
      }
    }
  }

  stage {
    name = "Gate"

    action {
      name            = "Gate"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["source"]
      configuration   = { ProjectName = aws_codebuild_project.this["gate"].name }
    }
  }

  stage {
    name = "Release"

    action {
      name             = "Release"
      category         = "Build"
      owner            = "AWS"
      provider         = "CodeBuild"
      version          = "1"
      input_artifacts  = ["source"]
      output_artifacts = ["release"]

      configuration = {
        ProjectName = aws_codebuild_project.this["release"].name
        EnvironmentVariables = jsonencode([
          { name = "ENVIRONMENT", value = local.first_environment, type = "PLAINTEXT" },
          { name = "REVISION", value = local.revision, type = "PLAINTEXT" },
        ])
      }
    }
  }

  dynamic "stage" {
    for_each = { for index, environment in var.environments : format("%02d", index) => environment }

    content {
      name = title(stage.value.name)

      action {
        name             = "Plan"
        category         = "Build"
        owner            = "AWS"
        provider         = "CodeBuild"
        version          = "1"
        run_order        = 1
        namespace        = "plan_${stage.value.name}"
        input_artifacts  = ["source"]
        output_artifacts = ["plan_${stage.value.name}"]

        configuration = {
          ProjectName          = aws_codebuild_project.this["plan"].name
          EnvironmentVariables = jsonencode(local.environment_variables[stage.value.name])
        }
      }

      dynamic "action" {
        for_each = stage.value.approval ? [1] : []

        content {
          name      = "Approve"
          category  = "Approval"
          owner     = "AWS"
          provider  = "Manual"
          version   = "1"
          run_order = 2

          configuration = {
            NotificationArn    = module.approvals.arn
            CustomData         = "${stage.value.name}: #{plan_${stage.value.name}.PLAN_SUMMARY} Revision ${local.revision}."
            ExternalEntityLink = "https://${var.region}.console.aws.amazon.com/codesuite/codebuild/projects/${aws_codebuild_project.this["plan"].name}/history?region=${var.region}"
          }
        }
      }

      action {
        name            = "Apply"
        category        = "Build"
        owner           = "AWS"
        provider        = "CodeBuild"
        version         = "1"
        run_order       = 3
        namespace       = "apply_${stage.value.name}"
        input_artifacts = ["source", "release", "plan_${stage.value.name}"]

        configuration = {
          ProjectName          = aws_codebuild_project.this["apply"].name
          PrimarySource        = "source"
          EnvironmentVariables = jsonencode(local.environment_variables[stage.value.name])
        }
      }

      action {
        name            = "Smoke"
        category        = "Build"
        owner           = "AWS"
        provider        = "CodeBuild"
        version         = "1"
        run_order       = 4
        input_artifacts = ["source"]

        configuration = {
          ProjectName = aws_codebuild_project.this["smoke"].name
          EnvironmentVariables = jsonencode([
            { name = "URL", value = "#{apply_${stage.value.name}.URL}", type = "PLAINTEXT" },
          ])
        }
      }
    }
  }
}
