-- Uploads and paid calls of each month, also of images that were deleted since.
SELECT
  month,
  count(DISTINCT owner_hash) AS owners,
  sum(images) AS images,
  sum(bytes) AS bytes,
  sum(calls_labels) AS calls_labels,
  sum(calls_properties) AS calls_properties,
  sum(calls_text) AS calls_text,
  sum(calls_faces) AS calls_faces,
  sum(calls_moderation) AS calls_moderation
FROM usage
GROUP BY month
ORDER BY month
