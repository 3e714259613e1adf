output "name" {
  description = "Project and environment, the prefix of every resource name."
  value       = local.name
}

output "region" {
  description = "AWS Region of the stack."
  value       = var.region
}

output "url" {
  description = "Base URL of the web application and of the API (under /v1)."
  value       = local.web_url
}

output "settings" {
  description = "Environment variables of each service, without secrets."
  value       = local.settings
}

output "buckets" {
  description = "Bucket names by role."
  value = {
    originals  = module.originals.name
    renditions = module.renditions.name
    web        = module.web.name
    logs       = module.logs.name
  }
}

output "table" {
  description = "Name of the DynamoDB table."
  value       = local.table.name
}

output "replicated" {
  description = "Whether the data is replicated to or from another region."
  value       = var.replicated
}

output "kms_key_arn" {
  description = "ARN of the KMS key of the stack."
  value       = module.key.arn
}

output "distribution_domain" {
  description = "Domain name that CloudFront gave the distribution."
  value       = module.distribution.domain_name
}

output "topics" {
  description = "SNS topic ARNs by role."
  value = {
    uploads      = module.uploads.arn
    image_events = module.image_events.arn
    alerts       = module.alerts_topic.arn
  }
}

output "queues" {
  description = "SQS queue URLs by role, including the dead-letter queues."
  value = merge(
    {
      recognition         = module.recognition.url
      recognition_backlog = module.recognition.backlog.url
      recognition_dead    = module.recognition.dead_letter_queue_url
      renditions          = module.renditions_queue.url
      renditions_backlog  = module.renditions_queue.backlog.url
      renditions_dead     = module.renditions_queue.dead_letter_queue_url
    },
    { for queue in module.notifications : "notifications" => queue.url },
    { for queue in module.notifications : "notifications_dead" => queue.dead_letter_queue_url },
  )
}

output "event_bus" {
  description = "Name of the EventBridge bus that publishes image events; null if it is off."
  value       = one(module.event_bus[*].name)
}

output "event_queue_prefix" {
  description = "Name prefix of the queues that the api creates and deletes itself."
  value       = local.event_queue_prefix
}

output "sign_in" {
  description = "Settings that a client needs to sign in."
  value = {
    pool_id   = module.identity.pool_id
    client_id = module.identity.client_id
    issuer    = local.token_issuer
    ses       = module.identity.uses_ses
    log_in    = local.sign_in_domain
    token_url = "${local.sign_in_domain}/oauth2/token"
  }
}

output "machine_clients" {
  description = "Client IDs of the machine clients, by name. `aws cognito-idp describe-user-pool-client` returns a secret."
  value       = module.identity.machine_client_ids
}

output "web_settings" {
  description = "Configuration of the web application (config.json), as web/src/config.ts reads it."
  value = {
    api = ""
    cognito = {
      endpoint = "https://cognito-idp.${var.region}.amazonaws.com/"
      poolId   = module.identity.pool_id
      clientId = module.identity.client_id
      domain   = local.sign_in_domain
      # Each has a button on the sign-in page.
      identityProviders = keys(var.identity_providers)
    }
    features = {
      offered = ["labels", "text", "faces", "properties", "moderation"]
      # Each further feature costs extra, so clients must request it explicitly.
      default = ["labels"]
    }
    signUp = var.self_sign_up
    tiles  = var.map_tiles
  }
}

output "repositories" {
  description = "ECR repository URLs by service; `ops` is that of the scheduled tasks."
  value       = { for service, repository in local.repositories : service => repository.url }
}

output "architecture" {
  description = "CPU architecture that the container images are built for."
  value       = var.architecture
}

output "url_signing" {
  description = "Public key that verifies signed image URLs, its version, and further accepted public keys; null if URL signing is off."
  value       = var.url_signing
}

output "image_tag" {
  description = "Tag of the container images of the last apply; empty before the first deployment."
  value       = var.image_tag == null ? "" : var.image_tag
}

output "image_tag_parameter" {
  description = "Name of the SSM parameter with the tag of the last images that became healthy."
  value       = aws_ssm_parameter.image_tag.name
}

output "cluster" {
  description = "Name of the ECS cluster."
  value       = module.cluster.name
}

output "services" {
  description = "Names of the ECS services."
  value       = concat([module.api.name, module.worker.name, module.resizer.name], module.notifier[*].name)
}

output "task_definitions" {
  description = "Task definition ARNs by service."
  value = merge(
    {
      api     = module.api.task_definition_arn
      worker  = module.worker.task_definition_arn
      resizer = module.resizer.task_definition_arn
    },
    { for notifier in module.notifier : "notifier" => notifier.task_definition_arn },
  )
}

output "canary" {
  description = "Canary deployments of the api, as the stack script starts them: the CodeDeploy application and deployment group, the ECS service, the function of the smoke test, and the settings of the service. Null for rolling updates."
  value = local.canary ? {
    application      = module.canary[0].application
    deployment_group = module.canary[0].deployment_group
    service          = module.api.name
    hook             = module.canary[0].hook_arn
    settings         = module.api.deployment_settings
  } : null
}

output "distribution_id" {
  description = "ID of the CloudFront distribution, for invalidations."
  value       = module.distribution.id
}

output "dashboard" {
  description = "Name of the CloudWatch dashboard."
  value       = module.dashboard.name
}

output "protected" {
  description = "Whether resources that hold data are protected against deletion."
  value       = local.protected
}

output "analytics" {
  description = "Athena workgroup, Glue database, bucket and analyst policy of analytics; null if it is off."
  value = one([for each in module.analytics : {
    workgroup          = each.workgroup
    database           = each.database
    bucket             = module.analytics_bucket[0].name
    analyst_policy_arn = each.analyst_policy_arn
    settings           = each.settings
  }])
}

output "purge_schedule" {
  description = "Name of the schedule that purges the trash; null if it is off."
  value       = one(module.purge[*].schedule)
}
