# Traces in AWS X-Ray: each task runs a collector, which receives the spans of the service.

locals {
  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
  private_registry = "^([0-9]{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.amazonaws\\.com/(.+)$"

  collector_repository = try(regex(local.private_registry, var.tracing.repository), null)

  # In MiB. At 100 traces a second, the collector uses 70 MB:
  # https://github.com/aws-observability/aws-otel-collector/blob/main/docs/performance_model.md
  # The smallest task has 512 MiB, of which the api uses 104: see docs/containers.md.
  collector_memory = var.tracing == null ? 0 : 256

  collector = var.tracing == null ? null : {
    image  = "${var.tracing.repository}:${var.tracing.version}"
    memory = local.collector_memory
    repository_arn = local.collector_repository == null ? null : format(
      "arn:aws:ecr:%s:%s:repository/%s",
      local.collector_repository[1], local.collector_repository[0], local.collector_repository[2],
    )
  }

  # Variables of OpenTelemetry, by service. The names distinguish the stacks of an account.
  tracing_settings = {
    for service in keys(local.ports) : service => var.tracing == null ? {} : {
      OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:4318"
      OTEL_SERVICE_NAME           = "${local.name}-${service}"
      OTEL_TRACES_SAMPLER_ARG     = tostring(var.tracing.sample_ratio)
    }
  }
}
