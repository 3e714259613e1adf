import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { initTranslations, loadPageTexts } from "../src/i18n";
import { DeletionQueue } from "../src/deletions/deletionQueue";
import { ServicesContext, type Services } from "../src/services";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

/** A request to the API: its method and path, and what was sent. */
export interface Call {
  request: string;
  init: { params?: { path?: Record<string, string>; query?: Record<string, unknown> }; body?: never };
}

/** What the API answers, by method and path. */
export type Answers = Record<string, (init: Call["init"]) => unknown>;

export interface Rendered {
  root: HTMLElement;
  calls: Call[];
  services: Services;
  click(name: string | RegExp): Promise<void>;
  type(label: string | RegExp, value: string): Promise<void>;
  /** Click a checkbox or radio button whose label starts with the text. */
  choose(label: string): Promise<void>;
  button(name: string | RegExp): HTMLButtonElement;
  text(): string;
}

const describeCall = ({ request, init }: Call) => `${request} ${JSON.stringify(init.params?.path ?? {})}`;

function makeApi(answers: Answers, calls: Call[]): Services["api"] {
  const method = (name: string) => async (path: string, init: Call["init"] = {}) => {
    const call = { request: `${name} ${path}`, init };
    calls.push(call);
    const answer = answers[call.request];
    if (!answer) throw new Error(`Unexpected request: ${describeCall(call)}`);
    return { data: answer(init), response: new Response() };
  };
  const [GET, POST, PATCH, DELETE] = ["GET", "POST", "PATCH", "DELETE"].map(method);
  return { GET, POST, PATCH, DELETE } as never;
}

/** What the previous test rendered; it must not react to the next one. */
let mounted: Root | null = null;

/** Render into the document with an API that gives these answers, and wait until it has loaded. */
export async function render(content: ReactNode, answers: Answers = {}, more: Partial<Services> = {}): Promise<Rendered> {
  await act(async () => mounted?.unmount());
  await initTranslations();
  await loadPageTexts();
  const calls: Call[] = [];
  const api = makeApi(answers, calls);
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const services = { config: { api: "" }, api, queries, deletions: new DeletionQueue(api, queries, () => {}), ...more } as Services;
  document.body.innerHTML = "<div></div>";
  const root = document.body.firstElementChild as HTMLElement;
  const reactRoot = (mounted = createRoot(root));
  await act(async () =>
    reactRoot.render(
      <ServicesContext value={services}>
        <QueryClientProvider client={queries}>{content}</QueryClientProvider>
      </ServicesContext>,
    ),
  );
  await settle();
  const matches = (text: string, name: string | RegExp) => (typeof name === "string" ? text === name : name.test(text));
  const button = (name: string | RegExp) => {
    const all = [...document.querySelectorAll<HTMLButtonElement>("button, [role=option]")];
    const found = all.filter((each) => matches(each.getAttribute("aria-label") ?? each.textContent.trim(), name)).at(-1);
    if (!found) throw new Error(`No button ${name} in: ${root.innerHTML}`);
    return found;
  };
  return {
    root,
    calls,
    services,
    button,
    text: () => root.textContent,
    async click(name) {
      await act(async () => button(name).click());
      await settle();
    },
    async choose(label) {
      const found = [...document.querySelectorAll("label")].find((each) => each.textContent.trim().startsWith(label));
      await act(async () => found!.querySelector("input")!.click());
      await settle();
    },
    async type(label, value) {
      const found = [...document.querySelectorAll("label")].find((each) => matches(each.textContent.trim(), label));
      const field = (found?.control ?? found?.querySelector<HTMLElement>("input, select") ?? document.getElementById(found?.htmlFor ?? "")) as HTMLInputElement;
      await act(async () => {
        // React overrides the setter to notice changes that it made itself.
        Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field) as object, "value")!.set!.call(field, value);
        field.dispatchEvent(new Event(field.tagName === "SELECT" ? "change" : "input", { bubbles: true }));
      });
      await settle();
    },
  };
}

/** Let queries and mutations that need no timer complete. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await act(async () => new Promise((resolve) => setTimeout(resolve, 0)));
}
