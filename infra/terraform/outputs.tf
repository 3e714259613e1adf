output "name" {
  description = "Project and environment, with which every name begins."
  value       = local.name
}

output "region" {
  description = "Region of the stack."
  value       = var.region
}

output "url" {
  description = "Where the web application and the API are (the API under /v1)."
  value       = local.web_url
}

output "settings" {
  description = "What each service is told by its environment, but for secrets."
  value       = local.settings
}

output "buckets" {
  description = "Names of the buckets by role."
  value = {
    originals  = module.originals.name
    renditions = module.renditions.name
    web        = module.web.name
    logs       = module.logs.name
  }
}

output "table" {
  description = "Name of the table."
  value       = module.table.name
}

output "topics" {
  description = "Topics by role."
  value = {
    uploads      = module.uploads.arn
    image_events = module.image_events.arn
    alerts       = module.alerts_topic.arn
  }
}

output "queues" {
  description = "Addresses of the queues by role, and of what each has set aside."
  value = {
    recognition      = module.recognition.url
    recognition_dead = module.recognition.dead_url
    renditions       = module.renditions_queue.url
    renditions_dead  = module.renditions_queue.dead_url
  }
}

output "event_queue_prefix" {
  description = "With this begin the names of the queues that the api makes and removes itself."
  value       = local.event_queue_prefix
}

output "sign_in" {
  description = "What a client needs to sign its user in."
  value = {
    pool_id   = module.identity.pool_id
    client_id = module.identity.client_id
    issuer    = local.token_issuer
    log_in    = "https://${module.identity.domain}.auth.${var.region}.amazoncognito.com"
  }
}

output "web_settings" {
  description = "What the web application is told: its config.json, as web/src/config.ts reads it."
  value = {
    api = ""
    cognito = {
      endpoint = "https://cognito-idp.${var.region}.amazonaws.com/"
      poolId   = module.identity.pool_id
      clientId = module.identity.client_id
    }
    features = {
      offered = ["labels", "text", "faces", "properties", "moderation"]
      # Each of the others is paid for as well, so somebody has to ask for it.
      usual = ["labels"]
    }
    signUp = var.self_sign_up
  }
}

output "repositories" {
  description = "Where the images are pushed to, by service."
  value       = { for service, repository in module.repository : service => repository.url }
}

output "architecture" {
  description = "Processor that the images are built for."
  value       = var.architecture
}

output "picture_signing" {
  description = "The public key that checks signed addresses of pictures, and its number; null without one."
  value       = var.picture_signing
}

output "image_tag" {
  description = "Tag of the images that run; empty before the first ones."
  value       = var.image_tag == null ? "" : var.image_tag
}

output "cluster" {
  description = "Name of the cluster."
  value       = module.cluster.name
}

output "services" {
  description = "Names of the services in the cluster."
  value       = [module.api.name, module.worker.name, module.resizer.name]
}

output "task_definitions" {
  description = "What the tasks of each service are made by."
  value = {
    api     = module.api.task_definition_arn
    worker  = module.worker.task_definition_arn
    resizer = module.resizer.task_definition_arn
  }
}

output "distribution_id" {
  description = "CloudFront's distribution, for invalidations."
  value       = module.distribution.id
}

output "dashboard" {
  description = "Name of the dashboard."
  value       = module.dashboard.name
}

output "protected" {
  description = "Whether AWS refuses to delete what holds data."
  value       = local.protected
}
