import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";

const QrCode = lazy(() => import("./QrCode"));

/** Who issues the codes, as authenticator apps show it. */
const ISSUER = "Sightline";

/** Shows a secret to an authenticator app: as a QR code, and as text. */
export function MfaSetup({ secret, email }: { secret: string; email: string }) {
  const { t } = useTranslation();
  return (
    <>
      <p>{t("mfa.scan")}</p>
      <Suspense fallback={<div className="qr-code" />}>
        <QrCode text={formatUri(secret, email)} label={t("mfa.qrCode")} />
      </Suspense>
      <input className="input api-key-secret" dir="ltr" readOnly value={secret} aria-label={t("mfa.key")} />
      <p className="muted small">{t("mfa.saveKey")}</p>
    </>
  );
}

/** The content of the QR code: https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
function formatUri(secret: string, email: string): string {
  const label = encodeURIComponent(`${ISSUER}:${email}`);
  return `otpauth://totp/${label}?${new URLSearchParams({ secret, issuer: ISSUER })}`;
}
