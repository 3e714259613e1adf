import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Field, Form } from "../account/Form";
import { useWebhookActions, WEBHOOK_EVENTS, type Webhook, type WebhookEvent } from "../api/webhooks";
import { Dialog } from "../ui/Dialog";
import { EVENT_TEXTS } from "./webhookEvents";

interface Props {
  /** The endpoint to edit; a new one without it. */
  webhook?: Webhook;
  /** Receives the secret of a new endpoint. */
  onSecret: (secret: string) => void;
  onClose: () => void;
}

/** The URL, description and events of an endpoint. */
export function EndpointDialog({ webhook, onSecret, onClose }: Props) {
  const { t } = useTranslation();
  const { create, change } = useWebhookActions();
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [description, setDescription] = useState(webhook?.description ?? "");
  const [events, setEvents] = useState<readonly WebhookEvent[]>(webhook?.events ?? ["image.ready", "image.failed"]);
  const title = t(webhook ? "webhooks.edit" : "webhooks.create");
  const toggle = (event: WebhookEvent, on: boolean) =>
    setEvents((chosen) => WEBHOOK_EVENTS.filter((each) => (each === event ? on : chosen.includes(each))));

  async function save() {
    const body = { url: url.trim(), description: description.trim() || null, events: [...events] };
    if (webhook) await change.mutateAsync({ id: webhook.id, body });
    else onSecret((await create.mutateAsync(body)).secret);
    onClose();
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <Form submit={webhook ? t("save") : title} onSubmit={save}>
        <Field
          label={t("webhooks.url")}
          type="url"
          pattern="https://.*"
          placeholder="https://"
          dir="ltr"
          maxLength={2048}
          data-autofocus=""
          value={url}
          onValue={setUrl}
        />
        <Field label={t("webhooks.description")} required={false} maxLength={200} value={description} onValue={setDescription} />
        <fieldset className="checks">
          <legend className="label">{t("webhooks.events")}</legend>
          {WEBHOOK_EVENTS.map((event) => (
            <label key={event} className="check">
              <input
                type="checkbox"
                checked={events.includes(event)}
                // An endpoint without events is rejected.
                required={events.length === 0}
                onChange={({ target }) => toggle(event, target.checked)}
              />
              <span>
                {t(EVENT_TEXTS[event])} <code className="muted small">{event}</code>
              </span>
            </label>
          ))}
        </fieldset>
      </Form>
    </Dialog>
  );
}
