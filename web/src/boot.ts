/**
 * What the page runs first, while the rest is loaded: it renews a stored session, and requests the texts
 * and the code that its user needs. It is small, because a phone waits for it.
 */
import { loadConfig, type Config } from "./config";
import { catalogs, findLanguage } from "./i18n/languages";
import { Cognito } from "./session/cognito";
import { Session } from "./session/session";
import { EncryptedVault } from "./session/vault";

export interface Boot {
  config: Config;
  session: Session;
  /** Ends when the session is restored, or known to be absent. */
  restored: Promise<void>;
}

async function start(): Promise<Boot> {
  void catalogs[findLanguage()]();
  const config = await loadConfig();
  const session = new Session(new Cognito(config.cognito.endpoint, config.cognito.clientId), config, sessionStorage, new EncryptedVault());
  const restored = session.restore();
  if (session.isStored) {
    void import("./Shell");
    if (location.pathname === "/") void import("./gallery/GalleryPage");
  }
  return { config, session, restored };
}

export const boot = start();
// Who awaits it reports the error.
boot.catch(() => {});
