locals {
  # AWS services that the tasks call, in addition to S3 and DynamoDB.
  task_endpoints = concat(
    ["ecr.api", "ecr.dkr", "logs", "rekognition", "sns", "sqs"],
    local.signed ? ["secretsmanager"] : [],
    # ECS Exec: the SSM agent opens the session and decrypts it.
    var.shell ? ["kms", "ssmmessages"] : [],
    var.tracing == null ? [] : ["xray"],
    # Analytics derives the key of its hashes with KMS.
    var.analytics != null && !var.shell ? ["kms"] : [],
    local.event_bus ? ["events"] : [],
    local.notification_email ? ["email"] : [],
  )

  # Without internet egress, the tasks fetch Cognito's JWKS through a private API.
  use_jwks_proxy = !local.internet

  internet = var.nat_gateways > 0 || var.public_tasks
  # Webhooks are on the internet. NAT gateways serve the notifier as well; without them, its tasks may have public IP
  # addresses although the others have none.
  public_notifier = var.public_tasks || (var.notifier.enabled && var.notifier.internet && var.nat_gateways == 0)

  task_subnet_ids = var.public_tasks ? module.network.public_subnet_ids : module.network.private_subnet_ids
}

module "network" {
  source = "./modules/network"

  name           = local.name
  cidr           = var.network_cidr
  zones          = var.zones
  nat_gateways   = var.nat_gateways
  public_subnets = local.public_notifier
  interface_endpoints = toset(concat(
    var.interface_endpoints ? local.task_endpoints : [],
    local.use_jwks_proxy ? ["execute-api"] : [],
  ))
  endpoint_zones     = var.endpoint_zones
  log_retention_days = var.log_retention_days
  kms_key_arn        = module.key.arn
}

module "jwks_proxy" {
  count = local.use_jwks_proxy ? 1 : 0

  source = "./modules/jwks_proxy"

  name        = local.name
  pool_id     = module.identity.pool_id
  endpoint_id = module.network.interface_endpoint_ids["execute-api"]
}
