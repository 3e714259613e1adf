import { useMemo } from "react";
import { useTranslation } from "react-i18next";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Locale-aware formatting of numbers and times. */
export interface Format {
  number(value: number): string;
  /** A fraction, 0 to 1, as a percentage. */
  percent(value: number): string;
  bytes(value: number): string;
  dollars(value: number): string;
  date(value: string | Date): string;
  dateTime(value: string | Date): string;
  /** A day given as `2026-05-10`, with its day of the week. */
  day(value: string): string;
  /** A month given as `2026-05`. */
  month(value: string): string;
  shortMonth(value: string): string;
  seconds(value: number): string;
  days(value: number): string;
}

export function createFormat(language: string): Format {
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const money = new Intl.NumberFormat(language, { style: "currency", currency: "USD", maximumFractionDigits: 4 });
  const date = new Intl.DateTimeFormat(language, { dateStyle: "long" });
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const month = new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" });
  const shortMonth = new Intl.DateTimeFormat(language, { month: "short", timeZone: "UTC" });
  const second = new Intl.NumberFormat(language, { style: "unit", unit: "second", maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "long", timeZone: "UTC" });
  const days = new Intl.NumberFormat(language, { style: "unit", unit: "day", unitDisplay: "long" });
  return {
    number: (value) => number.format(value),
    percent: (value) => percent.format(value),
    bytes(value) {
      const power = value < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3));
      const digits = power < 2 ? 0 : 1;
      // The short form of bytes has no plural.
      const unitDisplay = power === 0 ? "long" : "short";
      const unit = { style: "unit", unit: UNITS[power], unitDisplay, maximumFractionDigits: digits } as const;
      return new Intl.NumberFormat(language, unit).format(value / 1000 ** power);
    },
    dollars: (value) => money.format(value),
    date: (value) => date.format(new Date(value)),
    dateTime: (value) => dateTime.format(new Date(value)),
    day: (value) => day.format(new Date(`${value}T12:00:00Z`)),
    month: (value) => month.format(new Date(`${value}-15T12:00:00Z`)),
    shortMonth: (value) => shortMonth.format(new Date(`${value}-15T12:00:00Z`)),
    seconds: (value) => second.format(value),
    days: (value) => days.format(value),
  };
}

/** Return the browser's regional variant of a language: `en-GB`, for example, for its date format. */
export function resolveLocale(language: string, preferred: readonly string[]): string {
  return preferred.find((tag) => tag.split("-")[0] === language) ?? language;
}

export function useFormat(): Format {
  const { i18n } = useTranslation();
  return useMemo(() => createFormat(resolveLocale(i18n.language, navigator.languages)), [i18n.language]);
}
