output "vpc_id" {
  description = "ID of the VPC."
  value       = aws_vpc.this.id
}

output "private_subnet_ids" {
  description = "IDs of the private subnets, one per zone."
  value       = [for zone in local.zones : aws_subnet.private[zone].id]
}

output "public_subnet_ids" {
  description = "IDs of the public subnets; empty without NAT gateways unless `public_subnets` is set."
  value       = [for zone in keys(local.public_subnets) : aws_subnet.public[zone].id]
}

output "zones" {
  description = "Names of the Availability Zones."
  value       = local.zones
}

output "gateway_prefix_list_ids" {
  description = "Prefix list IDs of the gateway endpoints (`s3`, `dynamodb`), for security group rules."
  value       = { for name, endpoint in aws_vpc_endpoint.gateway : name => endpoint.prefix_list_id }
}

output "interface_endpoint_ids" {
  description = "IDs of the interface endpoints by service."
  value       = { for name, endpoint in aws_vpc_endpoint.interface : name => endpoint.id }
}

output "endpoint_security_group_ids" {
  description = "ID of the security group of the interface endpoints, as a list; empty without interface endpoints."
  value       = aws_security_group.endpoints[*].id
}

output "nat_addresses" {
  description = "Public IP addresses of the NAT gateways."
  value       = [for zone in sort(local.nat_zones) : aws_eip.nat[zone].public_ip]
}
