# The view in the Glue catalog, and the Athena workgroup that queries it.

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  region    = data.aws_region.current.id
  full_name = "${var.name}-analytics"
  # Names in the catalog contain no hyphens, which SQL would need quotes for.
  database = replace(local.full_name, "-", "_")
  via_s3   = "s3.${local.region}.amazonaws.com"

  # The columns that services/ops writes: a test compares the two.
  tables  = jsondecode(file("${path.module}/view.json"))
  queries = { for file in fileset("${path.module}/queries", "*.sql") : trimsuffix(file, ".sql") => file("${path.module}/queries/${file}") }

  catalog = "arn:aws:glue:${local.region}:${local.account}"
}

resource "aws_glue_catalog_database" "this" {
  name        = local.database
  description = "Images, labels and usage of ${var.name}, without personal data."
}

# Each refresh replaces the only file of a table, so the tables need no partitions.
resource "aws_glue_catalog_table" "this" {
  for_each = local.tables

  name          = each.key
  database_name = aws_glue_catalog_database.this.name
  table_type    = "EXTERNAL_TABLE"
  parameters    = { classification = "parquet" }

  storage_descriptor {
    location      = "s3://${var.bucket.name}/view/${each.key}/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      name                  = "parquet"
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
      parameters            = { "serialization.format" = "1" }
    }

    dynamic "columns" {
      for_each = each.value

      content {
        name = columns.value.name
        type = columns.value.type
      }
    }
  }
}

resource "aws_athena_workgroup" "this" {
  name          = local.full_name
  description   = "Queries on the analytics view of ${var.name}."
  force_destroy = true

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.scan_limit_mb * 1000000

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      output_location = "s3://${var.bucket.name}/results/"

      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = var.kms_key_arn
      }
    }
  }
}

resource "aws_athena_named_query" "this" {
  for_each = local.queries

  name = each.key
  # The first line of a query is a comment that describes it.
  description = trimprefix(split("\n", each.value)[0], "-- ")
  workgroup   = aws_athena_workgroup.this.name
  database    = aws_glue_catalog_database.this.name
  query       = each.value
}

# For the people who query the view. Attach it to their role; nothing else of the stack is readable with it.
data "aws_iam_policy_document" "analyst" {
  statement {
    sid = "Query"
    actions = [
      "athena:BatchGetNamedQuery",
      "athena:GetNamedQuery",
      "athena:GetQueryExecution",
      "athena:GetQueryResults",
      "athena:GetWorkGroup",
      "athena:ListNamedQueries",
      "athena:ListQueryExecutions",
      "athena:StartQueryExecution",
      "athena:StopQueryExecution",
    ]
    resources = [aws_athena_workgroup.this.arn]
  }

  statement {
    sid       = "ReadDatabase"
    actions   = ["glue:GetDatabase"]
    resources = ["${local.catalog}:catalog", "${local.catalog}:database/${local.database}"]
  }

  # Access to a table requires the same access to its database and to the catalog.
  # https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
  statement {
    sid     = "ReadTables"
    actions = ["glue:GetTable", "glue:GetTables"]
    resources = [
      "${local.catalog}:catalog",
      "${local.catalog}:database/${local.database}",
      "${local.catalog}:table/${local.database}/*",
    ]
  }

  statement {
    sid       = "ReadView"
    actions   = ["s3:GetObject"]
    resources = ["${var.bucket.arn}/view/*"]
  }

  statement {
    sid       = "Results"
    actions   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
    resources = ["${var.bucket.arn}/results/*"]
  }

  statement {
    sid       = "FindObjects"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
    resources = [var.bucket.arn]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = [var.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via_s3]
    }
  }
}

resource "aws_iam_policy" "analyst" {
  name        = "${local.full_name}-analyst"
  description = "Queries on the analytics view of ${var.name}."
  policy      = data.aws_iam_policy_document.analyst.json
}
