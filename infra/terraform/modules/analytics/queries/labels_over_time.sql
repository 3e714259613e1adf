-- The 20 most frequent labels of each month, and their share of the month's recognized images.
WITH monthly AS (
  SELECT CAST(date_trunc('month', created_at) AS DATE) AS month, label, count(*) AS images
  FROM labels
  GROUP BY 1, 2
),
recognized AS (
  SELECT CAST(date_trunc('month', created_at) AS DATE) AS month, count(DISTINCT image_hash) AS images
  FROM labels
  GROUP BY 1
),
ranked AS (
  SELECT month, label, images, row_number() OVER (PARTITION BY month ORDER BY images DESC, label) AS position
  FROM monthly
)
SELECT
  ranked.month,
  ranked.label,
  ranked.images,
  CAST(ranked.images AS DOUBLE) / recognized.images AS share
FROM ranked
JOIN recognized ON recognized.month = ranked.month
WHERE ranked.position <= 20
ORDER BY ranked.month, ranked.position
