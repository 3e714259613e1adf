import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useServices } from "../services";

export function useUsage() {
  const { api } = useServices();
  return useQuery({
    queryKey: ["usage"],
    queryFn: async ({ signal }) => (await api.GET("/v1/usage", { signal })).data!,
    staleTime: 30_000,
  });
}

/** Words of photos that start with the last word of a text, the most frequent first. */
export function useWords(prefix: string, limit: number) {
  const { api } = useServices();
  return useQuery({
    queryKey: ["words", prefix, limit],
    queryFn: async ({ signal }) =>
      (await api.GET("/v1/words", { params: { query: { prefix, limit } }, signal })).data!.items,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    enabled: prefix !== "",
  });
}

/** Labels that start with a prefix, each with its number of images. */
export function useLabels(prefix = "", limit = 100) {
  const { api } = useServices();
  return useQuery({
    queryKey: ["labels", prefix, limit],
    queryFn: async ({ signal }) => {
      const query = { limit, ...(prefix ? { prefix } : {}) };
      return (await api.GET("/v1/labels", { params: { query }, signal })).data!.items;
    },
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
}
