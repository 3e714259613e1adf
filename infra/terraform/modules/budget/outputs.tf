output "name" {
  description = "Name of the budget."
  value       = var.name
}
