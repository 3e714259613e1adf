# Service-level objectives, which the dashboard shows and alarms watch. The services write the metrics of images into
# their logs, in the embedded metric format; see docs/observability.md.

locals {
  metrics_namespace = "Sightline/${local.name}"

  objectives = {
    images = {
      title          = "Images processed within 30 seconds"
      target_percent = 99

      # `PR(:30)` is the share of the images that took 30 seconds at most, in percent.
      metrics = {
        for id, metric in {
          ready            = { outcome = "ready", stat = "SampleCount" }
          ready_in_time    = { outcome = "ready", stat = "PR(:30)" }
          rejected         = { outcome = "rejected", stat = "SampleCount" }
          rejected_in_time = { outcome = "rejected", stat = "PR(:30)" }
          failed           = { outcome = "failed", stat = "SampleCount" }
          } : id => {
          namespace  = local.metrics_namespace
          name       = "ImageSeconds"
          stat       = metric.stat
          dimensions = { Outcome = metric.outcome }
        }
      }
      total  = "FILL(ready, 0) + FILL(rejected, 0) + FILL(failed, 0)"
      errors = "FILL(failed, 0) + FILL(ready, 0) * (100 - FILL(ready_in_time, 100)) / 100 + FILL(rejected, 0) * (100 - FILL(rejected_in_time, 100)) / 100"
    }

    requests = {
      title          = "Requests without a server error"
      target_percent = 99.9

      metrics = {
        for id, name in {
          requests = "RequestCount"
          tasks    = "HTTPCode_Target_5XX_Count"
          balancer = "HTTPCode_ELB_5XX_Count"
          } : id => {
          namespace  = "AWS/ApplicationELB"
          name       = name
          stat       = "Sum"
          dimensions = { LoadBalancer = module.load_balancer.arn_suffix }
        }
      }
      total  = "FILL(requests, 0)"
      errors = "FILL(tasks, 0) + FILL(balancer, 0)"
    }
  }
}

module "images_objective" {
  count = var.objectives ? 1 : 0

  source = "./modules/objective"

  name             = "${local.name}-images"
  description      = "99% of the images must be ready or rejected within 30 seconds of their upload."
  target_percent   = local.objectives.images.target_percent
  metrics          = local.objectives.images.metrics
  total            = local.objectives.images.total
  errors           = local.objectives.images.errors
  alerts_topic_arn = module.alerts_topic.arn
}

module "requests_objective" {
  count = var.objectives ? 1 : 0

  source = "./modules/objective"

  name             = "${local.name}-requests"
  description      = "99.9% of the requests must be answered without a server error."
  target_percent   = local.objectives.requests.target_percent
  metrics          = local.objectives.requests.metrics
  total            = local.objectives.requests.total
  errors           = local.objectives.requests.errors
  alerts_topic_arn = module.alerts_topic.arn
}
