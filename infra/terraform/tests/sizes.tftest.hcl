# Number and size of resources by setting.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "us_east_1"
  source = "./tests/mocks"
}

variables {
  environment = "dev"
  region      = "eu-central-1"
}

run "defaults_without_an_image" {
  command = apply

  variables {
    url_signing_private_key = "not used"
  }

  assert {
    condition     = output.image_tag == ""
    error_message = "The image tag must be empty before the first deployment."
  }

  assert {
    condition     = output.settings.api.SIGHTLINE_TOKEN_JWKS_URL == "https://abcdefghij.execute-api.eu-central-1.amazonaws.com/v1/jwks.json"
    error_message = "Without internet egress, the JWKS must be fetched through the private API."
  }

  assert {
    condition     = !contains(keys(output.settings.api), "SIGHTLINE_CLOUDFRONT_KEY_ID")
    error_message = "Without a key pair, image URLs must be presigned by S3."
  }

  assert {
    condition     = output.url == "https://d0123456789ab.cloudfront.net"
    error_message = "Without a domain, the URL must use the domain name that CloudFront assigns."
  }

  assert {
    condition     = alltrue([for settings in values(output.settings) : !contains(keys(settings), "OTEL_EXPORTER_OTLP_ENDPOINT")]) && !contains(keys(module.network.interface_endpoint_ids), "xray") && local.collector == null
    error_message = "Traces cost money, so they must be opt-in."
  }

  assert {
    condition     = output.event_bus == null && !contains(keys(output.settings.notifier), "SIGHTLINE_EVENT_BUS") && !contains(local.task_endpoints, "events")
    error_message = "The event bus costs money, so it must be opt-in."
  }

  assert {
    condition     = !local.public_notifier && !local.internet
    error_message = "No task must have internet egress by default."
  }

  assert {
    condition     = length(module.images_objective) == 0 && length(module.requests_objective) == 0
    error_message = "The alarms of objectives cost money, so they must be opt-in."
  }

  assert {
    condition     = output.protected
    error_message = "A stack must be protected by default."
  }

  assert {
    condition     = alltrue([for bucket in output.buckets : strcontains(bucket, "sightline-dev-")])
    error_message = "Bucket names must contain the project and the environment."
  }
}

run "domain_and_nat" {
  command = apply

  variables {
    domain              = "photos.example.com"
    hosted_zone         = "example.com"
    image_tag           = "abc"
    protect_data        = false
    nat_gateways        = 1
    interface_endpoints = false
    worker              = { maximum = 10 }
    resizer             = { cpu = 2048, memory = 4096 }
    notifier            = { internet = true }
    event_bus           = true

    tracing = { sample_ratio = 0.25 }

    recognition_calls_per_second = 50

    task_environment = { AWS_ENDPOINT_URL_S3 = "http://storage.example.com:9000" }

    url_signing_private_key = "private"
    url_signing             = { version = 1, public_key = "-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----\n" }
  }

  assert {
    condition     = output.url == "https://photos.example.com"
    error_message = "The URL must use the domain."
  }

  assert {
    condition     = !output.protected
    error_message = "A disposable stack must not be protected."
  }

  assert {
    condition     = output.settings.api.SIGHTLINE_TOKEN_JWKS_URL == "${output.sign_in.issuer}/.well-known/jwks.json"
    error_message = "With internet egress, the JWKS must be fetched from Cognito."
  }

  assert {
    condition     = output.settings.api.SIGHTLINE_CLOUDFRONT_URL == output.url && output.settings.api.SIGHTLINE_CLOUDFRONT_KEY_ID != null
    error_message = "With a key pair, CloudFront must serve the renditions."
  }

  assert {
    condition     = !local.public_notifier
    error_message = "Where a NAT gateway exists, the notifier must need no public IP address."
  }

  assert {
    condition     = output.settings.worker.SIGHTLINE_CALLS_PER_SECOND == "5" && output.settings.resizer.SIGHTLINE_PROCESSES == "2"
    error_message = "The quota must be divided by the number of workers, and each vCPU must have one process."
  }

  assert {
    condition     = tonumber(output.settings.worker.SIGHTLINE_DRAIN_SECONDS) < 120
    error_message = "The drain timeout must be shorter than Fargate's stop timeout."
  }

  assert {
    condition     = alltrue([for settings in values(output.settings) : settings.AWS_REGION == "eu-central-1" && settings.AWS_ENDPOINT_URL_S3 == "http://storage.example.com:9000"])
    error_message = "All tasks must have the region and the additional environment variables."
  }

  assert {
    condition     = local.collector.image == "public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0" && local.collector.repository_arn == null
    error_message = "With internet egress, the public image of the collector must be pulled, which needs no permission."
  }

  assert {
    condition     = alltrue([for name, settings in output.settings : settings.OTEL_SERVICE_NAME == "sightline-dev-${name}" && settings.OTEL_TRACES_SAMPLER_ARG == "0.25"])
    error_message = "All services must sample the configured share of the traces, under the name of the stack."
  }
}

