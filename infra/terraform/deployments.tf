# Canary deployments of the api. The consumers have no traffic to shift: ECS replaces their tasks by rolling updates
# with a circuit breaker. See docs/deployments.md.

locals {
  # Before the first image, there are no tasks to compare with.
  canary = var.api_deployment != "rolling" && var.image_tag != null

  test_port = 8080

  # One more than the lifetime of event streams, so that all of them end by themselves before their task.
  stream_minutes = ceil(tonumber(lookup(var.api.settings, "SIGHTLINE_EVENTS_MAX_SECONDS", "900")) / 60) # the default of the API
}

module "canary" {
  count = local.canary ? 1 : 0

  source = "./modules/canary"

  name                   = "${local.name}-api"
  configuration          = var.api_deployment
  cluster_name           = module.cluster.name
  service_name           = module.api.name
  task_role_arns         = module.api.role_arns
  load_balancer          = module.load_balancer.arn_suffix
  listener_arn           = module.load_balancer.listener_arn
  test_listener_arn      = module.load_balancer.test_listener_arn
  test_url               = "http://${module.load_balancer.domain_name}:${local.test_port}"
  test_port              = local.test_port
  test_security_group_id = module.load_balancer.test_security_group_id
  target_groups          = module.load_balancer.target_groups
  termination_minutes    = local.stream_minutes + 1
  max_p99_seconds        = var.max_p99_seconds
  vpc_id                 = module.network.vpc_id
  subnet_ids             = module.network.private_subnet_ids
  log_retention_days     = var.log_retention_days
  kms_key_arn            = module.key.arn

  # The short window of the fast burn rate: the images of the last five minutes.
  alarms = [for name in module.images_objective[*].fast_alarm : name]
}
