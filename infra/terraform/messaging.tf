# Every upload goes to both consumers, each with a queue of its own.

module "uploads" {
  source = "./modules/topic"

  name        = "${local.name}-uploads"
  kms_key_arn = module.key.arn
  publishers  = [{ service = "s3.amazonaws.com", source_arn = module.originals.arn }]
}

module "recognition" {
  source = "./modules/queue"

  name             = "${local.name}-recognition"
  topic_arn        = module.uploads.arn
  kms_key_arn      = module.key.arn
  alerts_topic_arn = module.alerts_topic.arn
}

module "renditions_queue" {
  source = "./modules/queue"

  name             = "${local.name}-renditions"
  topic_arn        = module.uploads.arn
  kms_key_arn      = module.key.arn
  alerts_topic_arn = module.alerts_topic.arn
}

# What happened to images, for open screens. Each task of the api listens with a queue that it makes
# and removes itself, so those are not here.
module "image_events" {
  source = "./modules/topic"

  name        = "${local.name}-image-events"
  kms_key_arn = module.key.arn
}

locals {
  event_queue_prefix = "${local.name}-events-"
}
