# The view as data sets in QuickSight, which queries it in the workgroup. The account must have a subscription.

locals {
  quicksight = var.quicksight_principal_arn == null ? [] : [var.quicksight_principal_arn]

  # https://docs.aws.amazon.com/quicksight/latest/APIReference/API_InputColumn.html
  quicksight_types = { string = "STRING", bigint = "INTEGER", int = "INTEGER", double = "DECIMAL", timestamp = "DATETIME" }

  # https://docs.aws.amazon.com/quicksight/latest/developerguide/API_ResourcePermission.html
  quicksight_actions = {
    data_source = ["DescribeDataSource", "DescribeDataSourcePermissions", "PassDataSource"]
    data_set    = ["DescribeDataSet", "DescribeDataSetPermissions", "PassDataSet", "DescribeIngestion", "ListIngestions"]
  }
}

resource "aws_quicksight_data_source" "this" {
  count = length(local.quicksight)

  data_source_id = local.full_name
  name           = local.full_name
  type           = "ATHENA"

  parameters {
    athena {
      work_group = aws_athena_workgroup.this.name
    }
  }

  permission {
    principal = local.quicksight[0]
    actions   = [for action in local.quicksight_actions.data_source : "quicksight:${action}"]
  }
}

resource "aws_quicksight_data_set" "this" {
  for_each = length(local.quicksight) > 0 ? local.tables : {}

  data_set_id = "${local.full_name}-${each.key}"
  name        = "${local.full_name}-${each.key}"
  # Queries the view itself: an import would keep erased accounts until its own refresh.
  import_mode = "DIRECT_QUERY"

  physical_table_map {
    physical_table_map_id = each.key

    relational_table {
      data_source_arn = aws_quicksight_data_source.this[0].arn
      catalog         = "AwsDataCatalog"
      schema          = aws_glue_catalog_database.this.name
      name            = aws_glue_catalog_table.this[each.key].name

      dynamic "input_columns" {
        for_each = each.value

        content {
          name = input_columns.value.name
          type = local.quicksight_types[input_columns.value.type]
        }
      }
    }
  }

  permissions {
    principal = local.quicksight[0]
    actions   = [for action in local.quicksight_actions.data_set : "quicksight:${action}"]
  }
}
