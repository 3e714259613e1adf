import type { Schemas, Sightline } from "./client.js";
import { Unreachable } from "./problem.js";

export interface UploadOptions {
  /** The name of a `File` by default. */
  title?: string;
  /** The type of the `Blob` by default. */
  mediaType?: Schemas["ImageUploadRequest"]["media_type"];
  features?: Schemas["Feature"][];
  signal?: AbortSignal;
}

/** S3 rejected an upload. */
export class StorageError extends Error {
  override readonly name = "StorageError";

  constructor(
    readonly status: number,
    /** S3's error code, such as `EntityTooLarge`; empty if the response names none. */
    readonly code: string,
  ) {
    super(`S3 error: ${code || status}`);
  }
}

/** The API's limit for a title, in characters. */
const MAX_TITLE_LENGTH = 200;

/**
 * Uploads an image and returns it; it may still be processing. If the content cannot be sent, the
 * image is deleted again. Throws `Problem`, `StorageError` and `Unreachable`.
 */
export async function uploadImage(
  sightline: Sightline,
  file: Blob,
  options: UploadOptions = {},
): Promise<Schemas["ImageView"]> {
  const signal = options.signal ?? null;
  const { data } = await sightline.POST("/v1/images", {
    params: { header: { "idempotency-key": crypto.randomUUID() } },
    body: await describe(file, options),
    signal,
  });
  const { image, upload } = data as Schemas["ImageUpload"];
  const params = { path: { image_id: image.id } };
  try {
    await send(upload, file, signal);
  } catch (error) {
    // The upload has failed already; an image without content also expires by itself.
    await sightline.DELETE("/v1/images/{image_id}", { params }).catch(() => {});
    throw error;
  }
  const current = await sightline.GET("/v1/images/{image_id}", { params, signal });
  return current.data as Schemas["ImageView"];
}

async function describe(
  file: Blob,
  options: UploadOptions,
): Promise<Schemas["ImageUploadRequest"]> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const name = options.title ?? (file instanceof File ? file.name : "");
  const title = name.slice(0, MAX_TITLE_LENGTH).trim();
  return {
    media_type: options.mediaType ?? (file.type as Schemas["ImageUploadRequest"]["media_type"]),
    bytes: file.size,
    sha256: Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join(""),
    ...(title && { title }),
    ...(options.features && { features: options.features }),
  };
}

async function send(
  target: Schemas["UploadTarget"],
  file: Blob,
  signal: AbortSignal | null,
): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(target.fields)) form.append(name, value);
  // S3 ignores the fields after the file.
  form.append("file", file);
  const response = await fetch(target.url, { method: "POST", body: form, signal }).catch(
    (error: unknown) => {
      if (signal?.aborted) throw error;
      throw new Unreachable(error);
    },
  );
  if (response.ok) return;
  const [, code = ""] = /<Code>([^<]+)<\/Code>/.exec(await response.text()) ?? [];
  throw new StorageError(response.status, code);
}
