import { Unreachable, type Schemas } from "sightline-client";

/** S3 has refused the form; `code` is its own name of why, as `EntityTooLarge`. */
export class FormRefused extends Error {
  override readonly name = "FormRefused";

  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

/** Milliseconds without a single byte moving until an upload counts as broken off. */
const STALLED = 60_000;

/**
 * Posts a file with a ticket's form, telling how much of it has been sent (0 to 1). Not by `fetch`,
 * which does not tell. Throws `Unreachable`, `FormRefused`, and an `AbortError`.
 */
export function postForm(
  form: Schemas["UploadTarget"],
  file: Blob,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer = setTimeout(stall, STALLED);
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
      timer = setTimeout(stall, STALLED);
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () =>
      finish(() => {
        if (request.status >= 200 && request.status < 300) return resolve();
        const code = /<Code>(\w+)<\/Code>/.exec(request.responseText)?.[1] ?? String(request.status);
        reject(new FormRefused(request.status, code));
      });
    request.onerror = () => finish(() => reject(new Unreachable("upload")));
    signal.addEventListener("abort", abort);
    if (signal.aborted) return abort();
    request.open("POST", form.url);
    request.send(fill(form.fields, file));
  });
}

function fill(fields: Record<string, string>, file: Blob): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  // The last field: S3 ignores whatever follows the file.
  data.append("file", file);
  return data;
}