run "notifier_with_internet" {
  command = apply

  variables {
    event_bus = true
    notifier  = { internet = true, settings = { SIGHTLINE_CONCURRENCY = "16" } }

    url_signing_private_key = "not used"
  }

  assert {
    condition     = local.public_notifier && !local.internet && length(module.network.public_subnet_ids) > 0 && length(local.task_subnet_ids) > 0 && !contains(module.network.public_subnet_ids, local.task_subnet_ids[0])
    error_message = "Only the notifier must have internet egress."
  }

  assert {
    condition     = contains(local.task_endpoints, "events") && output.settings.notifier.SIGHTLINE_EVENT_BUS == output.event_bus && output.settings.notifier.SIGHTLINE_CONCURRENCY == "16"
    error_message = "The notifier must publish on the bus through its endpoint."
  }
}

run "without_notifications" {
  command = apply

  variables {
    notifier = { enabled = false }

    url_signing_private_key = "not used"
  }

  assert {
    condition     = !contains(keys(output.settings), "notifier") && !contains(keys(output.queues), "notifications") && !contains(output.services, "notifier") && length(module.notifier) == 0
    error_message = "Without a notifier, nothing of it must exist but the repository of its image."
  }
}

run "network_without_internet" {
  command = apply

  module {
    source = "./modules/network"
  }

  variables {
    name                = "sightline-dev"
    cidr                = "10.20.0.0/16"
    zones               = 3
    interface_endpoints = ["sqs", "execute-api"]
    endpoint_zones      = 2
    log_retention_days  = 30
    kms_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/0"
  }

  assert {
    condition     = length(aws_subnet.public) == 0 && length(aws_nat_gateway.this) == 0 && length(aws_route.internet) == 0
    error_message = "Without a NAT gateway, there must be no public subnet and no route to the internet."
  }

  assert {
    condition     = output.zones == tolist(["eu-central-1a", "eu-central-1b", "eu-central-1c"])
    error_message = "Zones must be taken in the order of their names."
  }

  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : length(endpoint.subnet_ids) <= 2 && endpoint.private_dns_enabled])
    error_message = "Endpoints must be in the configured number of zones, with private DNS enabled."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.private : !subnet.map_public_ip_on_launch])
    error_message = "Private subnets must not assign public IP addresses."
  }
}

run "network_with_one_nat" {
  command = apply

  module {
    source = "./modules/network"
  }

  variables {
    name               = "sightline-dev"
    cidr               = "10.20.0.0/16"
    zones              = 2
    nat_gateways       = 1
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/0"
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 1 && length(aws_route.nat) == 2
    error_message = "Every zone must route through the only NAT gateway."
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0 && length(aws_security_group.endpoints) == 0
    error_message = "No interface endpoint must exist unless configured."
  }
}

run "network_for_public_tasks" {
  command = apply

  module {
    source = "./modules/network"
  }

  variables {
    name               = "sightline-dev"
    cidr               = "10.20.0.0/16"
    zones              = 2
    public_subnets     = true
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/0"
  }

  assert {
    condition     = length(output.public_subnet_ids) == 2 && length(aws_route.internet) == 1
    error_message = "Every zone must have a public subnet with a route to the internet."
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_eip.nat) == 0
    error_message = "Tasks with public IP addresses need no NAT gateway."
  }

  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.gateway : length(endpoint.route_table_ids) == 3])
    error_message = "Public subnets must also use the gateway endpoints, which are free."
  }
}

