data "aws_region" "current" {}

locals {
  region = data.aws_region.current.name

  graphs = [
    {
      title = "Requests and failures a minute"
      stat  = "Sum"
      metrics = [
        ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", var.load_balancer, { label = "requests" }],
        ["AWS/ApplicationELB", "HTTPCode_Target_4XX_Count", "LoadBalancer", var.load_balancer, { label = "4xx" }],
        ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", var.load_balancer, { label = "5xx" }],
      ]
    },
    {
      title = "Time of an answer, in seconds"
      stat  = "p99"
      metrics = [
        ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.load_balancer, { label = "p99" }],
        ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.load_balancer, { label = "p50", stat = "p50" }],
      ]
    },
    {
      title   = "Pictures that wait"
      stat    = "Maximum"
      metrics = [for name in var.queues : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name]]
    },
    {
      title   = "Age of the oldest picture that waits, in seconds"
      stat    = "Maximum"
      metrics = [for name in var.queues : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", name]]
    },
    {
      title   = "Set aside"
      stat    = "Maximum"
      metrics = [for name in var.dead_queues : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name]]
    },
    {
      title = "Tasks that run"
      stat  = "Average"
      metrics = [
        for name in var.services :
        ["ECS/ContainerInsights", "RunningTaskCount", "ClusterName", var.cluster, "ServiceName", name, { label = name }]
      ]
    },
    {
      title   = "Processor of the tasks, in per cent"
      stat    = "Average"
      metrics = [for name in var.services : ["AWS/ECS", "CPUUtilization", "ClusterName", var.cluster, "ServiceName", name, { label = name }]]
    },
    {
      title   = "Memory of the tasks, in per cent"
      stat    = "Maximum"
      metrics = [for name in var.services : ["AWS/ECS", "MemoryUtilization", "ClusterName", var.cluster, "ServiceName", name, { label = name }]]
    },
    {
      title = "Recognition: calls, and calls held back"
      stat  = "Sum"
      metrics = [
        ["AWS/Rekognition", "SuccessfulRequestCount", "Operation", "DetectLabels", { label = "calls" }],
        ["AWS/Rekognition", "ThrottledCount", "Operation", "DetectLabels", { label = "held back" }],
      ]
    },
    {
      title = "Table: units used, and requests held back"
      stat  = "Sum"
      metrics = [
        ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", var.table, { label = "read" }],
        ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", var.table, { label = "written" }],
        ["AWS/DynamoDB", "WriteThrottleEvents", "TableName", var.table, { label = "writes held back" }],
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
