-- Costs of each owner in US dollars: paid recognition calls, and one month of storage of what is stored now.
-- The prices are those of infra/terraform/prices.json.
WITH prices AS (
  SELECT CAST(1.0 AS DOUBLE) AS recognition_thousand, CAST(0.023 AS DOUBLE) AS storage_gb_month
),
calls AS (
  SELECT
    owner_hash,
    sum(calls_labels + calls_properties + calls_text + calls_faces + calls_moderation) AS calls
  FROM usage
  GROUP BY owner_hash
),
stored AS (
  SELECT owner_hash, count(*) AS images, sum(bytes) AS bytes
  FROM images
  WHERE status <> 'awaiting_upload'
  GROUP BY owner_hash
)
SELECT
  coalesce(calls.owner_hash, stored.owner_hash) AS owner_hash,
  coalesce(stored.images, 0) AS images,
  coalesce(stored.bytes, 0) AS bytes,
  coalesce(calls.calls, 0) AS calls,
  CAST(coalesce(calls.calls, 0) AS DOUBLE) / 1000 * prices.recognition_thousand AS recognition_usd,
  CAST(coalesce(stored.bytes, 0) AS DOUBLE) / 1e9 * prices.storage_gb_month AS monthly_storage_usd
FROM calls
FULL OUTER JOIN stored ON stored.owner_hash = calls.owner_hash
CROSS JOIN prices
ORDER BY recognition_usd DESC, monthly_storage_usd DESC, owner_hash
