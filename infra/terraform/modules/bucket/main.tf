resource "aws_s3_bucket" "this" {
  # checkov:skip=CKV_AWS_144:A copy in a second region is for stacks of several regions; it doubles the cost of storage.
  # checkov:skip=CKV2_AWS_62:Only the bucket of originals announces anything; each caller says.
  # checkov:skip=CKV_AWS_18:The caller says where access is logged; the bucket of logs logs nowhere, or it would log its own logging.
  # checkov:skip=CKV_AWS_21:Versions are a setting: renditions can be made anew and logs are written once.
  # checkov:skip=CKV_AWS_145:The key is a setting: the services that write access logs cannot use a customer's key.
  bucket        = var.name
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.bucket

  rule {
    # One data key for many objects: a hundredth of the requests to KMS.
    bucket_key_enabled = var.kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.bucket

  versioning_configuration {
    status = var.versioned ? "Enabled" : "Suspended"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  # checkov:skip=CKV_AWS_300:The first rule does; the check does not see it beside the dynamic ones.
  bucket = aws_s3_bucket.this.bucket

  rule {
    id     = "aborted-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  dynamic "rule" {
    for_each = var.versioned ? [var.replaced_days] : []

    content {
      id     = "replaced-versions"
      status = "Enabled"

      filter {}

      noncurrent_version_expiration {
        noncurrent_days = rule.value
      }

      # What is left of a deleted object when its last version has gone.
      expiration {
        expired_object_delete_marker = true
      }
    }
  }

  dynamic "rule" {
    for_each = var.expire_days == null ? [] : [var.expire_days]

    content {
      id     = "old-objects"
      status = "Enabled"

      filter {}

      expiration {
        days = rule.value
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_cors_configuration" "this" {
  count = length(var.upload_origins) > 0 ? 1 : 0

  bucket = aws_s3_bucket.this.bucket

  # For the form of an upload ticket and for nothing else.
  cors_rule {
    allowed_methods = ["POST"]
    allowed_origins = var.upload_origins
    allowed_headers = ["*"]
    max_age_seconds = 3000
  }
}

resource "aws_s3_bucket_logging" "this" {
  count = var.access_log == null ? 0 : 1

  bucket        = aws_s3_bucket.this.bucket
  target_bucket = var.access_log.bucket
  target_prefix = var.access_log.prefix
}

resource "aws_s3_bucket_notification" "this" {
  count = var.announce == null ? 0 : 1

  bucket = aws_s3_bucket.this.bucket

  topic {
    topic_arn     = var.announce.topic_arn
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = var.announce.prefix
  }
}
