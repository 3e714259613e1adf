data "aws_region" "current" {}

locals {
  region = data.aws_region.current.name

  graphs = [
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
      title = "Rekognition: successful and throttled calls"
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

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = [
      for index, graph in local.graphs : {
        type   = "metric"
        x      = 12 * (index % 2)
        y      = 6 * floor(index / 2)
        width  = 12
        height = 6
        properties = {
          title   = graph.title
          view    = "timeSeries"
          region  = local.region
          stat    = graph.stat
          period  = 60
          metrics = graph.metrics
          yAxis   = { left = { min = 0 } }
        }
      }
    ]
  })
}
