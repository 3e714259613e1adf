data "aws_region" "current" {}

locals {
  full_name = "${var.cluster_name}-${var.name}"
  # Without an image, no tasks run.
  deployable = var.image_tag != null
  minimum    = local.deployable ? var.scaling.minimum : 0
  maximum    = local.deployable ? var.scaling.maximum : 0

  # A deployment by CodeDeploy needs an image to compare with, so the first one is a rolling update of no tasks.
  uses_codedeploy = var.deployment_controller == "CODE_DEPLOY" && local.deployable
  # ECS cannot change the controller of a service, and both services exist while one replaces the other.
  service_name = local.uses_codedeploy ? "${var.name}-canary" : var.name
  # The same name, known to Terraform as an attribute of the service: what uses it is created after the service.
  existing_service_name = one(concat(aws_ecs_service.this[*].name, aws_ecs_service.canary[*].name))

  # ECS Exec runs the SSM agent in the container, which writes its state and its logs there.
  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
  writable_paths = merge(
    { scratch = "/tmp" },
    var.shell == null ? {} : { shell-state = "/var/lib/amazon", shell-logs = "/var/log/amazon" },
  )
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338:Log retention is a setting.
  name              = "/${var.cluster_name}/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_ecs_task_definition" "this" {
  family                   = local.full_name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  # Earlier revisions stay active: ECS cannot roll back to a deregistered one. The stack script deregisters
  # them when the stack is destroyed.
  skip_destroy = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  # The root file system is read-only. These volumes are the only writable paths, deleted with the task.
  dynamic "volume" {
    for_each = local.writable_paths

    content {
      name = volume.key
    }
  }

  container_definitions = jsonencode(concat([{
    name      = var.name
    image     = "${var.repository_url}:${coalesce(var.image_tag, "none")}"
    essential = true
    cpu       = var.collector == null ? 0 : var.cpu - local.collector_cpu

    environment = [for name in sort(keys(var.environment)) : { name = name, value = var.environment[name] }]
    secrets     = [for name in sort(keys(var.secrets)) : { name = name, valueFrom = var.secrets[name] }]

    portMappings = [{ containerPort = var.port, hostPort = var.port, protocol = "tcp" }]

    # Uses Python, which all images contain.
    healthCheck = {
      command = [
        "CMD", "python", "-c",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:${var.port}/health', timeout=4)",
      ]
      interval    = 15
      timeout     = 5
      retries     = 3
      startPeriod = 60
    }

    readonlyRootFilesystem = true
    privileged             = false
    stopTimeout            = var.stop_seconds
    linuxParameters        = { initProcessEnabled = true, capabilities = { add = [], drop = ["ALL"] } }
    mountPoints            = [for name, path in local.writable_paths : { sourceVolume = name, containerPath = path, readOnly = false }]
    ulimits                = [{ name = "nofile", softLimit = 65536, hardLimit = 65536 }]
    volumesFrom            = []
    systemControls         = []

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = data.aws_region.current.id
        awslogs-stream-prefix = "task"
        # Logging never blocks the service.
        mode            = "non-blocking"
        max-buffer-size = "4m"
      }
    }
  }], local.collector_containers))
}

# Replaces its tasks by rolling updates, which each apply with a new task definition starts.
resource "aws_ecs_service" "this" {
  count = local.uses_codedeploy ? 0 : 1

  name                   = var.name
  cluster                = var.cluster_name
  task_definition        = aws_ecs_task_definition.this.arn
  desired_count          = local.minimum
  platform_version       = "1.4.0"
  propagate_tags         = "SERVICE"
  enable_execute_command = var.shell != null

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  availability_zone_rebalancing      = "ENABLED"
  health_check_grace_period_seconds  = var.target_group_arn == null ? null : 60

  # Without it, the provider replaces the service when the capacity provider strategy changes: all tasks would
  # stop, and the new service could not have the name of the old one.
  force_new_deployment = true

  # Base tasks run on on-demand capacity, further tasks on Spot if it is enabled.
  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = var.on_demand_base
    weight            = var.spot ? 0 : 1
  }

  dynamic "capacity_provider_strategy" {
    for_each = var.spot ? ["FARGATE_SPOT"] : []

    content {
      capacity_provider = capacity_provider_strategy.value
      weight            = 1
    }
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = var.public_ip
  }

  dynamic "load_balancer" {
    for_each = var.target_group_arn == null ? [] : [var.target_group_arn]

    content {
      target_group_arn = load_balancer.value
      container_name   = var.name
      container_port   = var.port
    }
  }

  # A task that starts before its role has permissions would fail and be restarted.
  depends_on = [aws_iam_role_policy.task, aws_iam_role_policy.execution]

  lifecycle {
    # A switch of the controller creates the new service first: see docs/deployments.md.
    create_before_destroy = true
    # Managed by autoscaling after creation.
    ignore_changes = [desired_count]
  }
}
