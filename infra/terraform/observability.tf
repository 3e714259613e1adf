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
  ]
}

module "alerts" {
  source = "./modules/alerts"

  name      = local.name
  topic_arn = module.alerts_topic.arn
  emails    = var.alert_emails
}

module "dashboard" {
  source = "./modules/dashboard"

  name               = local.name
  load_balancer      = module.load_balancer.arn_suffix
  cluster            = module.cluster.name
  services           = [module.api.name, module.worker.name, module.resizer.name]
  queues             = [module.recognition.name, module.renditions_queue.name]
  dead_letter_queues = [module.recognition.dead_letter_queue_name, module.renditions_queue.dead_letter_queue_name]
  table              = module.table.name
}

module "budget" {
  count = var.budget == null ? 0 : 1

  source = "./modules/budget"

  name             = local.name
  limit_usd        = var.budget.limit_usd
  tag              = var.budget.only_this_stack ? { name = "Stack", value = local.name } : null
  alerts_topic_arn = module.alerts_topic.arn
}
