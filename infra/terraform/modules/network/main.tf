data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

data "aws_availability_zones" "available" {
  # checkov:skip=CKV_AWS_394:Zones are taken in the order of their names, so that a new zone does not move any subnet.
  # CloudFront VPC origins do not support these zones.
  exclude_zone_ids = ["apne1-az3", "apne2-az1", "cac1-az3", "use1-az3", "usw1-az2"]

  # Excludes Local Zones, which do not support Fargate.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  region  = data.aws_region.current.name
  account = data.aws_caller_identity.current.account_id
  zones   = slice(sort(data.aws_availability_zones.available.names), 0, var.zones)

  # The block is split into 16 subnets: private subnets start at index 0, public subnets at index 8, so
  # that a zone can be added without moving any subnet.
  private_subnets = { for index, zone in local.zones : zone => cidrsubnet(var.cidr, 4, index) }
  public_subnets = {
    for index, zone in slice(local.zones, 0, var.public_subnets ? var.zones : var.nat_gateways) :
    zone => cidrsubnet(var.cidr, 4, 8 + index)
  }
  nat_zones = toset(slice(local.zones, 0, var.nat_gateways))

  # A zone without its own NAT gateway uses the gateway of another zone.
  nat_zone = {
    for index, zone in local.zones : zone => local.zones[index % max(var.nat_gateways, 1)]
    if var.nat_gateways > 0
  }

  endpoint_zones = slice(local.zones, 0, min(var.endpoint_zones, var.zones))
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = { Name = var.name }
}

# Removes all rules of the default security group: resources without an explicit group have no network access.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-default-closed" }
}

# CloudFront VPC origins require an internet gateway in the VPC, also if no route uses it:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_subnet" "private" {
  for_each = local.private_subnets

  vpc_id                  = aws_vpc.this.id
  map_public_ip_on_launch = false
  availability_zone       = each.key
  cidr_block              = each.value

  tags = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_route_table" "private" {
  for_each = local.private_subnets

  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_route_table_association" "private" {
  for_each = local.private_subnets

  subnet_id      = aws_subnet.private[each.key].id
  route_table_id = aws_route_table.private[each.key].id
}
