variable "name" {
  description = "Name of the dashboard."
  type        = string
  nullable    = false
}

variable "load_balancer" {
  description = "ARN suffix of the load balancer, its metric dimension."
  type        = string
  nullable    = false
}

variable "cluster" {
  description = "Name of the ECS cluster."
  type        = string
  nullable    = false
}

variable "services" {
  description = "Names of the ECS services."
  type        = list(string)
  nullable    = false
}

variable "queues" {
  description = "Names of the SQS queues."
  type        = list(string)
  nullable    = false
}

variable "dead_letter_queues" {
  description = "Names of the dead-letter queues."
  type        = list(string)
  nullable    = false
}

variable "table" {
  description = "Name of the DynamoDB table."
  type        = string
  nullable    = false
}
