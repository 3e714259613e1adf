# Analytics: a view of the table for Athena. See docs/analytics.md.

locals {
  analytics        = var.analytics == null ? [] : [var.analytics]
  analytics_bucket = "${local.name}-analytics-${local.account}-${var.region}"
}

# Nothing in it is older than the retention: the view and its state are replaced by each refresh, and are built
# again from the table if they have expired. So even a protected stack can delete it.
module "analytics_bucket" {
  count = length(local.analytics)

  source = "./modules/bucket"

  name          = local.analytics_bucket
  kms_key_arn   = module.key.arn
  force_destroy = true
  expire_days   = local.analytics[0].retention_days
  access_log    = { bucket = module.logs.name, prefix = "s3/analytics/" }
}

module "analytics" {
  count = length(local.analytics)

  source = "./modules/analytics"

  name                     = local.name
  bucket                   = { name = module.analytics_bucket[0].name, arn = module.analytics_bucket[0].arn }
  table_arn                = local.table.arn
  key_version              = local.analytics[0].key_version
  key_deletion_window_days = local.protected ? 30 : 7
  architecture             = var.architecture
  cluster_name             = module.cluster.name
  schedule                 = local.analytics[0].schedule
  scan_limit_mb            = local.analytics[0].scan_limit_mb
  quicksight_principal_arn = local.analytics[0].quicksight_principal_arn
  log_retention_days       = var.log_retention_days
  kms_key_arn              = module.key.arn
  alerts_topic_arn         = module.alerts_topic.arn

  image = {
    repository_url = local.repositories["ops"].url
    repository_arn = local.repositories["ops"].arn
    tag            = var.image_tag
  }

  network = {
    vpc_id                      = module.network.vpc_id
    subnet_ids                  = local.task_subnet_ids
    public_ip                   = var.public_tasks
    endpoint_security_group_ids = module.network.endpoint_security_group_ids
    gateway_prefix_list_ids     = module.network.gateway_prefix_list_ids
    internet                    = local.internet
  }
}
