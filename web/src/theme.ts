import { Store } from "./store";

export type Theme = "system" | "light" | "dark";

const KEY = "sightline.theme";

export const theme = new Store<Theme>((localStorage.getItem(KEY) as Theme | null) ?? "system");

export function startTheme(): void {
  apply(theme.value);
  theme.subscribe(() => {
    localStorage.setItem(KEY, theme.value);
    apply(theme.value);
  });
}

function apply(chosen: Theme): void {
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}