run "public_tasks_on_a_schedule" {
  command = apply

  variables {
    quotas              = { gigabytes = 5 }
    alert_webhooks      = { pager = "https://pager.example.com/key" }
    alert_slack         = { team_id = "T0", channel_id = "C0" }
    budget              = { limit_usd = 50, recognition_usd = 20, anomaly_usd = 10 }
    image_tag           = "abc"
    interface_endpoints = false
    public_tasks        = true
    firewall            = false
    schedule            = { start = "0 7 ? * MON-FRI *" }

    url_signing_private_key = "not used"
  }

  assert {
    condition     = output.settings.api.SIGHTLINE_TOKEN_JWKS_URL == "${output.sign_in.issuer}/.well-known/jwks.json"
    error_message = "With internet egress, the JWKS must be fetched from Cognito."
  }

  assert {
    condition = (
      output.settings.api.SIGHTLINE_OWNER_MAX_BYTES == "5000000000" &&
      !contains(keys(output.settings.api), "SIGHTLINE_OWNER_MAX_IMAGES") &&
      output.settings.api.SIGHTLINE_OWNER_MAX_UPLOADS == "10000" &&
      output.settings.api.SIGHTLINE_OWNER_REQUESTS_PER_SECOND == "50" &&
      !contains(keys(output.settings.worker), "SIGHTLINE_MONTHLY_CALLS")
    )
    error_message = "An omitted quota must be unlimited."
  }
}

run "alerts" {
  command = apply

  module {
    source = "./modules/alerts"
  }

  variables {
    name            = "sightline-dev"
    topic_arn       = "arn:aws:sns:eu-central-1:123456789012:alerts"
    pages_topic_arn = "arn:aws:sns:eu-central-1:123456789012:pages"
    user_alarms     = ["errors", "age"]
    topics          = { uploads = "sightline-dev-uploads" }
    webhooks        = { pager = "https://pager.example.com/key" }
    slack           = { team_id = "T0", channel_id = "C0" }
    emails          = ["operator@example.com"]

    metrics_namespace = "sightline-dev"
  }

  assert {
    condition = alltrue([
      for part in ["recognition", "renditions"] :
      aws_cloudwatch_metric_alarm.circuit_open[part].dimensions.Part == part &&
      aws_cloudwatch_metric_alarm.circuit_open[part].namespace == var.metrics_namespace
    ])
    error_message = "An alarm must watch the circuit of each consumer."
  }

  assert {
    condition = (
      aws_cloudwatch_composite_alarm.users_affected.alarm_rule == "ALARM(\"errors\") OR ALARM(\"age\")" &&
      aws_cloudwatch_composite_alarm.users_affected.alarm_actions == toset([var.topic_arn, var.pages_topic_arn])
    )
    error_message = "Each of the alarms must page."
  }

  assert {
    condition = (
      aws_sns_topic_subscription.webhook["pager"].topic_arn == var.pages_topic_arn &&
      aws_sns_topic_subscription.webhook["pager"].endpoint_auto_confirms &&
      aws_sns_topic_subscription.email["operator@example.com"].topic_arn == var.topic_arn &&
      one(aws_chatbot_slack_channel_configuration.this[*]).sns_topic_arns == toset([var.topic_arn])
    )
    error_message = "Only webhooks must subscribe to pages."
  }
}

run "budget" {
  command = apply

  module {
    source = "./modules/budget"
  }

  variables {
    name             = "sightline-dev"
    limit_usd        = 50
    recognition_usd  = 20
    anomaly_usd      = 10
    anomaly_tag      = { name = "Stack", value = "sightline-dev" }
    alerts_topic_arn = "arn:aws:sns:eu-central-1:123456789012:alerts"
  }

  assert {
    condition = (
      length(aws_budgets_budget.this["sightline-dev"].cost_filter) == 0 &&
      one(aws_budgets_budget.this["sightline-dev-recognition"].cost_filter).values == tolist(["Amazon Rekognition"])
    )
    error_message = "The second budget must be limited to Rekognition."
  }

  assert {
    condition     = one(one(aws_ce_anomaly_subscription.this[*]).subscriber).address == var.alerts_topic_arn
    error_message = "Anomalies must be sent to the topic for alarms."
  }
}

