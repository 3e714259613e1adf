module "alerts_topic" {
  source = "./modules/topic"

  name        = "${local.name}-alerts"
  kms_key_arn = module.key.arn

  publishers = [
    {
      service    = "cloudwatch.amazonaws.com"
      source_arn = "arn:aws:cloudwatch:${var.region}:${local.account}:alarm:${local.name}-*"
    },
    {
      service    = "budgets.amazonaws.com"
      source_arn = "arn:aws:budgets::${local.account}:*"
    },
    {
      service    = "costalerts.amazonaws.com"
      source_arn = "arn:aws:ce::${local.account}:anomalysubscription/*"
    },
  ]
}

# Receives only what should wake a person up.
module "pages_topic" {
  source = "./modules/topic"

  name        = "${local.name}-pages"
  kms_key_arn = module.key.arn

  publishers = [{
    service    = "cloudwatch.amazonaws.com"
    source_arn = "arn:aws:cloudwatch:${var.region}:${local.account}:alarm:${local.name}-*"
  }]
}

module "alerts" {
  source = "./modules/alerts"

  name            = local.name
  topic_arn       = module.alerts_topic.arn
  pages_topic_arn = module.pages_topic.arn
  emails          = var.alert_emails
  webhooks        = var.alert_webhooks
  slack           = var.alert_slack

  metrics_namespace = local.metrics_namespace

  # Not the topic for image events: the queue of a killed task rejects messages until it is reaped.
  topics = { uploads = module.uploads.name, alerts = module.alerts_topic.name, pages = module.pages_topic.name }

  user_alarms = concat(
    module.load_balancer.user_alarms,
    module.api.missing_alarms,
    [module.recognition.age_alarm, module.renditions_queue.age_alarm],
  )
}

module "edge_alarms" {
  source = "./modules/edge_alarms"

  name            = local.name
  distribution_id = module.distribution.id
  emails          = var.alert_emails
  webhooks        = var.alert_webhooks

  providers = { aws = aws.us_east_1 }
}

locals {
  prices = jsondecode(file("${path.module}/prices.json"))

  # By the values of the dimension `Feature`.
  recognition_prices = {
    for feature in ["faces", "labels", "moderation", "properties", "text"] :
    feature => local.prices[feature == "properties" ? "recognition properties thousand" : "recognition thousand"] / 1000
  }
}

module "dashboard" {
  source = "./modules/dashboard"

  name               = local.name
  namespace          = local.metrics_namespace
  objectives         = local.objectives
  recognition_prices = local.recognition_prices
  load_balancer      = module.load_balancer.arn_suffix
  cluster            = module.cluster.name
  services           = concat([module.api.name, module.worker.name, module.resizer.name], module.notifier[*].name)
  queues             = concat([module.recognition.name, module.recognition.backlog.name, module.renditions_queue.name, module.renditions_queue.backlog.name], module.notifications[*].name)
  dead_letter_queues = concat([module.recognition.dead_letter_queue_name, module.renditions_queue.dead_letter_queue_name], module.notifications[*].dead_letter_queue_name)
  table              = local.table.name
}

module "budget" {
  count = var.budget == null ? 0 : 1

  source = "./modules/budget"

  name             = local.name
  limit_usd        = var.budget.limit_usd
  tag              = var.budget.only_this_stack ? { name = "Stack", value = local.name } : null
  recognition_usd  = var.budget.recognition_usd
  anomaly_usd      = var.budget.anomaly_usd
  anomaly_tag      = { name = "Stack", value = local.name }
  alerts_topic_arn = module.alerts_topic.arn
}
