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
