import { Store } from "./store";

export type Theme = "system" | "light" | "dark";

const STORAGE_KEY = "sightline.theme";

export const theme = new Store<Theme>((localStorage.getItem(STORAGE_KEY) as Theme | null) ?? "system");

export function initTheme(): void {
  apply(theme.value);
  theme.subscribe(() => {
    localStorage.setItem(STORAGE_KEY, theme.value);
    apply(theme.value);
  });
}

function apply(chosen: Theme): void {
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}
