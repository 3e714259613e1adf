import { act } from "react";
import { describe, expect, test } from "vitest";
import type { Delivery, Webhook } from "../src/api/webhooks";
import { NotificationsSection } from "../src/settings/NotificationsSection";
import { WebhooksSection } from "../src/settings/WebhooksSection";
import { render, type Answers } from "./render";

const WEBHOOK: Webhook = {
  id: "w1",
  url: "https://hooks.example.com/photos",
  events: ["image.ready"],
  description: null,
  state: "active",
  pause_reason: null,
  paused_at: null,
  failures: 2,
  failing_since: null,
  previous_secret_expires_at: null,
  created_at: "2026-05-10T12:00:00Z",
};

const DELIVERY: Delivery = {
  id: "d1",
  event: "image.ready",
  subject_id: "i1",
  state: "failed",
  attempts: 3,
  status: null,
  error: "timeout",
  attempted_at: "2026-05-10T12:00:00Z",
  next_attempt_at: null,
  created_at: "2026-05-10T12:00:00Z",
  payload: '{"type":"image.ready"}',
};

const SECRET = "whsec_C2FVsBQIhrscChlQIMV";

describe("webhooks", () => {
  const answers: Answers = {
    "GET /v1/webhooks": () => ({ items: [WEBHOOK] }),
    "POST /v1/webhooks": () => ({ webhook: WEBHOOK, secret: SECRET }),
    "PATCH /v1/webhooks/{webhook_id}": () => WEBHOOK,
    "POST /v1/webhooks/{webhook_id}/secret": () => ({ webhook: WEBHOOK, secret: SECRET }),
    "GET /v1/webhooks/{webhook_id}/deliveries": () => ({ items: [DELIVERY], next_cursor: null }),
    "POST /v1/webhooks/{webhook_id}/test": () => DELIVERY,
    "POST /v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay": () => DELIVERY,
  };

  test("a new endpoint shows its secret once", async () => {
    const { click, type, calls, root, text } = await render(<WebhooksSection />, { ...answers, "GET /v1/webhooks": () => ({ items: [] }) });
    expect(text()).toContain("No webhooks yet");
    await click("Add endpoint");
    await type("URL (https)", "https://hooks.example.com/x");
    await click("Add endpoint");
    const { body } = calls.find(({ request }) => request === "POST /v1/webhooks")!.init;
    expect(body).toEqual({ url: "https://hooks.example.com/x", description: null, events: ["image.ready", "image.failed"] });
    expect(root.querySelector<HTMLInputElement>("input.secret")?.value).toBe(SECRET);
    await click("Close");
    expect(root.innerHTML).not.toContain(SECRET);
  });

  test("an endpoint is paused, and a paused one says why", async () => {
    const { click, calls } = await render(<WebhooksSection />, answers);
    await click("Pause");
    expect(calls.find(({ request }) => request.startsWith("PATCH"))?.init.body).toEqual({ paused: true });
    const paused: Webhook = { ...WEBHOOK, state: "paused", pause_reason: "failing" };
    const second = await render(<WebhooksSection />, { ...answers, "GET /v1/webhooks": () => ({ items: [paused] }) });
    expect(second.text()).toContain("Paused after failing for 20 hours");
    expect(second.button("Send test").disabled).toBe(true);
    expect(second.button("Resume").disabled).toBe(false);
  });

  test("the secret is rotated after a question", async () => {
    const { click, root } = await render(<WebhooksSection />, answers);
    await click("Rotate secret");
    await click("Rotate secret");
    expect(root.querySelector<HTMLInputElement>("input.secret")?.value).toBe(SECRET);
  });

  test("deliveries show why they failed and are replayed", async () => {
    const { click, calls, text } = await render(<WebhooksSection />, answers);
    expect(text()).toContain("2 failed attempts");
    await click("Deliveries");
    expect(text()).toContain("3 attempts · No response within 10 seconds");
    await click("Replay");
    expect(calls.find(({ request }) => request.endsWith("/replay"))?.init.params?.path).toEqual({ webhook_id: "w1", delivery_id: "d1" });
  });

  test("a test shows its delivery", async () => {
    const { click, calls } = await render(<WebhooksSection />, answers);
    await click("Send test");
    const requests = calls.map(({ request }) => request);
    expect(requests).toContain("POST /v1/webhooks/{webhook_id}/test");
    expect(requests).toContain("GET /v1/webhooks/{webhook_id}/deliveries");
  });
});

describe("notifications", () => {
  test("a choice is sent with the ID token, which names the address", async () => {
    const answers: Answers = {
      "GET /v1/account/notifications": () => ({ kinds: [], language: "en", email: null }),
      "PATCH /v1/account/notifications": ({ body }) => ({ ...(body as object | undefined), email: "me@example.com" }),
    };
    const session = { idToken: async () => "id-token" } as never;
    const { root, click, calls, text } = await render(<NotificationsSection />, answers, { session });
    expect(text()).toContain("You get no emails.");
    await act(async () => root.querySelectorAll<HTMLInputElement>("input[type=checkbox]")[3]!.click());
    await click("Save");
    expect(calls.at(-1)?.init.body).toEqual({ kinds: ["quota_warning"], language: "en", id_token: "id-token" });
    expect(text()).toContain("Emails go to me@example.com.");
  });
});
