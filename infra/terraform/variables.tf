variable "project" {
  description = "Name prefix of all resources."
  type        = string
  default     = "sightline"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.project))
    error_message = "The project must be 2 to 12 lowercase letters and digits, starting with a letter, because bucket names have limited length."
  }
}

variable "environment" {
  description = "Environment, such as dev or prod; part of every resource name, so that one account can hold several stacks."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,7}$", var.environment))
    error_message = "The environment must be 2 to 8 lowercase letters and digits, starting with a letter."
  }
}

variable "region" {
  description = "AWS Region; Amazon Rekognition must be available in it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}-[a-z]+-[0-9]$", var.region))
    error_message = "The region must be an AWS Region such as eu-central-1."
  }
}

variable "domain" {
  description = "Domain name of the application, such as photos.example.com. Null uses the domain name that CloudFront assigns."
  type        = string
  default     = null

  validation {
    condition     = var.domain == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain))
    error_message = "The domain must be a lowercase host name such as photos.example.com."
  }
}

variable "hosted_zone" {
  description = "Route 53 hosted zone of the domain, such as example.com. Null uses the zone with the name of the domain."
  type        = string
  default     = null

  validation {
    condition     = var.hosted_zone == null || (var.domain != null && endswith(".${coalesce(var.domain, "-")}", ".${coalesce(var.hosted_zone, "-")}"))
    error_message = "The domain must be a subdomain of the hosted zone."
  }
}

variable "protect_data" {
  description = "Whether resources that hold data are protected against deletion: table, user pool, buckets, container images, load balancer and KMS key. Set to false for disposable stacks."
  type        = bool
  default     = true
  nullable    = false
}

variable "network_cidr" {
  description = "IPv4 CIDR block of the VPC."
  type        = string
  default     = "10.20.0.0/16"
  nullable    = false
}

variable "zones" {
  description = "Number of Availability Zones: 2 or 3."
  type        = number
  default     = 2
  nullable    = false
}

variable "nat_gateways" {
  description = "Number of NAT gateways. 0 is enough; with at least 1 the tasks have internet egress, and interface endpoints are optional."
  type        = number
  default     = 0
  nullable    = false
}

variable "interface_endpoints" {
  description = "Whether the tasks reach AWS through interface endpoints. False requires a NAT gateway or `public_tasks`."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.interface_endpoints || var.nat_gateways > 0 || var.public_tasks
    error_message = "The tasks cannot reach AWS. Set interface_endpoints or public_tasks to true, or nat_gateways to at least 1."
  }

  validation {
    condition     = !var.public_tasks || (var.nat_gateways == 0 && !var.interface_endpoints)
    error_message = "Tasks in public subnets use neither NAT gateways nor interface endpoints. Set nat_gateways to 0 and interface_endpoints to false."
  }
}

variable "public_tasks" {
  description = "Whether the tasks run in public subnets with a public IP address each, instead of NAT gateways and interface endpoints: the cheapest network, for development. Nothing on the internet can connect to the tasks."
  type        = bool
  default     = false
  nullable    = false
}

variable "endpoint_zones" {
  description = "Number of Availability Zones with a network interface for each endpoint. 1 is the cheapest; the value of `zones` is the most available."
  type        = number
  default     = 2
  nullable    = false
}

variable "architecture" {
  description = "CPU architecture of the tasks and their container images: `ARM64` (20% cheaper) or `X86_64`."
  type        = string
  default     = "ARM64"
  nullable    = false
}

variable "image_tag" {
  description = "Tag of the container images to run. Null before the first images are pushed; no tasks run then."
  type        = string
  default     = null

  validation {
    condition     = var.image_tag == null || can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.image_tag))
    error_message = "The image tag must be a valid container image tag: up to 128 letters, digits, `_`, `.` and `-`, not starting with `.` or `-`."
  }
}

variable "api" {
  description = "Size and number of the api tasks, and additional settings (SIGHTLINE_...)."
  type = object({
    cpu                          = optional(number, 512)
    memory                       = optional(number, 1024)
    minimum                      = optional(number, 2)
    maximum                      = optional(number, 10)
    requests_per_task_and_minute = optional(number, 6000)
    spot                         = optional(bool, false)
    on_demand_base               = optional(number, 1)
    settings                     = optional(map(string), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.api.settings) : startswith(name, "SIGHTLINE_")])
    error_message = "Additional settings must start with SIGHTLINE_."
  }
}

