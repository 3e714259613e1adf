# The graphs of each section. Metrics of the services are those of docs/observability.md.

locals {
  # Metric math of each objective, in a graph of its own.
  objectives = [
    for name, objective in var.objectives : {
      title     = "${objective.title}: objective ${objective.target_percent}%"
      stat      = "Sum"
      threshold = objective.target_percent
      metrics = concat(
        [[{
          id         = "good"
          label      = "good (percent)"
          expression = "100 - 100 * (${objective.errors}) / IF(${objective.total} > 0, ${objective.total}, 1)"
        }]],
        [
          for id, metric in objective.metrics : concat(
            [metric.namespace, metric.name],
            flatten([for dimension, value in metric.dimensions : [dimension, value]]),
            [{ id = id, stat = metric.stat, visible = false }],
          )
        ],
      )
    }
  ]

  outcomes = ["ready", "rejected", "failed"]
  parts    = ["recognition", "renditions"]

  images = [
    {
      title   = "Upload to ready (seconds)"
      stat    = "p50"
      metrics = [for stat in ["p50", "p95", "p99"] : [var.namespace, "ImageSeconds", "Outcome", "ready", { label = stat, stat = stat }]]
    },
    {
      title   = "Images by outcome"
      stat    = "SampleCount"
      metrics = [for outcome in local.outcomes : [var.namespace, "ImageSeconds", "Outcome", outcome, { label = outcome }]]
    },
    {
      title   = "Time in the queue, p95 (seconds)"
      stat    = "p95"
      metrics = [for part in local.parts : [var.namespace, "QueueSeconds", "Part", part, { label = part }]]
    },
    {
      title   = "Processing, p95 (seconds)"
      stat    = "p95"
      metrics = [for part in local.parts : [var.namespace, "ProcessingSeconds", "Part", part, "Outcome", "succeeded", { label = part }]]
    },
    {
      title = "Failures by code"
      stat  = "Sum"
      # Finds the codes that have occurred.
      metrics = [[{ id = "codes", expression = "SEARCH('{\"${var.namespace}\",Code} MetricName=\"Failures\"', 'Sum')" }]]
    },
    {
      title = "Attempts that failed"
      stat  = "Sum"
      metrics = [
        for pair in setproduct(local.parts, ["retried", "exhausted"]) :
        [var.namespace, "Attempts", "Part", pair[0], "Outcome", pair[1], { label = "${pair[0]}: ${pair[1]}" }]
      ]
    },
    {
      title   = "Open circuits: a dependency is down (1)"
      stat    = "Maximum"
      metrics = [for part in local.parts : [var.namespace, "CircuitOpen", "Part", part, { label = part }]]
    },
    {
      title   = "Recognition: paid calls by feature"
      stat    = "Sum"
      metrics = [for feature in keys(var.recognition_prices) : [var.namespace, "RecognitionCalls", "Feature", feature, { label = feature }]]
    },
    {
      title = "Recognition: estimated cost in the period shown (US dollars)"
      stat  = "Sum"
      metrics = concat(
        [[{
          id         = "cost"
          label      = "cost"
          expression = "RUNNING_SUM(${join(" + ", [for feature, price in var.recognition_prices : "${price} * FILL(${feature}, 0)"])})"
        }]],
        [for feature in keys(var.recognition_prices) : [var.namespace, "RecognitionCalls", "Feature", feature, { id = feature, visible = false }]],
      )
    },
    {
      title   = "Deliveries of webhooks by outcome"
      stat    = "Sum"
      metrics = [for outcome in ["delivered", "retried", "failed"] : [var.namespace, "WebhookDeliveries", "Outcome", outcome, { label = outcome }]]
    },
    {
      title   = "Open event streams, most at one task"
      stat    = "Maximum"
      metrics = [[var.namespace, "EventStreams", { label = "streams" }]]
    },
  ]

  requests = [
    {
      title = "Requests and errors per minute"
      stat  = "Sum"
      metrics = [
        ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", var.load_balancer, { label = "requests" }],
        ["AWS/ApplicationELB", "HTTPCode_Target_4XX_Count", "LoadBalancer", var.load_balancer, { label = "4xx" }],
        ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", var.load_balancer, { label = "5xx" }],
      ]
    },
    {
      title = "Response time (seconds)"
      stat  = "p99"
      metrics = [
        ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.load_balancer, { label = "p99" }],
        ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.load_balancer, { label = "p50", stat = "p50" }],
      ]
    },
  ]

  infrastructure = [
    {
      title   = "Queued messages"
      stat    = "Maximum"
      metrics = [for name in var.queues : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name]]
    },
    {
      title   = "Age of the oldest message (seconds)"
      stat    = "Maximum"
      metrics = [for name in var.queues : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", name]]
    },
    {
      title   = "Dead-lettered messages"
      stat    = "Maximum"
      metrics = [for name in var.dead_letter_queues : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name]]
    },
    {
      title = "Running tasks"
      # Every running task reports one sample a minute.
      stat = "SampleCount"
      metrics = [
        for name in var.services :
        ["AWS/ECS", "CPUUtilization", "ClusterName", var.cluster, "ServiceName", name, { label = name }]
      ]
    },
    {
      title   = "CPU utilization (percent)"
      stat    = "Average"
      metrics = [for name in var.services : ["AWS/ECS", "CPUUtilization", "ClusterName", var.cluster, "ServiceName", name, { label = name }]]
    },
    {
      title   = "Memory utilization (percent)"
      stat    = "Maximum"
      metrics = [for name in var.services : ["AWS/ECS", "MemoryUtilization", "ClusterName", var.cluster, "ServiceName", name, { label = name }]]
    },
    {
      title = "Rekognition in the account: successful and throttled calls"
      stat  = "Sum"
      metrics = [
        ["AWS/Rekognition", "SuccessfulRequestCount", "Operation", "DetectLabels", { label = "calls" }],
        ["AWS/Rekognition", "ThrottledCount", "Operation", "DetectLabels", { label = "throttled" }],
      ]
    },
    {
      title = "Table: consumed capacity and throttled requests"
      stat  = "Sum"
      metrics = [
        ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", var.table, { label = "read" }],
        ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", var.table, { label = "write" }],
        ["AWS/DynamoDB", "WriteThrottleEvents", "TableName", var.table, { label = "throttled writes" }],
      ]
    },
  ]
}
