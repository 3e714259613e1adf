output "vpc_id" {
  description = "The network."
  value       = aws_vpc.this.id
}

output "private_subnet_ids" {
  description = "Subnets of the tasks and the load balancer, one per zone."
  value       = [for zone in local.zones : aws_subnet.private[zone].id]
}

output "zones" {
  description = "Names of the zones that are used."
  value       = local.zones
}

output "gateway_prefix_list_ids" {
  description = "Addresses behind the gateway endpoints (`s3`, `dynamodb`), for rules of security groups."
  value       = { for name, endpoint in aws_vpc_endpoint.gateway : name => endpoint.prefix_list_id }
}

output "interface_endpoint_ids" {
  description = "The interface endpoints by service."
  value       = { for name, endpoint in aws_vpc_endpoint.interface : name => endpoint.id }
}

output "endpoint_security_group_ids" {
  description = "Security group of the interface endpoints; none where there are no such endpoints."
  value       = aws_security_group.endpoints[*].id
}

output "nat_addresses" {
  description = "Addresses that the outside sees, where there are NAT gateways."
  value       = [for zone in keys(local.public_subnets) : aws_eip.nat[zone].public_ip]
}