variable "api_deployment" {
  description = "How new tasks replace those of the api: `rolling`, or gradual shifts of the traffic by CodeDeploy that are rolled back if an alarm is raised: `ECSCanary10Percent5Minutes` (10% of the traffic, and the rest after 5 minutes), `ECSCanary10Percent15Minutes`, `ECSLinear10PercentEvery1Minutes`, `ECSLinear10PercentEvery3Minutes` or `ECSAllAtOnce`. See docs/deployments.md before changing it for a running stack."
  type        = string
  default     = "rolling"
  nullable    = false

  validation {
    condition = contains([
      "rolling",
      "ECSCanary10Percent5Minutes",
      "ECSCanary10Percent15Minutes",
      "ECSLinear10PercentEvery1Minutes",
      "ECSLinear10PercentEvery3Minutes",
      "ECSAllAtOnce",
    ], var.api_deployment)
    error_message = "The deployment of the api must be rolling or a predefined configuration of CodeDeploy for ECS, such as ECSCanary10Percent5Minutes."
  }
}

variable "worker" {
  description = "Size and number of the worker tasks, and additional settings (SIGHTLINE_...)."
  type = object({
    cpu               = optional(number, 512)
    memory            = optional(number, 2048)
    minimum           = optional(number, 1)
    maximum           = optional(number, 2)
    messages_per_task = optional(number, 50)
    spot              = optional(bool, true)
    on_demand_base    = optional(number, 1)
    settings          = optional(map(string), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.worker.settings) : startswith(name, "SIGHTLINE_")])
    error_message = "Additional settings must start with SIGHTLINE_."
  }

  validation {
    condition     = var.worker.memory >= 2048
    error_message = "The memory must be at least 2048 MiB: 1.25 GiB for a decode process and 0.5 GiB for the service, rounded up to a size that Fargate offers."
  }
}

variable "schedule" {
  description = "Working hours, for development: no tasks run from `stop` to `start`. Both are cron expressions (minutes, hours, day of month, month, day of week, year) in `time_zone`. Messages that are queued at `stop` are processed after the next start. Null runs the tasks permanently."
  type = object({
    start     = optional(string, "0 8 ? * MON-FRI *")
    stop      = optional(string, "0 19 ? * MON-FRI *")
    time_zone = optional(string, "UTC")
  })
  default = null

  validation {
    condition     = var.schedule == null || alltrue([for cron in [try(var.schedule.start, ""), try(var.schedule.stop, "")] : length(split(" ", cron)) == 6])
    error_message = "The start and the stop must be cron expressions of six fields, such as 0 8 ? * MON-FRI *."
  }
}

variable "replicated" {
  description = "Whether the data is replicated to or from a second region, which `standby/` connects. Deleted objects leave a delete marker, and noncurrent versions are kept for one day."
  type        = bool
  default     = false
  nullable    = false
}

variable "replica_of" {
  description = "Name of the stack in another region, such as `sightline-prod`, whose replicated table and container images this stack uses. Null creates both."
  type        = string
  default     = null

  validation {
    condition     = var.replica_of == null || var.replicated
    error_message = "A stack that uses the table of another one must be replicated."
  }
}

variable "recognition_calls_per_second" {
  description = "The account's Rekognition quota for DetectLabels in the region, in calls per second: 5 by default, 50 in the largest regions. It is divided by the maximum number of workers; a maximum above a fifth of the quota adds no throughput."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.recognition_calls_per_second > 0
    error_message = "The quota must be greater than 0."
  }
}

variable "resizer" {
  description = "Size and number of the resizer tasks, and additional settings (SIGHTLINE_...)."
  type = object({
    cpu               = optional(number, 1024)
    memory            = optional(number, 2048)
    minimum           = optional(number, 1)
    maximum           = optional(number, 10)
    messages_per_task = optional(number, 50)
    spot              = optional(bool, true)
    on_demand_base    = optional(number, 1)
    settings          = optional(map(string), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.resizer.settings) : startswith(name, "SIGHTLINE_")])
    error_message = "Additional settings must start with SIGHTLINE_."
  }

  validation {
    condition     = var.resizer.memory >= 2048
    error_message = "The memory must be at least 2048 MiB: 1.25 GiB for a decode process and 0.5 GiB for the service, rounded up to a size that Fargate offers."
  }
}

