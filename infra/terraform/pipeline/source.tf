# Without a connection to a repository, a new object in a bucket is the source.

locals {
  source_key = "source.zip"
  # Stored as the revision of the images. The names are those of CodePipeline's output variables.
  revision = var.connection == null ? "#{source.VersionId}" : "#{source.CommitId}"
}

module "source" {
  count = var.connection == null ? 1 : 0

  source = "../modules/bucket"

  name            = "${local.name}-source-${local.account}-${var.region}"
  kms_key_arn     = module.key.arn
  versioned       = true
  noncurrent_days = var.artifact_days
  force_destroy   = true
}

resource "aws_s3_bucket_notification" "source" {
  count = var.connection == null ? 1 : 0

  bucket      = module.source[0].name
  eventbridge = true
}

resource "aws_cloudwatch_event_rule" "source" {
  count = var.connection == null ? 1 : 0

  name        = "${local.name}-source"
  description = "A new source starts the pipeline."

  event_pattern = jsonencode({
    source        = ["aws.s3"]
    "detail-type" = ["Object Created"]
    detail = {
      bucket = { name = [module.source[0].name] }
      object = { key = [local.source_key] }
    }
  })
}

resource "aws_cloudwatch_event_target" "source" {
  count = var.connection == null ? 1 : 0

  rule     = aws_cloudwatch_event_rule.source[0].name
  arn      = aws_codepipeline.this.arn
  role_arn = aws_iam_role.this["start"].arn
}
