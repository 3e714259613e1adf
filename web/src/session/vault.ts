/** Where a session survives the end of the browser (see docs/decisions/web-0003). */
import { createStore, get, set, clear, type UseStore } from "idb-keyval";

/** What continues a session. */
export interface StoredSession {
  refreshToken: string;
  email: string;
  owner: string;
  fromPage?: boolean;
  access?: Access;
}

/** The tokens that expire first, and the time when they do, in milliseconds. */
export interface Access {
  token: string;
  idToken: string;
  expiresAt: number;
}

export interface SessionVault {
  load(): Promise<StoredSession | null>;
  save(session: StoredSession): Promise<void>;
  /** Remove the session of an owner, and leave that of another one. */
  remove(owner: string): Promise<void>;
}

interface SealedSession {
  owner: string;
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

const FLAG = "sightline.isKept";
const KEY = "key";
const SESSION = "session";

/** Length of the initialization vector of AES-GCM, bytes (NIST SP 800-38D). */
const IV_BYTES = 12;

/** Keeps the session in IndexedDB, encrypted with a key that scripts can use but not read. */
export class EncryptedVault implements SessionVault {
  #store: UseStore | null = null;

  async load(): Promise<StoredSession | null> {
    // Known without waiting for the database.
    if (localStorage.getItem(FLAG) === null) return null;
    try {
      const [key, sealed] = await Promise.all([this.#get<CryptoKey>(KEY), this.#get<SealedSession>(SESSION)]);
      if (!key || !sealed) return null;
      const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key, sealed.data);
      return JSON.parse(new TextDecoder().decode(data)) as StoredSession;
    } catch {
      // A browser may refuse storage, or have lost a part of it: the user signs in again.
      return null;
    }
  }

  async save(session: StoredSession): Promise<void> {
    try {
      const key = (await this.#get<CryptoKey>(KEY)) ?? (await this.#createKey());
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(session)));
      const sealed: SealedSession = { owner: session.owner, iv, data };
      await set(SESSION, sealed, this.#open());
      localStorage.setItem(FLAG, "1");
    } catch {
      // The session ends with the tab.
    }
  }

  async remove(owner: string): Promise<void> {
    try {
      if ((await this.#get<SealedSession>(SESSION))?.owner !== owner) return;
      localStorage.removeItem(FLAG);
      await clear(this.#open());
    } catch {
      localStorage.removeItem(FLAG);
    }
  }

  async #createKey(): Promise<CryptoKey> {
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await set(KEY, key, this.#open());
    return key;
  }

  #get<T>(name: string): Promise<T | undefined> {
    return get<T>(name, this.#open());
  }

  #open(): UseStore {
    return (this.#store ??= createStore("sightline-session", "session"));
  }
}

/** Keeps nothing. */
export class NullVault implements SessionVault {
  async load(): Promise<null> {
    return null;
  }

  async save(): Promise<void> {}

  async remove(): Promise<void> {}
}
