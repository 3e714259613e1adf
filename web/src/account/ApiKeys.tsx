import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SCOPES, useApiKeys, useCreateApiKey, useRevokeApiKey, type ApiKey, type Scope } from "../api/apiKeys";
import { useFormat } from "../i18n/format";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { LoadError } from "../ui/LoadError";
import { SecretDialog } from "../ui/SecretDialog";
import { showToast } from "../ui/toasts";
import { Field, Form } from "./Form";

/** Lifetimes that are offered, days. */
const LIFETIMES = [30, 90, 180, 365];
const DEFAULT_LIFETIME = 90;

const SCOPE_TEXTS = {
  "images:read": "apiKeys.scope.imagesRead",
  "images:write": "apiKeys.scope.imagesWrite",
  "albums:write": "apiKeys.scope.albumsWrite",
  "shares:write": "apiKeys.scope.sharesWrite",
  "account:read": "apiKeys.scope.accountRead",
} as const satisfies Record<Scope, string>;

/** The user's API keys, with which programs act for the user. */
export function ApiKeys() {
  const { t } = useTranslation();
  const keys = useApiKeys();
  const [creating, setCreating] = useState(false);
  return (
    <section className="card stack">
      <h2>{t("apiKeys.title")}</h2>
      <p className="muted">{t("apiKeys.text")}</p>
      {keys.isError && <LoadError error={keys.error} onRetry={() => void keys.refetch()} />}
      {keys.data?.length === 0 && <p className="muted small">{t("apiKeys.none")}</p>}
      {keys.data && keys.data.length > 0 && (
        <ul className="api-keys">
          {keys.data.map((key) => (
            <ApiKeyItem key={key.id} apiKey={key} />
          ))}
        </ul>
      )}
      <div>
        <button type="button" className="button" onClick={() => setCreating(true)}>
          <Icon name="plus" /> {t("apiKeys.create")}
        </button>
      </div>
      {creating && <CreateDialog onClose={() => setCreating(false)} />}
    </section>
  );
}

function ApiKeyItem({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [revoking, setRevoking] = useState(false);
  const revoke = useRevokeApiKey();
  const expired = new Date(apiKey.expires_at) <= new Date();

  async function revokeKey() {
    await revoke.mutateAsync(apiKey.id);
    showToast({ text: t("apiKeys.revoked") });
  }

  return (
    <li className="row">
      <div className="grow">
        <p className="truncate" dir="auto">
          {apiKey.name}
        </p>
        <p className="muted small">
          <code dir="ltr">{apiKey.prefix}…</code> · {apiKey.scopes.map((scope) => t(SCOPE_TEXTS[scope])).join(", ")}
        </p>
        <p className="muted small">
          {t(expired ? "apiKeys.expired" : "apiKeys.expires", { date: format.date(apiKey.expires_at) })} ·{" "}
          {apiKey.last_used_at
            ? t("apiKeys.lastUsed", { date: format.dateTime(apiKey.last_used_at) })
            : t("apiKeys.neverUsed")}
        </p>
      </div>
      <button type="button" className="button danger" disabled={revoke.isPending} onClick={() => setRevoking(true)}>
        {t("apiKeys.revoke")}
      </button>
      {revoking && (
        <ConfirmDialog
          title={t("apiKeys.revokeQuestion", { name: apiKey.name })}
          confirm={t("apiKeys.revoke")}
          icon="key"
          onConfirm={revokeKey}
          onClose={() => setRevoking(false)}
        >
          <p>{t("apiKeys.revokeWarning")}</p>
        </ConfirmDialog>
      )}
    </li>
  );
}

function CreateDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const create = useCreateApiKey();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["images:read"]);
  const [days, setDays] = useState(DEFAULT_LIFETIME);

  if (create.data) {
    return (
      <SecretDialog
        title={t("apiKeys.created")}
        text={t("apiKeys.secretText")}
        label={t("apiKeys.secret")}
        secret={create.data.secret}
        copy={t("apiKeys.copy")}
        copied={t("apiKeys.copied")}
        onClose={onClose}
      />
    );
  }
  const toggle = (scope: Scope, on: boolean) =>
    setScopes((chosen) => SCOPES.filter((each) => (each === scope ? on : chosen.includes(each))));
  return (
    <Dialog title={t("apiKeys.create")} onClose={onClose}>
      <Form
        submit={t("apiKeys.create")}
        onSubmit={async () => {
          await create.mutateAsync({ name: name.trim(), scopes: [...scopes], expires_in_days: days });
        }}
      >
        <Field label={t("apiKeys.name")} value={name} onValue={setName} maxLength={100} pattern=".*\S.*" data-autofocus="" />
        <fieldset className="checks">
          <legend className="label">{t("apiKeys.scopes")}</legend>
          {SCOPES.map((scope) => (
            <label key={scope} className="check">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                // A key without scopes is refused.
                required={scopes.length === 0}
                onChange={(event) => toggle(scope, event.target.checked)}
              />
              {t(SCOPE_TEXTS[scope])}
            </label>
          ))}
        </fieldset>
        <label className="field">
          <span className="label">{t("apiKeys.lifetime")}</span>
          <select className="input" value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {LIFETIMES.map((each) => (
              <option key={each} value={each}>
                {format.days(each)}
              </option>
            ))}
          </select>
        </label>
      </Form>
    </Dialog>
  );
}