# Runs before the other services: runs of one module share their state, and the number of tasks is kept.
run "service_without_an_image" {
  command = apply

  module {
    source = "./modules/service"
  }

  variables {
    name               = "api"
    cluster_name       = "sightline-dev"
    repository_url     = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/api"
    repository_arn     = "arn:aws:ecr:eu-central-1:123456789012:repository/api"
    architecture       = "X86_64"
    cpu                = 512
    memory             = 1024
    environment        = {}
    policy             = "{}"
    port               = 8000
    vpc_id             = "vpc-0"
    subnet_ids         = ["subnet-0"]
    target_group_arn   = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/name/0123456789abcdef"
    scaling            = { minimum = 2, maximum = 4, requests = { per_task_and_minute = 100, load_balancer = "app/a/0", target_groups = ["targetgroup/b/0", "targetgroup/c/0"] } }
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/0"
    alerts_topic_arn   = "arn:aws:sns:eu-central-1:123456789012:alerts"
  }

  assert {
    condition     = aws_ecs_service.this[0].desired_count == 0 && aws_appautoscaling_target.this.max_capacity == 0
    error_message = "No tasks must run without an image."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.missing) == 0
    error_message = "Missing tasks must raise no alarm before the first deployment."
  }
}

run "scheduled_service_with_a_public_ip_address" {
  command = apply

  module {
    source = "./modules/service"
  }

  variables {
    name               = "api"
    cluster_name       = "sightline-dev"
    repository_url     = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/api"
    repository_arn     = "arn:aws:ecr:eu-central-1:123456789012:repository/api"
    image_tag          = "abc"
    architecture       = "ARM64"
    cpu                = 512
    memory             = 1024
    environment        = {}
    policy             = "{}"
    port               = 8000
    vpc_id             = "vpc-0"
    subnet_ids         = ["subnet-0"]
    public_ip          = true
    internet           = true
    target_group_arn   = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/name/0123456789abcdef"
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/0"
    alerts_topic_arn   = "arn:aws:sns:eu-central-1:123456789012:alerts"

    scaling = {
      minimum  = 2
      maximum  = 4
      requests = { per_task_and_minute = 100, load_balancer = "app/a/0", target_groups = ["targetgroup/b/0", "targetgroup/c/0"] }
      schedule = { start = "0 7 ? * MON-FRI *", stop = "0 19 ? * MON-FRI *", time_zone = "Europe/Berlin" }
    }
  }

  assert {
    condition     = one(aws_ecs_service.this[0].network_configuration).assign_public_ip && length(aws_vpc_security_group_ingress_rule.callers) == 0
    error_message = "The tasks must have public IP addresses and admit no traffic unless configured."
  }

  assert {
    condition = (
      one(aws_appautoscaling_scheduled_action.this["stop"].scalable_target_action).max_capacity == "0" &&
      one(aws_appautoscaling_scheduled_action.this["start"].scalable_target_action).min_capacity == "2" &&
      one(aws_appautoscaling_scheduled_action.this["start"].scalable_target_action).max_capacity == "4"
    )
    error_message = "No tasks must run outside the schedule, and the configured number within it."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.missing) == 0
    error_message = "Missing tasks must raise no alarm outside the schedule."
  }

  assert {
    condition     = length(aws_appautoscaling_policy.cpu) == 1 && aws_ecs_service.this[0].availability_zone_rebalancing == "ENABLED"
    error_message = "The api must also scale by CPU utilization, and stay balanced across zones."
  }
}

