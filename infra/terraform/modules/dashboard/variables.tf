variable "name" {
  description = "Name of the dashboard."
  type        = string
  nullable    = false
}

variable "namespace" {
  description = "CloudWatch namespace of the metrics that the services write."
  type        = string
  nullable    = false
}

variable "objectives" {
  description = "Service-level objectives by name: the target, and metric math expressions of the number of events and of those that are not good, over metrics by the id that the expressions use."
  type = map(object({
    title          = string
    target_percent = number
    total          = string
    errors         = string
    metrics = map(object({
      namespace  = string
      name       = string
      stat       = string
      dimensions = map(string)
    }))
  }))
  nullable = false
}

variable "recognition_prices" {
  description = "Price of a call of Amazon Rekognition in US dollars, by feature."
  type        = map(number)
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