variable "notifier" {
  description = "Size and number of the notifier tasks, which deliver webhooks, e-mail and the events of `event_bus`, and additional settings (SIGHTLINE_...). `internet` gives them public IP addresses in a stack without other internet egress, because webhooks are on the internet. `enabled = false` switches all notifications off."
  type = object({
    enabled           = optional(bool, true)
    cpu               = optional(number, 256)
    memory            = optional(number, 512)
    minimum           = optional(number, 1)
    maximum           = optional(number, 2)
    messages_per_task = optional(number, 500)
    internet          = optional(bool, false)
    spot              = optional(bool, true)
    on_demand_base    = optional(number, 1)
    settings          = optional(map(string), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.notifier.settings) : startswith(name, "SIGHTLINE_")])
    error_message = "Additional settings must start with SIGHTLINE_."
  }
}

variable "event_bus" {
  description = "Whether the notifier publishes image events on an EventBridge bus with the name of the stack, to which other applications of the account attach rules. EventBridge charges for each million events."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.event_bus || var.notifier.enabled
    error_message = "The notifier publishes the events of the bus: it must be enabled."
  }
}

variable "task_environment" {
  description = "Additional environment variables of all tasks, such as `AWS_ENDPOINT_URL_S3` for a private or emulated endpoint. Service settings (SIGHTLINE_...) belong in `api`, `worker`, `resizer` and `notifier`."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.task_environment) : can(regex("^[A-Z][A-Z0-9_]*$", name)) && !startswith(name, "SIGHTLINE_") && !startswith(name, "AWS_ACCESS_KEY") && !startswith(name, "AWS_SECRET") && !startswith(name, "AWS_SESSION")])
    error_message = "Names must consist of uppercase letters, digits and underscores, and must be neither service settings (SIGHTLINE_...) nor AWS credentials: the tasks use their roles."
  }
}

variable "quotas" {
  description = "Quotas per user, because anyone can sign up unless `self_sign_up` is false: stored images, their total size in GB, and Rekognition calls per month (unlimited if omitted or null), outstanding uploads, and requests per second to each API task."
  type = object({
    images              = optional(number)
    gigabytes           = optional(number)
    monthly_calls       = optional(number)
    uploads             = optional(number, 10000)
    requests_per_second = optional(number, 50)
  })
  default  = { images = 50000, gigabytes = 200, monthly_calls = 20000 }
  nullable = false

  validation {
    condition     = alltrue([for quota in values(var.quotas) : try(quota >= 0, true)])
    error_message = "The quotas must be at least 0, or null."
  }

  validation {
    condition     = var.quotas.uploads > 0 && var.quotas.requests_per_second > 0
    error_message = "The outstanding uploads and the requests per second must be greater than 0."
  }
}

variable "url_signing" {
  description = "Serves images through CloudFront with signed URLs: the public key (PEM), a version that increases with each new key pair, and further public keys that are accepted during a rotation. Null serves them from S3 with presigned URLs."
  type = object({
    public_key        = string
    version           = number
    other_public_keys = optional(list(string), [])
  })
  default = null

  validation {
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
    condition     = length(try(var.url_signing.other_public_keys, [])) <= 4
    error_message = "A key group has at most 5 public keys."
  }
}

variable "url_signing_private_key" {
  description = "Private key of the pair (PEM); required only when the version changes. Stored in Secrets Manager, never in the state or in a plan."
  type        = string
  default     = null
  sensitive   = true
  ephemeral   = true
}

variable "cors_origins" {
  description = "Origins of other web pages that may call the API and upload, such as http://localhost:5173 for development."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^https?://[^/*]+$", origin))])
    error_message = "Each origin must be a scheme and a host, without a path or a wildcard."
  }
}

