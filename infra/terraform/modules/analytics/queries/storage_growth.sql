-- Stored originals by the day of their upload, and the total up to that day. Deleted images count on no day.
WITH daily AS (
  SELECT CAST(created_at AS DATE) AS day, count(*) AS images, sum(bytes) AS bytes
  FROM images
  WHERE status <> 'awaiting_upload'
  GROUP BY 1
)
SELECT
  day,
  images,
  bytes,
  sum(images) OVER (ORDER BY day) AS total_images,
  sum(bytes) OVER (ORDER BY day) AS total_bytes
FROM daily
ORDER BY day
