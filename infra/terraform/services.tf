locals {
  ports = { api = 8000, worker = 8080, resizer = 8080, notifier = 8080 }

  # Fargate kills a task that has not exited after `stop_seconds`. The consumers stop waiting for
  # in-flight work before that, to leave time to return unfinished messages to the queue.
  stop_seconds  = 120
  drain_seconds = 90

  # One decode process per vCPU, limited by memory: 1.25 GiB per process plus 0.5 GiB for the service and, with tracing,
  # that of the collector.
  processes = {
    for name, task in { worker = var.worker, resizer = var.resizer } :
    name => max(1, min(ceil(task.cpu / 1024), floor((task.memory - local.collector_memory - 512) / 1280)))
  }

  all_settings = {
    # Fargate sets it too, but the AWS SDKs need it and not every ECS-compatible runtime sets it.
    AWS_REGION                 = var.region
    SIGHTLINE_TABLE            = local.table.name
    SIGHTLINE_ORIGINALS_BUCKET = module.originals.name
    SIGHTLINE_LOG_LEVEL        = var.log_level
    SIGHTLINE_EVENTS_TOPIC_ARN = module.image_events.arn
    # CloudWatch extracts them from the logs. Without data, they cost nothing.
    SIGHTLINE_METRICS           = "emf"
    SIGHTLINE_METRICS_NAMESPACE = local.metrics_namespace
    SIGHTLINE_REPLICATED        = tostring(var.replicated)
  }

  consumer_settings = merge(local.all_settings, {
    SIGHTLINE_HEALTH_HOST   = "0.0.0.0"
    SIGHTLINE_DRAIN_SECONDS = tostring(local.drain_seconds)
    SIGHTLINE_POLL_SECONDS  = "20"
  })

  # Requests that lead to messages for the consumers, as the api logs them. They start the first task of a
  # service that rests at zero, while the client still uploads.
  request_metric  = "ProcessingRequests"
  request_pattern = "{ $.message = \"request completed\" && $.method = \"POST\" && $.status < 300 && ($.route = \"/v1/images\" || $.route = \"/v1/images/batch\" || $.route = \"/v1/images/{image_id}/reprocess\") }"

  # Quotas per user; null is unlimited, the default of the services.
  quotas = {
    for service, settings in {
      api = {
        SIGHTLINE_OWNER_MAX_IMAGES = var.quotas.images
        SIGHTLINE_OWNER_MAX_BYTES  = try(var.quotas.gigabytes * 1000000000, null)
      }
      uploads = {
        SIGHTLINE_OWNER_MAX_UPLOADS         = var.quotas.uploads
        SIGHTLINE_OWNER_REQUESTS_PER_SECOND = var.quotas.requests_per_second
      }
      worker = { SIGHTLINE_MONTHLY_CALLS = var.quotas.monthly_calls }
    } : service => { for name, value in settings : name => tostring(value) if value != null }
  }

  # Environment variables of each service, without secrets and without ECS_AGENT_URI, which ECS sets.
  settings = merge({
    api = merge(local.all_settings, local.tracing_settings.api, {
      SIGHTLINE_HOST              = "0.0.0.0"
      SIGHTLINE_PORT              = tostring(local.ports.api)
      SIGHTLINE_RENDITIONS_BUCKET = module.renditions.name
      SIGHTLINE_UPLOADS_TOPIC_ARN = module.uploads.arn
      SIGHTLINE_TOKEN_ISSUER      = local.token_issuer
      SIGHTLINE_TOKEN_JWKS_URL    = local.jwks_url
      SIGHTLINE_TOKEN_CLIENT_IDS  = jsonencode([module.identity.client_id])

      SIGHTLINE_TOKEN_MACHINE_CLIENT_IDS = jsonencode(values(module.identity.machine_client_ids))

      SIGHTLINE_EVENTS_QUEUE_PREFIX = local.event_queue_prefix
      # CloudFront and the load balancer.
      SIGHTLINE_TRUSTED_PROXIES = "2"
      }, local.quotas.api, local.quotas.uploads, length(var.cors_origins) > 0 ? {
      SIGHTLINE_CORS_ORIGINS = join(",", var.cors_origins)
      } : {}, local.signed ? {
      SIGHTLINE_CLOUDFRONT_URL    = local.web_url
      SIGHTLINE_CLOUDFRONT_KEY_ID = module.distribution.url_signing_key_id
    } : {}, var.task_environment, var.api.settings)

    worker = merge(local.consumer_settings, local.tracing_settings.worker, {
      SIGHTLINE_QUEUE_URL   = module.recognition.url
      SIGHTLINE_BACKLOG_URL = module.recognition.backlog.url
      SIGHTLINE_HEALTH_PORT = tostring(local.ports.worker)
      SIGHTLINE_PROCESSES   = tostring(local.processes.worker)
      # The quota applies to the account. Tasks do not coordinate, so each gets an equal share.
      SIGHTLINE_CALLS_PER_SECOND = tostring(var.recognition_calls_per_second / var.worker.maximum)
    }, local.quotas.worker, var.task_environment, var.worker.settings)

    resizer = merge(local.consumer_settings, local.tracing_settings.resizer, {
      SIGHTLINE_QUEUE_URL         = module.renditions_queue.url
      SIGHTLINE_BACKLOG_URL       = module.renditions_queue.backlog.url
      SIGHTLINE_RENDITIONS_BUCKET = module.renditions.name
      SIGHTLINE_HEALTH_PORT       = tostring(local.ports.resizer)
      SIGHTLINE_PROCESSES         = tostring(local.processes.resizer)
      # Keeps freed pixel buffers in the heap, because they are allocated again all the time.
      MALLOC_MMAP_THRESHOLD_ = "268435456"
      MALLOC_TRIM_THRESHOLD_ = "268435456"
    }, var.task_environment, var.resizer.settings)
    }, {
    for service, notifier in { notifier = var.notifier } : service => merge(
      local.consumer_settings,
      local.tracing_settings.notifier,
      {
        SIGHTLINE_QUEUE_URL   = module.notifications[0].url
        SIGHTLINE_HEALTH_PORT = tostring(local.ports.notifier)
      },
      local.event_bus ? { SIGHTLINE_EVENT_BUS = module.event_bus[0].name } : {},
      local.notification_email ? merge(local.quotas.api, local.quotas.worker, {
        SIGHTLINE_EMAIL_SENDER = var.email.sender
        SIGHTLINE_WEB_URL      = local.web_url
      }) : {},
      var.task_environment,
      notifier.settings,
    ) if notifier.enabled
  })
}