variable "callback_urls" {
  description = "Additional callback URLs of the sign-in page."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "machine_clients" {
  description = "Services that call the API with client credentials, such as `{ importer = [\"images:write\"] }`: the name of each, and the scopes that it may request (`images:read`, `images:write`, `albums:write`, `shares:write`, `account:read`). Each acts for a service account of its own."
  type        = map(set(string))
  default     = {}
  nullable    = false
}

variable "identity_providers" {
  description = "Identity providers that people may sign in with, by name: the type (`Google`, `Facebook`, `LoginWithAmazon`, `SignInWithApple`, `SAML` or `OIDC`), the details that Cognito requires for it except `client_secret`, the attributes of users, and further identifiers such as the email domain. Each has a button on the sign-in page."
  type = map(object({
    type              = string
    details           = map(string)
    attribute_mapping = optional(map(string), { email = "email" })
    identifiers       = optional(list(string), [])
  }))
  default  = {}
  nullable = false
}

variable "identity_provider_secrets" {
  description = "Client secrets of the identity providers, by name. The state holds them."
  type        = map(string)
  default     = {}
  nullable    = false
  sensitive   = true
}

variable "email" {
  description = "Sends verification codes and notifications through Amazon SES: the sender, such as `Sightline <no-reply@photos.example.com>`, at the domain of the application. `production` states that SES has granted the account production access in the region; until then Cognito uses its built-in email and no notifications are sent, because SES would deliver to verified addresses only. Null uses the built-in email of Cognito, at most 50 a day, without notifications."
  type = object({
    sender     = string
    production = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.email == null || (var.domain != null && can(regex("[^@ <]@${coalesce(var.domain, "-")}>?$", try(var.email.sender, ""))))
    error_message = "The sender must be an email address at the domain of the application, which requires a domain."
  }
}

variable "mfa" {
  description = "Multi-factor authentication: `OFF`, `OPTIONAL` or `ON`."
  type        = string
  default     = "OPTIONAL"
  nullable    = false
}

variable "self_sign_up" {
  description = "Whether self-service sign-up is enabled."
  type        = bool
  default     = true
  nullable    = false
}

variable "map_tiles" {
  description = "Map server of the web application, over the base map that is shipped: the URL template of its raster tiles, such as `https://tiles.example.com/{z}/{x}/{y}.png`, and the attribution that it requires. The server sees which places users look at. Null makes no request to a map server."
  type = object({
    url         = string
    attribution = string
  })
  default = null

  validation {
    condition = var.map_tiles == null || (
      can(regex("^https://[A-Za-z0-9.:-]+/[^ ]+$", try(var.map_tiles.url, ""))) &&
      alltrue([for part in ["{z}", "{x}", "{y}"] : strcontains(try(var.map_tiles.url, ""), part)])
    )
    error_message = "The URL must be https, with {z}, {x} and {y} behind the host."
  }
}

variable "shell" {
  description = "Whether operators with the IAM permission may open a shell in a task (ECS Exec)."
  type        = bool
  default     = false
  nullable    = false
}

variable "container_insights" {
  description = "Whether ECS records metrics per task (Container Insights), for about 9 US dollars a month. No alarm or scaling policy depends on them."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_level" {
  description = "Log level of the services. Above `INFO`, the api logs no requests, which start the first task of a service that rests at zero: this can then take 15 minutes."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "The log level must be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "log_retention_days" {
  description = "Retention of all logs, in days."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "The retention must be one that CloudWatch supports: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 or 731 days."
  }
}

variable "noncurrent_days" {
  description = "Days for which deleted and overwritten originals can be restored. They use storage until then."
  type        = number
  default     = 30
  nullable    = false
}

variable "alert_emails" {
  description = "E-mail addresses that receive alarms; each must confirm the subscription once."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "alert_webhooks" {
  description = "HTTPS endpoints of paging services, such as PagerDuty or Opsgenie, by name. They are notified only if users are affected. The URLs are secrets: set them in `TF_VAR_alert_webhooks`."
  type        = map(string)
  default     = {}
  nullable    = false
  sensitive   = true
}

variable "alert_slack" {
  description = "Slack workspace and channel that receive all alarms of the region. Authorize the workspace in the console of Amazon Q Developer in chat applications first."
  type = object({
    team_id    = string
    channel_id = string
  })
  default = null
}

variable "max_p99_seconds" {
  description = "p99 response time above which an alarm is raised, in seconds."
  type        = number
  default     = 1
  nullable    = false
}

variable "tracing" {
  description = "Sends traces to AWS X-Ray, through the collector of the AWS Distro for OpenTelemetry in each task: the share of traces that is sampled (0 to 1), and the repository and version of the collector's image. Tasks without internet egress need a copy of the image in Amazon ECR: see docs/observability.md. The collector uses at most 256 MiB of its task and no capacity of its own. X-Ray charges 5 US dollars per million sampled traces; an interface endpoint adds about 7 US dollars a month per Availability Zone. Null records no traces."
  type = object({
    sample_ratio = optional(number, 0.1)
    repository   = optional(string, "public.ecr.aws/aws-observability/aws-otel-collector")
    version      = optional(string, "v0.49.0")
  })
  default = null

  validation {
    condition     = var.tracing == null || try(var.tracing.sample_ratio >= 0 && var.tracing.sample_ratio <= 1, false)
    error_message = "The sample ratio must be from 0 to 1."
  }

  validation {
    condition     = var.tracing == null || try(var.tracing.version != "latest" && can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.tracing.version)), false)
    error_message = "The version must be a fixed tag of the image, such as v0.49.0."
  }

  validation {
    condition     = var.tracing == null || var.public_tasks || var.nat_gateways > 0 || can(regex(local.private_registry, var.tracing.repository))
    error_message = "The tasks have no internet egress and cannot pull the image of the collector. Copy it to Amazon ECR in the same region, and set the repository to ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME."
  }
}

