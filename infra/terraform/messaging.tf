# Fans out every upload to both consumers, each with its own queue.

module "uploads" {
  source = "./modules/topic"

  name        = "${local.name}-uploads"
  kms_key_arn = module.key.arn
  publishers  = [{ service = "s3.amazonaws.com", source_arn = module.originals.arn }]
}

module "recognition" {
  source = "./modules/queue"

  name             = "${local.name}-recognition"
  backlog          = true
  topic_arn        = module.uploads.arn
  kms_key_arn      = module.key.arn
  alerts_topic_arn = module.alerts_topic.arn
}

module "renditions_queue" {
  source = "./modules/queue"

  name             = "${local.name}-renditions"
  backlog          = true
  topic_arn        = module.uploads.arn
  kms_key_arn      = module.key.arn
  alerts_topic_arn = module.alerts_topic.arn
}

# Image events for live clients. Each api task subscribes with a queue that it creates and deletes
# itself, so Terraform does not manage those queues.
module "image_events" {
  source = "./modules/topic"

  name        = "${local.name}-image-events"
  kms_key_arn = module.key.arn
}

# Image events for the notifier. Without a filter: it needs all kinds of events, and only the table says which owner
# wants which.
module "notifications" {
  count = var.notifier.enabled ? 1 : 0

  source = "./modules/queue"

  name             = "${local.name}-notifications"
  topic_arn        = module.image_events.arn
  kms_key_arn      = module.key.arn
  alerts_topic_arn = module.alerts_topic.arn
}

# Image events for other applications of the account: each attaches its own rules.
module "event_bus" {
  count = local.event_bus ? 1 : 0

  source = "./modules/bus"

  name = local.name
}

locals {
  event_bus = var.notifier.enabled && var.event_bus

  # Amazon SES delivers to everyone only after it has granted production access.
  notification_email = var.notifier.enabled && try(var.email.production, false)

  event_queue_prefix = "${local.name}-events-"
}
