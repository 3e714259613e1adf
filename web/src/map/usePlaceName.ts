import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { PlaceName } from "./places";
import { formatPosition } from "./positionText";

/** Return a function that names a place: its city, else its region or position; and its country in the user's language. */
export function usePlaceName(): (place: PlaceName) => { title: string; country: string | null } {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const countries = new Intl.DisplayNames(i18n.language, { type: "region", fallback: "none" });
    return (place) => ({
      title: place.city ?? place.region ?? formatPosition(place),
      country: (place.countryCode && countries.of(place.countryCode)) || place.country,
    });
  }, [i18n.language]);
}
