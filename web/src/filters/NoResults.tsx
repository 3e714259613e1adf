import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { imageListQuery } from "../api/images";
import { DEFAULT_SORT } from "../gallery/sort";
import { useServices } from "../services";
import { Icon } from "../ui/Icon";
import { ConditionChip } from "./FilterChips";
import { listConditions } from "./conditions";
import { NO_FILTER, type Filter } from "./filter";
import { useScope } from "./scope";

interface Props {
  filter: Filter;
  onChange: (change: Partial<Filter>) => void;
}

/** Shown if no image matches; offers to remove each condition without which some do. */
export default function NoResults({ filter, onChange }: Props) {
  const { t } = useTranslation();
  const { api, queries } = useServices();
  const conditions = listConditions(filter, useScope());
  const found = useQueries({
    queries: conditions.map(({ removal }) => {
      const rest = { ...filter, ...removal };
      const queryFn = async () => {
        const { pages } = await queries.fetchInfiniteQuery(imageListQuery(api, rest, DEFAULT_SORT));
        return pages.some(({ items }) => items.length > 0);
      };
      return { queryKey: ["hasImages", rest], queryFn, enabled: conditions.length > 1 };
    }),
  });
  const helpful = conditions.filter((_, at) => found[at]?.data);
  return (
    <div className="empty-state">
      <span className="empty-icon">
        <Icon name="search" size={40} />
      </span>
      <h2>{t("gallery.noResults")}</h2>
      <p>{t("gallery.noResultsText")}</p>
      {helpful.length > 0 && (
        <>
          <p>{t("search.removeOne")}</p>
          <div className="chips no-results-chips">
            {helpful.map((condition) => (
              <ConditionChip
                key={`${condition.kind} ${condition.value}`}
                condition={condition}
                onRemove={() => onChange(condition.removal)}
              />
            ))}
          </div>
        </>
      )}
      <button type="button" className="button" onClick={() => onChange(NO_FILTER)}>
        {t("filter.clear")}
      </button>
    </div>
  );
}