run "service_that_scales_to_zero" {
  command = apply

  module {
    source = "./modules/service"
  }

  variables {
    name               = "worker"
    cluster_name       = "sightline-dev"
    repository_url     = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/worker"
    repository_arn     = "arn:aws:ecr:eu-central-1:123456789012:repository/worker"
    image_tag          = "abc"
    architecture       = "ARM64"
    cpu                = 256
    memory             = 512
    environment        = { B = "2", A = "1" }
    policy             = "{}"
    port               = 8080
    vpc_id             = "vpc-0"
    subnet_ids         = ["subnet-0"]
    scaling            = { minimum = 0, maximum = 4, backlog = { messages_per_task = 50, queue_name = "queue", request_metric = "ProcessingRequests" } }
    spot               = true
    on_demand_base     = 1
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/0"
    alerts_topic_arn   = "arn:aws:sns:eu-central-1:123456789012:alerts"
  }

  assert {
    condition     = aws_appautoscaling_target.this.min_capacity == 0 && aws_appautoscaling_target.this.max_capacity == 4
    error_message = "The number of tasks must be between 0 and 4."
  }

  assert {
    condition     = length(aws_appautoscaling_policy.backlog) == 1 && length(aws_appautoscaling_policy.wake) == 1 && length(aws_appautoscaling_policy.requests) == 0
    error_message = "The service must scale by backlog, with a policy that starts the first task."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.wake) == 1
    error_message = "An alarm must start the first task."
  }

  assert {
    condition = anytrue([
      for query in aws_cloudwatch_metric_alarm.wake[0].metric_query :
      one(query.metric).metric_name == "ProcessingRequests" if length(query.metric) > 0
    ])
    error_message = "A request must start the first task, because the metrics of an idle queue are late."
  }

  assert {
    condition = tolist([
      for strategy in aws_ecs_service.this[0].capacity_provider_strategy : strategy.capacity_provider if strategy.weight > 0
    ]) == tolist(["FARGATE_SPOT"])
    error_message = "Tasks beyond the base must run on Fargate Spot."
  }

  assert {
    condition     = one(aws_ecs_service.this[0].deployment_circuit_breaker).rollback
    error_message = "A failed deployment must be rolled back."
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.callers) == 0 && length(aws_vpc_security_group_egress_rule.internet) == 0
    error_message = "The service must have no ingress and no internet egress."
  }
}

run "service_with_permanent_tasks" {
  command = apply

  module {
    source = "./modules/service"
  }

  variables {
    name               = "worker"
    cluster_name       = "sightline-dev"
    repository_url     = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/worker"
    repository_arn     = "arn:aws:ecr:eu-central-1:123456789012:repository/worker"
    image_tag          = "abc"
    architecture       = "ARM64"
    cpu                = 256
    memory             = 512
    environment        = {}
    policy             = "{}"
    port               = 8080
    vpc_id             = "vpc-0"
    subnet_ids         = ["subnet-0"]
    scaling            = { minimum = 2, maximum = 4, backlog = { messages_per_task = 50, queue_name = "queue", request_metric = "ProcessingRequests" } }
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/0"
    alerts_topic_arn   = "arn:aws:sns:eu-central-1:123456789012:alerts"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.missing[0].threshold == 2 && aws_cloudwatch_metric_alarm.missing[0].treat_missing_data == "breaching"
    error_message = "An alarm must be raised below the minimum number of tasks, and without any task."
  }
}

run "load_balancer_with_a_certificate" {
  command = apply

  module {
    source = "./modules/load_balancer"
  }

  variables {
    name                     = "sightline-dev"
    vpc_id                   = "vpc-0"
    subnet_ids               = ["subnet-0", "subnet-1"]
    port                     = 8000
    target_security_group_id = "sg-0"
    certificate_arn          = "arn:aws:acm:eu-central-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    deletion_protection      = true
    access_log               = { bucket = "logs", prefix = "load-balancer" }
    alerts_topic_arn         = "arn:aws:sns:eu-central-1:123456789012:alerts"
  }

  assert {
    condition     = aws_lb.this.internal && aws_lb.this.enable_deletion_protection
    error_message = "The load balancer must be internal and protected against deletion."
  }

  assert {
    condition     = aws_lb_listener.this.protocol == "HTTPS" && aws_lb_listener.this.port == 443 && strcontains(aws_lb_listener.this.ssl_policy, "TLS13-1-2")
    error_message = "The listener must use HTTPS with TLS 1.2 or 1.3."
  }

  assert {
    condition     = one(aws_lb.this.access_logs).enabled
    error_message = "Access logs must be enabled."
  }
}
