import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWebhookActions, useWebhooks, type Webhook } from "../api/webhooks";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { EmptyState } from "../ui/EmptyState";
import { useErrorMessage } from "../ui/errorMessages";
import { Icon } from "../ui/Icon";
import { QueryState } from "../ui/QueryState";
import { SecretDialog } from "../ui/SecretDialog";
import { showToast } from "../ui/toasts";
import { Deliveries } from "./Deliveries";
import { EndpointDialog } from "./EndpointDialog";
import { EVENT_TEXTS } from "./webhookEvents";

/** Webhook endpoints, with what was delivered to each. */
export function WebhooksSection() {
  const { t } = useTranslation();
  const webhooks = useWebhooks();
  const [creating, setCreating] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const add = (
    <button type="button" className="button primary" onClick={() => setCreating(true)}>
      <Icon name="plus" size={18} /> {t("webhooks.create")}
    </button>
  );
  return (
    <>
      <section className="card row">
        <div className="grow settings-intro">
          <h2>{t("settings.webhooks")}</h2>
          <p className="muted">{t("webhooks.text")}</p>
        </div>
        {webhooks.data && webhooks.data.length > 0 && add}
      </section>
      <QueryState query={webhooks} height={200} />
      {webhooks.data?.length === 0 && (
        <EmptyState icon="webhook" title={t("webhooks.none")} text={t("webhooks.noneText")} action={add} />
      )}
      {webhooks.data?.map((webhook) => (
        <Endpoint key={webhook.id} webhook={webhook} onSecret={setSecret} />
      ))}
      {creating && <EndpointDialog onSecret={setSecret} onClose={() => setCreating(false)} />}
      {secret !== null && (
        <SecretDialog
          title={t("webhooks.secretTitle")}
          text={t("webhooks.secretText")}
          label={t("webhooks.secretTitle")}
          secret={secret}
          copy={t("webhooks.copy")}
          copied={t("webhooks.copied")}
          onClose={() => setSecret(null)}
        />
      )}
    </>
  );
}

interface EndpointProps {
  webhook: Webhook;
  /** Receives a new secret, which is shown once. */
  onSecret: (secret: string) => void;
}

function Endpoint({ webhook, onSecret }: EndpointProps) {
  const { t } = useTranslation();
  const describeError = useErrorMessage();
  const { change, remove, rotate, test } = useWebhookActions();
  const [dialog, setDialog] = useState<"edit" | "rotate" | "delete" | null>(null);
  const [listing, setListing] = useState(false);
  const { id, url, state, failures } = webhook;
  const onError = (error: unknown) => void showToast({ tone: "danger", text: describeError(error) });

  function sendTest() {
    setListing(true);
    test.mutate(id, { onSuccess: () => void showToast({ text: t("webhooks.testSent") }), onError });
  }

  return (
    <section className="card stack" aria-label={url}>
      <div className="endpoint-header">
        <div className="grow">
          <h3 className="endpoint-url" dir="ltr">
            {url}
          </h3>
          {webhook.description && (
            <p className="muted small" dir="auto">
              {webhook.description}
            </p>
          )}
        </div>
        <StateChip webhook={webhook} />
      </div>
      <p className="muted small">
        {webhook.events.map((event) => t(EVENT_TEXTS[event])).join(", ")}
        {failures > 0 && ` · ${t("webhooks.failing", { count: failures })}`}
      </p>
      <div className="endpoint-actions">
        <button type="button" className="button compact" aria-expanded={listing} onClick={() => setListing(!listing)}>
          {t("webhooks.deliveries")}
        </button>
        <button type="button" className="button compact" disabled={test.isPending || state === "paused"} onClick={sendTest}>
          {t("webhooks.test")}
        </button>
        <button type="button" className="button compact" onClick={() => setDialog("edit")}>
          {t("webhooks.edit")}
        </button>
        <button
          type="button"
          className="button compact"
          disabled={change.isPending}
          onClick={() => change.mutate({ id, body: { paused: state === "active" } }, { onError })}
        >
          {t(state === "active" ? "webhooks.pause" : "webhooks.resume")}
        </button>
        <button type="button" className="button compact" onClick={() => setDialog("rotate")}>
          {t("webhooks.rotate")}
        </button>
        <button type="button" className="button compact danger" onClick={() => setDialog("delete")}>
          {t("webhooks.delete")}
        </button>
      </div>
      {listing && <Deliveries webhook={webhook} />}
      {dialog === "edit" && <EndpointDialog webhook={webhook} onSecret={onSecret} onClose={() => setDialog(null)} />}
      {dialog === "rotate" && (
        <ConfirmDialog
          title={t("webhooks.rotateQuestion", { url })}
          confirm={t("webhooks.rotate")}
          icon="key"
          onClose={() => setDialog(null)}
          onConfirm={async () => onSecret((await rotate.mutateAsync(id)).secret)}
        >
          <p>{t("webhooks.rotateText")}</p>
        </ConfirmDialog>
      )}
      {dialog === "delete" && (
        <ConfirmDialog
          title={t("webhooks.deleteQuestion", { url })}
          confirm={t("webhooks.delete")}
          onClose={() => setDialog(null)}
          onConfirm={async () => {
            await remove.mutateAsync(id);
            showToast({ text: t("webhooks.deleted") });
          }}
        >
          <p>{t("webhooks.deleteText")}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

function StateChip({ webhook: { state, pause_reason } }: { webhook: Webhook }) {
  const { t } = useTranslation();
  if (state === "active") return <span className="chip success">{t("webhooks.active")}</span>;
  return <span className="chip excluded">{t(`webhooks.paused.${pause_reason ?? "owner"}`)}</span>;
}
