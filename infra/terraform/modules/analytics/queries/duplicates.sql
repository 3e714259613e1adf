-- Images that repeat an earlier image of the same owner: the same bytes, or other bytes that look the same.
WITH repeated AS (
  SELECT
    CAST(date_trunc('month', created_at) AS DATE) AS month,
    bytes,
    row_number() OVER (PARTITION BY content_hash ORDER BY created_at, image_hash) > 1 AS is_same_content,
    visual_hash IS NOT NULL
      AND row_number() OVER (PARTITION BY visual_hash ORDER BY created_at, image_hash) > 1 AS is_same_look
  FROM images
  WHERE status <> 'awaiting_upload'
)
SELECT
  month,
  count(*) AS images,
  count(CASE WHEN is_same_content THEN 1 END) AS same_content,
  count(CASE WHEN is_same_look AND NOT is_same_content THEN 1 END) AS same_look,
  coalesce(sum(CASE WHEN is_same_content OR is_same_look THEN bytes END), 0) AS repeated_bytes
FROM repeated
GROUP BY month
ORDER BY month