variable "objectives" {
  description = "Whether burn-rate alarms watch the service-level objectives: 99% of images processed within 30 seconds, 99.9% of requests answered. About 5 US dollars a month."
  type        = bool
  default     = false
  nullable    = false
}

variable "budget" {
  description = "Monthly budget in US dollars, with alerts at 50% and 90% of actual cost and at 100% of forecast cost. Null creates no budget. `only_this_stack` filters by the cost allocation tag `Stack`, which must be activated in the billing console first, as for `anomaly_usd`: alerts on unusual costs of the stack above this amount. `recognition_usd` adds a budget for Rekognition in the whole account."
  type = object({
    limit_usd       = number
    only_this_stack = optional(bool, false)
    recognition_usd = optional(number)
    anomaly_usd     = optional(number)
  })
  default = null
}

variable "analytics" {
  description = "Settings of analytics with Athena; null creates none. All data of analytics expires after `retention_days`, and accounts leave the view with the next refresh after their erasure. A new `key_version` replaces all hashes of owners. `quicksight_principal_arn` is a QuickSight user or group for which the view becomes data sets."
  type = object({
    schedule                 = optional(string, "cron(0 3 * * ? *)")
    retention_days           = optional(number, 7)
    scan_limit_mb            = optional(number, 10000)
    key_version              = optional(number, 1)
    quicksight_principal_arn = optional(string)
  })
  default = null

  validation {
    condition     = try(var.analytics.retention_days >= 2 && var.analytics.retention_days <= 30, var.analytics == null)
    error_message = "The retention must be 2 to 30 days: the view must live longer than the interval of its refreshes."
  }
}

variable "purge" {
  description = "Schedule in UTC of the task that deletes expired images from the trash, as EventBridge Scheduler expects it: at least once a day. `enabled = false` switches the task off: run `ops purge --apply` yourself. A replica does not run it."
  type = object({
    enabled  = optional(bool, true)
    schedule = optional(string, "cron(0 4 * * ? *)")
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^(cron|rate)\\(.+\\)$", var.purge.schedule))
    error_message = "The schedule of the purge must be a cron or a rate expression."
  }
}

variable "price_class" {
  description = "CloudFront price class: `PriceClass_100` (North America and Europe), `PriceClass_200` or `PriceClass_All`."
  type        = string
  default     = "PriceClass_100"
  nullable    = false
}

variable "firewall" {
  description = "Whether AWS WAF protects the distribution, for 9 US dollars a month plus requests. Set to false for development, or if the web ACL of a CloudFront flat-rate plan replaces it."
  type        = bool
  default     = true
  nullable    = false
}

variable "hsts_preload" {
  description = "Whether the Strict-Transport-Security header covers all subdomains of the domain and permits inclusion in the preload lists of browsers. Decide this as the owner of the domain: it also applies to other sites under it, and is slow to revoke."
  type        = bool
  default     = false
  nullable    = false
}

variable "requests_per_address" {
  description = "Rate limit: API requests (under /v1) per IP address in 5 minutes."
  type        = number
  default     = 3000
  nullable    = false
}

variable "max_retries" {
  description = "Maximum number of retries of a failed AWS API call by Terraform."
  type        = number
  default     = 25
  nullable    = false
}
