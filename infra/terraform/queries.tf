# Saved queries of CloudWatch Logs Insights, for the questions of docs/operations.md. They cost nothing until
# they run.

locals {
  log_groups = concat([module.api.log_group, module.worker.log_group, module.resizer.log_group], module.notifier[*].log_group)

  queries = {
    "errors" = <<-EOT
      filter level in ["ERROR", "WARNING"]
      | stats count(*) as lines, max(@timestamp) as last by service, level, message
      | sort lines desc
    EOT

    # Replace the id.
    "image" = <<-EOT
      filter image_id = "00000000-0000-0000-0000-000000000000"
      | fields @timestamp, service, level, message, part, state, code, seconds, trace_id
      | sort @timestamp asc
    EOT

    # Replace the id: clients find it in the header X-Request-Id.
    "request" = <<-EOT
      filter request_id = "00000000000000000000000000000000"
      | fields @timestamp, service, level, message, method, route, status, milliseconds, exc_info
      | sort @timestamp asc
    EOT

    # Replace the id: it is that of the trace in the header traceparent.
    "trace" = <<-EOT
      filter trace_id = "00000000000000000000000000000000"
      | fields @timestamp, service, level, message, route, part, seconds, milliseconds
      | sort @timestamp asc
    EOT

    "slow images" = <<-EOT
      filter message = "part completed" and seconds_since_upload > 30
      | fields @timestamp, image_id, part, state, seconds, seconds_since_upload - seconds as seconds_waiting
      | sort seconds_since_upload desc
      | limit 50
    EOT

    "time by part" = <<-EOT
      filter message = "part completed"
      | stats count(*) as parts, pct(seconds, 50) as p50, pct(seconds, 99) as p99, pct(seconds_since_upload, 99) as p99_since_upload by part, bin(5m)
    EOT

    "failures by code" = <<-EOT
      filter message = "part completed" and state = "failed"
      | stats count(*) as images, count_distinct(owner) as owners by part, code
      | sort images desc
    EOT

    "retries" = <<-EOT
      filter message = "could not process an upload"
      | parse exc_info /(?<error>[\w.]+): [^\n]*$/
      | stats count(*) as attempts, count_distinct(image_id) as images by service, error
      | sort attempts desc
    EOT

    "requests by route" = <<-EOT
      filter message = "request completed"
      | stats count(*) as requests, pct(milliseconds, 50) as p50, pct(milliseconds, 99) as p99, sum(status >= 500) as errors by method, route
      | sort requests desc
    EOT

    "responses by status" = <<-EOT
      filter message = "request completed"
      | stats count(*) as requests by status, bin(5m)
    EOT

    "denied requests" = <<-EOT
      filter message = "request completed" and status in [401, 403, 429]
      | stats count(*) as requests by bin(1h), code, reason, credential, owner
      | sort requests desc
    EOT
  }
}

resource "aws_cloudwatch_query_definition" "this" {
  for_each = local.queries

  name            = "${local.name}/${each.key}"
  query_string    = each.value
  log_group_names = local.log_groups
}
