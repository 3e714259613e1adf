import { Store } from "../store";

/** Whether the upload dialog is open. The header and empty pages open it. */
export const uploadDialog = new Store(false);
