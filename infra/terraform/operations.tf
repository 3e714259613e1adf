# Scheduled tasks of the operations tool. See docs/operations.md.

locals {
  # Deletions are replicated to the other region, so that one purge suffices.
  purges = var.purge.enabled && var.replica_of == null

  # As long as the api states; the option must be above 0.
  trash_days = try(max(tonumber(local.settings.api["SIGHTLINE_TRASH_DAYS"]), 0.001), null)

  purge_command = concat(
    ["python", "-m", "sightline_ops", "--json", "purge", "--apply"],
    local.trash_days == null ? [] : ["--days", tostring(local.trash_days)],
  )

  # The outputs that the tool needs, in the format of `terraform output -json`.
  ops_outputs = {
    for name, value in {
      region     = var.region
      table      = local.table.name
      replicated = var.replicated
      buckets    = { originals = module.originals.name, renditions = module.renditions.name }
      queues = {
        recognition      = module.recognition.url
        recognition_dead = module.recognition.dead_letter_queue_url
        renditions       = module.renditions_queue.url
        renditions_dead  = module.renditions_queue.dead_letter_queue_url
      }
    } : name => { value = value }
  }
}

# Deletes images from the trash, and reports what else is inconsistent. A run takes about a minute.
module "purge" {
  count = local.purges ? 1 : 0

  source = "./modules/scheduled_task"

  stack        = local.name
  name         = "purge"
  description  = "Deletes expired images from the trash of ${local.name}."
  command      = local.purge_command
  policy       = data.aws_iam_policy_document.purge.json
  architecture = var.architecture
  # A task holds one page of images and objects at a time.
  cpu                = 512
  memory             = 1024
  cluster_name       = module.cluster.name
  schedule           = var.purge.schedule
  log_retention_days = var.log_retention_days
  kms_key_arn        = module.key.arn
  alerts_topic_arn   = module.alerts_topic.arn
  # The command prints it after its last step.
  completion_pattern = "\"Steps of the purge\""

  settings = {
    AWS_REGION              = var.region
    SIGHTLINE_STACK_OUTPUTS = jsonencode(local.ops_outputs)
  }

  image = {
    repository_url = local.repositories["ops"].url
    repository_arn = local.repositories["ops"].arn
    tag            = var.image_tag
  }

  network = {
    vpc_id                      = module.network.vpc_id
    subnet_ids                  = local.task_subnet_ids
    public_ip                   = var.public_tasks
    endpoint_security_group_ids = module.network.endpoint_security_group_ids
    gateway_prefix_list_ids     = module.network.gateway_prefix_list_ids
    internet                    = local.internet
  }
}
