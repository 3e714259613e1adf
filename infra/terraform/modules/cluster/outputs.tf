output "name" {
  description = "Name of the cluster, known once it has its kinds of capacity."
  value       = aws_ecs_cluster_capacity_providers.this.cluster_name
}

output "arn" {
  description = "The cluster."
  value       = aws_ecs_cluster.this.arn
}
