import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Schemas } from "sightline-client";
import { useServices } from "../services";

export type ApiKey = Schemas["ApiKeyView"];
export type ApiKeyRequest = Schemas["ApiKeyRequest"];
export type Scope = Schemas["ApiKeyScope"];

export const SCOPES = ["images:read", "images:write", "albums:write", "shares:write", "account:read"] as const satisfies Scope[];

const QUERY_KEY = ["api-keys"];

export function useApiKeys() {
  const { api } = useServices();
  return useQuery({
    queryKey: QUERY_KEY,
    queryFn: async ({ signal }) => (await api.GET("/v1/api-keys", { signal })).data!.items,
  });
}

/** Create a key; the result holds its secret, which is not cached. */
export function useCreateApiKey() {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: ApiKeyRequest) => (await api.POST("/v1/api-keys", { body })).data!,
    onSuccess: () => queries.invalidateQueries({ queryKey: QUERY_KEY }),
    gcTime: 0,
  });
}

export function useRevokeApiKey() {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.DELETE("/v1/api-keys/{api_key_id}", { params: { path: { api_key_id: id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: QUERY_KEY }),
  });
}