locals {
  # Those of the services, and that of the scheduled tasks.
  images = concat(keys(local.ports), ["ops"])

  # ECR replicates a repository under the same name.
  repositories = {
    for service in local.images : service => var.replica_of == null ? {
      url = module.repository[service].url
      arn = module.repository[service].arn
      } : {
      url = "${local.account}.dkr.ecr.${var.region}.amazonaws.com/${var.replica_of}/${service}"
      arn = "arn:aws:ecr:${var.region}:${local.account}:repository/${var.replica_of}/${service}"
    }
  }
}

module "repository" {
  for_each = toset(var.replica_of == null ? local.images : [])

  source = "./modules/registry"

  name         = "${local.name}/${each.key}"
  kms_key_arn  = module.key.arn
  force_delete = !local.protected
}

moved {
  from = module.analytics_repository[0]
  to   = module.repository["ops"]
}

# Tag of the images that the stack script deployed last and that became healthy. The script writes the value
# after a rollout; Terraform writes it once.
resource "aws_ssm_parameter" "image_tag" {
  # checkov:skip=CKV2_AWS_34:An image tag is not a secret.
  name        = "/${local.name}/image-tag"
  description = "Tag of the deployed container images of ${local.name}; none before the first deployment."
  type        = "String"
  value       = coalesce(var.image_tag, "none")

  lifecycle {
    ignore_changes = [value]
  }
}

module "cluster" {
  source = "./modules/cluster"

  name               = local.name
  container_insights = var.container_insights
  log_retention_days = var.log_retention_days
  kms_key_arn        = module.key.arn
}

module "api" {
  source = "./modules/service"

  name               = "api"
  cluster_name       = module.cluster.name
  repository_url     = local.repositories["api"].url
  repository_arn     = local.repositories["api"].arn
  image_tag          = var.image_tag
  architecture       = var.architecture
  cpu                = var.api.cpu
  memory             = var.api.memory
  port               = local.ports.api
  environment        = local.settings.api
  secrets            = local.signed ? { SIGHTLINE_CLOUDFRONT_PRIVATE_KEY = module.url_signing_key[0].reference } : {}
  policy             = data.aws_iam_policy_document.api.json
  stop_seconds       = local.stop_seconds
  spot               = var.api.spot
  on_demand_base     = var.api.on_demand_base
  shell              = var.shell ? module.cluster.shell : null
  collector          = local.collector
  log_retention_days = var.log_retention_days
  kms_key_arn        = module.key.arn
  alerts_topic_arn   = module.alerts_topic.arn

  vpc_id                      = module.network.vpc_id
  subnet_ids                  = local.task_subnet_ids
  public_ip                   = var.public_tasks
  caller_security_group_ids   = { load-balancer = module.load_balancer.security_group_id }
  endpoint_security_group_ids = module.network.endpoint_security_group_ids
  gateway_prefix_list_ids     = module.network.gateway_prefix_list_ids
  internet                    = local.internet
  target_group_arn            = module.load_balancer.target_group_arn
  deployment_controller       = var.api_deployment == "rolling" ? "ECS" : "CODE_DEPLOY"

  log_metrics = min(var.worker.minimum, var.resizer.minimum, var.notifier.enabled ? var.notifier.minimum : 1) > 0 ? {} : {
    (local.request_metric) = local.request_pattern
  }

