import { Unreachable, type Schemas } from "sightline-client";

/** S3 rejected the presigned POST; `code` is its error code, for example `EntityTooLarge`. */
export class PostRejected extends Error {
  override readonly name = "PostRejected";

  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

/** Time without progress after which an upload counts as interrupted. */
const STALL_TIMEOUT_MILLISECONDS = 60_000;

/**
 * Upload a file with a presigned POST, reporting the fraction sent (0 to 1). Uses XMLHttpRequest,
 * because `fetch` reports no upload progress. Throws `Unreachable`, `PostRejected` or an `AbortError`.
 */
export function postFile(
  target: Schemas["UploadTarget"],
  file: Blob,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer = setTimeout(stall, STALL_TIMEOUT_MILLISECONDS);
    function stall() {
      request.abort();
      finish(() => reject(new Unreachable("stalled")));
    }
    function abort() {
      request.abort();
      finish(() => reject(signal.reason));
    }
    function finish(settle: () => void) {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      settle();
    }
    request.upload.onprogress = (event) => {
      clearTimeout(timer);
      timer = setTimeout(stall, STALL_TIMEOUT_MILLISECONDS);
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () =>
      finish(() => {
        if (request.status >= 200 && request.status < 300) return resolve();
        const code = /<Code>(\w+)<\/Code>/.exec(request.responseText)?.[1] ?? String(request.status);
        reject(new PostRejected(request.status, code));
      });
    request.onerror = () => finish(() => reject(new Unreachable("upload")));
    signal.addEventListener("abort", abort);
    if (signal.aborted) return abort();
    request.open("POST", target.url);
    request.send(buildForm(target.fields, file));
  });
}

function buildForm(fields: Record<string, string>, file: Blob): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  // S3 ignores all fields after the file.
  data.append("file", file);
  return data;
}
