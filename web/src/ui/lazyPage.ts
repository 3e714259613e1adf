import { lazy, type ComponentType } from "react";
import { loadPageTexts } from "../i18n";

/** A page or dialog that is loaded when it is first opened, together with the texts of pages. */
export function lazyPage<Props>(load: () => Promise<{ default: ComponentType<Props> }>) {
  return lazy(async () => (await Promise.all([load(), loadPageTexts()]))[0]);
}
