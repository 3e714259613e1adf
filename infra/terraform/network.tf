locals {
  # What the tasks speak to, besides S3 and DynamoDB.
  task_endpoints = concat(
    ["ecr.api", "ecr.dkr", "logs", "rekognition", "sns", "sqs"],
    local.signed ? ["secretsmanager"] : [],
    var.shell ? ["ssmmessages"] : [],
  )

  # With no way to the internet, Cognito's keys come through a private API.
  relayed = var.nat_gateways == 0
}

module "network" {
  source = "./modules/network"

  name         = local.name
  cidr         = var.network_cidr
  zones        = var.zones
  nat_gateways = var.nat_gateways
  interface_endpoints = toset(concat(
    var.interface_endpoints ? local.task_endpoints : [],
    local.relayed ? ["execute-api"] : [],
  ))
  endpoint_zones     = var.endpoint_zones
  log_retention_days = var.log_retention_days
  kms_key_arn        = module.key.arn
}

module "key_relay" {
  count = local.relayed ? 1 : 0

  source = "./modules/key_relay"

  name        = local.name
  pool_id     = module.identity.pool_id
  endpoint_id = module.network.interface_endpoint_ids["execute-api"]
}
