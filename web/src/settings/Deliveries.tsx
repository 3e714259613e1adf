import { useTranslation } from "react-i18next";
import { useDeliveries, useWebhookActions, type Delivery, type Webhook } from "../api/webhooks";
import { useFormat } from "../i18n/format";
import { useErrorMessage } from "../ui/errorMessages";
import { Icon } from "../ui/Icon";
import { LoadError } from "../ui/LoadError";
import { showToast } from "../ui/toasts";
import { EVENT_TEXTS } from "./webhookEvents";

/** Errors with a text of their own. */
const KNOWN_ERRORS = ["timeout", "connection_failed", "host_not_found", "tls_failed"] as const;

/** What was sent to an endpoint, newest first. */
export function Deliveries({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const { deliveries, isPending, isError, error, refetch, isFetching, hasNextPage, fetchNextPage } = useDeliveries(webhook.id);
  return (
    <div className="stack" aria-busy={isPending}>
      <div className="row">
        <p className="label grow">{t("webhooks.deliveries")}</p>
        <button type="button" className="button plain compact" disabled={isFetching} onClick={() => void refetch()}>
          <Icon name="retry" size={16} /> {t("webhooks.refresh")}
        </button>
      </div>
      {isError && <LoadError error={error} onRetry={() => void refetch()} />}
      {!isPending && !isError && deliveries.length === 0 && <p className="muted small">{t("webhooks.noDeliveries")}</p>}
      {deliveries.length > 0 && (
        <ul className="deliveries">
          {deliveries.map((delivery) => (
            <DeliveryItem key={delivery.id} delivery={delivery} webhook={webhook} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <button type="button" className="button compact" onClick={() => void fetchNextPage()}>
          {t("loadMore")}
        </button>
      )}
    </div>
  );
}

function DeliveryItem({ delivery, webhook }: { delivery: Delivery; webhook: Webhook }) {
  const { t } = useTranslation();
  const format = useFormat();
  const describeError = useErrorMessage();
  const { replay } = useWebhookActions();
  const { state } = delivery;
  const event = EVENT_TEXTS[delivery.event as keyof typeof EVENT_TEXTS];
  const facts = [
    format.dateTime(delivery.created_at),
    t("webhooks.attempts", { count: delivery.attempts }),
    useResult(delivery),
    state === "pending" && delivery.next_attempt_at
      ? t("webhooks.nextAttempt", { date: format.dateTime(delivery.next_attempt_at) })
      : null,
  ].filter((each) => each !== null);

  function sendAgain() {
    replay.mutate(
      { id: webhook.id, delivery: delivery.id },
      {
        onSuccess: () => void showToast({ text: t("webhooks.replayed") }),
        onError: (error) => void showToast({ tone: "danger", text: describeError(error) }),
      },
    );
  }

  return (
    <li>
      <div className="row">
        <span className={`chip ${STATE_STYLES[state]}`}>{t(`webhooks.state.${state}`)}</span>
        <span className="grow">{event ? t(event) : <code>{delivery.event}</code>}</span>
        {state !== "pending" && (
          <button
            type="button"
            className="button compact"
            disabled={replay.isPending || webhook.state === "paused"}
            onClick={sendAgain}
          >
            <Icon name="retry" size={16} /> {t("webhooks.replay")}
          </button>
        )}
      </div>
      <p className="muted small">{facts.join(" · ")}</p>
      <details>
        <summary className="small">{t("webhooks.payload")}</summary>
        <pre className="payload" dir="ltr" tabIndex={0}>
          {formatPayload(delivery.payload)}
        </pre>
      </details>
    </li>
  );
}

const STATE_STYLES = { pending: "", delivered: "success", failed: "excluded" } as const satisfies Record<Delivery["state"], string>;

/** The HTTP status or the error of the last attempt; null if there was none. */
function useResult({ status, error, state }: Delivery): string | null {
  const { t } = useTranslation();
  if (status !== null) return `HTTP ${status}`;
  if (error === null || state === "delivered") return null;
  const known = KNOWN_ERRORS.find((each) => each === error);
  return known ? t(`webhooks.error.${known}`) : t("webhooks.error.other");
}

/** Return a payload with indentation; as it is if it is not JSON. */
function formatPayload(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
