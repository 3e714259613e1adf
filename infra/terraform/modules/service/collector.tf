# The collector receives spans from the service by OTLP over HTTP, and sends them to AWS X-Ray. A task runs on without
# it: the service drops spans that it cannot send.

locals {
  # Share of the task's CPU units while both containers are busy; each may use what the other leaves.
  collector_cpu = 32

  collector_configuration = var.collector == null ? null : {
    extensions = { health_check = { endpoint = "127.0.0.1:13133" } }
    # Containers of a task share the loopback interface; no other task reaches it.
    receivers = { otlp = { protocols = { http = { endpoint = "127.0.0.1:4318" } } } }
    processors = {
      # Rejects spans before the container exceeds its memory.
      memory_limiter = {
        check_interval  = "1s"
        limit_mib       = floor(var.collector.memory * 0.75)
        spike_limit_mib = floor(var.collector.memory * 0.15)
      }
      # As X-Ray accepts 50 documents in one call.
      batch = { timeout = "1s", send_batch_size = 50 }
    }
    exporters = {
      awsxray = {
        region = data.aws_region.current.id
        # Annotations, by which traces can be found; all other attributes are metadata.
        indexed_attributes = ["enduser.pseudo.id", "error.type", "sightline.image_id"]
        # Links a trace to the log lines of its services.
        aws_log_groups = [aws_cloudwatch_log_group.this.name]
      }
    }
    service = {
      extensions = ["health_check"]
      pipelines = {
        traces = {
          receivers  = ["otlp"]
          processors = ["memory_limiter", "batch"]
          exporters  = ["awsxray"]
        }
      }
      telemetry = {
        logs    = { level = "warn", encoding = "json" }
        metrics = { level = "none" }
      }
    }
  }

  collector_containers = var.collector == null ? [] : [{
    name      = "collector"
    image     = var.collector.image
    essential = false
    cpu       = local.collector_cpu
    memory    = var.collector.memory

    # The collector reads its configuration from this variable, as YAML, which includes JSON:
    # https://github.com/aws-observability/aws-otel-collector/blob/main/pkg/config/config_factory.go
    environment = [
      { name = "AOT_CONFIG_CONTENT", value = jsonencode(local.collector_configuration) },
      { name = "GOMEMLIMIT", value = "${floor(var.collector.memory * 0.8)}MiB" },
    ]

    # The image contains this program, and no shell.
    healthCheck = {
      command     = ["CMD", "/healthcheck"]
      interval    = 15
      timeout     = 5
      retries     = 3
      startPeriod = 10
    }

    # The user `aoc` of the image.
    user                   = "4317"
    readonlyRootFilesystem = true
    privileged             = false
    linuxParameters        = { capabilities = { add = [], drop = ["ALL"] } }
    portMappings           = []
    mountPoints            = []
    volumesFrom            = []
    systemControls         = []

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = data.aws_region.current.id
        awslogs-stream-prefix = "collector"
        mode                  = "non-blocking"
        max-buffer-size       = "1m"
      }
    }
  }]
}

# The exporter calls one operation. The services decide which traces are sampled, so the collector reads no sampling rules.
data "aws_iam_policy_document" "traces" {
  count = var.collector == null ? 0 : 1

  # checkov:skip=CKV_AWS_111:X-Ray does not support resource-level permissions for traces.
  # checkov:skip=CKV_AWS_356:X-Ray does not support resource-level permissions for traces.
  statement {
    sid       = "SendTraces"
    actions   = ["xray:PutTraceSegments"]
    resources = ["*"] # no resource-level permissions
  }
}

resource "aws_iam_role_policy" "traces" {
  count = var.collector == null ? 0 : 1

  name   = "traces"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.traces[0].json
}
