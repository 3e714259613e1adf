-- What became of the images of each day. `abandoned` are uploads that never came, until their rows expire.
SELECT
  CAST(created_at AS DATE) AS day,
  count(*) AS images,
  count(CASE WHEN status = 'ready' THEN 1 END) AS ready,
  count(CASE WHEN status = 'failed' THEN 1 END) AS failed,
  count(CASE WHEN status = 'processing' THEN 1 END) AS processing,
  count(CASE WHEN status = 'awaiting_upload' THEN 1 END) AS abandoned,
  CAST(count(CASE WHEN status = 'ready' THEN 1 END) AS DOUBLE)
    / nullif(count(CASE WHEN status IN ('ready', 'failed') THEN 1 END), 0) AS ready_share
FROM images
GROUP BY 1
ORDER BY 1
