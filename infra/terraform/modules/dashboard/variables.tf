variable "name" {
  description = "Name of the dashboard."
  type        = string
  nullable    = false
}

variable "load_balancer" {
  description = "The load balancer, as metrics name it."
  type        = string
  nullable    = false
}

variable "cluster" {
  description = "Name of the cluster."
  type        = string
  nullable    = false
}

variable "services" {
  description = "Names of the services."
  type        = list(string)
  nullable    = false
}

variable "queues" {
  description = "Names of the queues."
  type        = list(string)
  nullable    = false
}

variable "dead_queues" {
  description = "Names of the queues of what was set aside."
  type        = list(string)
  nullable    = false
}

variable "table" {
  description = "Name of the table."
  type        = string
  nullable    = false
}