  scaling = {
    schedule = var.schedule
    minimum  = var.api.minimum
    maximum  = var.api.maximum
    requests = {
      per_task_and_minute = var.api.requests_per_task_and_minute
      load_balancer       = module.load_balancer.arn_suffix
      target_groups       = [for group in module.load_balancer.target_groups : group.arn_suffix]
    }
  }
}

module "worker" {
  source = "./modules/service"

  name               = "worker"
  cluster_name       = module.cluster.name
  repository_url     = local.repositories["worker"].url
  repository_arn     = local.repositories["worker"].arn
  image_tag          = var.image_tag
  architecture       = var.architecture
  cpu                = var.worker.cpu
  memory             = var.worker.memory
  port               = local.ports.worker
  environment        = local.settings.worker
  policy             = data.aws_iam_policy_document.worker.json
  stop_seconds       = local.stop_seconds
  spot               = var.worker.spot
  on_demand_base     = var.worker.on_demand_base
  shell              = var.shell ? module.cluster.shell : null
  collector          = local.collector
  log_retention_days = var.log_retention_days
  kms_key_arn        = module.key.arn
  alerts_topic_arn   = module.alerts_topic.arn

  vpc_id                      = module.network.vpc_id
  subnet_ids                  = local.task_subnet_ids
  public_ip                   = var.public_tasks
  endpoint_security_group_ids = module.network.endpoint_security_group_ids
  gateway_prefix_list_ids     = module.network.gateway_prefix_list_ids
  internet                    = local.internet

  scaling = {
    schedule = var.schedule
    minimum  = var.worker.minimum
    maximum  = var.worker.maximum
    backlog = {
      messages_per_task = var.worker.messages_per_task
      queue_name        = module.recognition.name
      deferred_name     = module.recognition.backlog.name
      request_metric    = local.request_metric
    }
  }
}

module "resizer" {
  source = "./modules/service"

  name               = "resizer"
  cluster_name       = module.cluster.name
  repository_url     = local.repositories["resizer"].url
  repository_arn     = local.repositories["resizer"].arn
  image_tag          = var.image_tag
  architecture       = var.architecture
  cpu                = var.resizer.cpu
  memory             = var.resizer.memory
  port               = local.ports.resizer
  environment        = local.settings.resizer
  policy             = data.aws_iam_policy_document.resizer.json
  stop_seconds       = local.stop_seconds
  spot               = var.resizer.spot
  on_demand_base     = var.resizer.on_demand_base
  shell              = var.shell ? module.cluster.shell : null
  collector          = local.collector
  log_retention_days = var.log_retention_days
  kms_key_arn        = module.key.arn
  alerts_topic_arn   = module.alerts_topic.arn

  vpc_id                      = module.network.vpc_id
  subnet_ids                  = local.task_subnet_ids
  public_ip                   = var.public_tasks
  endpoint_security_group_ids = module.network.endpoint_security_group_ids
  gateway_prefix_list_ids     = module.network.gateway_prefix_list_ids
  internet                    = local.internet

  scaling = {
    schedule = var.schedule
    minimum  = var.resizer.minimum
    maximum  = var.resizer.maximum
    backlog = {
      messages_per_task = var.resizer.messages_per_task
      queue_name        = module.renditions_queue.name
      deferred_name     = module.renditions_queue.backlog.name
      request_metric    = local.request_metric
    }
  }
}

module "notifier" {
  count = var.notifier.enabled ? 1 : 0

  source = "./modules/service"

  name               = "notifier"
  cluster_name       = module.cluster.name
  repository_url     = local.repositories["notifier"].url
  repository_arn     = local.repositories["notifier"].arn
  image_tag          = var.image_tag
  architecture       = var.architecture
  cpu                = var.notifier.cpu
  memory             = var.notifier.memory
  port               = local.ports.notifier
  environment        = local.settings["notifier"]
  policy             = data.aws_iam_policy_document.notifier[0].json
  stop_seconds       = local.stop_seconds
  spot               = var.notifier.spot
  on_demand_base     = var.notifier.on_demand_base
  shell              = var.shell ? module.cluster.shell : null
  collector          = local.collector
  log_retention_days = var.log_retention_days
  kms_key_arn        = module.key.arn
  alerts_topic_arn   = module.alerts_topic.arn

  vpc_id                      = module.network.vpc_id
  subnet_ids                  = local.public_notifier ? module.network.public_subnet_ids : local.task_subnet_ids
  public_ip                   = local.public_notifier
  endpoint_security_group_ids = module.network.endpoint_security_group_ids
  gateway_prefix_list_ids     = module.network.gateway_prefix_list_ids
  internet                    = local.internet || local.public_notifier

  scaling = {
    schedule = var.schedule
    minimum  = var.notifier.minimum
    maximum  = var.notifier.maximum
    backlog = {
      messages_per_task = var.notifier.messages_per_task
      queue_name        = module.notifications[0].name
      request_metric    = local.request_metric
    }
  }
}
