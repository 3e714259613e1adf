/** The user's webhook endpoints and the deliveries to them. */
import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Schemas } from "sightline-client";
import { useServices } from "../services";

export type Webhook = Schemas["WebhookView"];
export type WebhookRequest = Schemas["WebhookRequest"];
export type WebhookChanges = Schemas["WebhookChanges"];
export type WebhookEvent = Schemas["WebhookEventType"];
export type Delivery = Schemas["DeliveryView"];

export const WEBHOOK_EVENTS = [
  "image.ready",
  "image.failed",
  "image.deleted",
  "album.created",
  "album.updated",
  "album.deleted",
] as const satisfies WebhookEvent[];

const WEBHOOKS = ["webhooks"];
const DELIVERIES = "webhook-deliveries";

/** Interval of requests while a delivery is pending. */
const POLL_MILLISECONDS = 3_000;

export function useWebhooks() {
  const { api } = useServices();
  return useQuery({
    queryKey: WEBHOOKS,
    queryFn: async ({ signal }) => (await api.GET("/v1/webhooks", { signal })).data!.items,
  });
}

/** Deliveries to an endpoint, newest first; refreshed until none is pending. */
export function useDeliveries(webhook: string) {
  const { api } = useServices();
  const query = useInfiniteQuery(
    infiniteQueryOptions({
      queryKey: [DELIVERIES, webhook],
      queryFn: async ({ pageParam, signal }) => {
        const query = { limit: 20, ...(pageParam ? { cursor: pageParam } : {}) };
        const params = { path: { webhook_id: webhook }, query };
        return (await api.GET("/v1/webhooks/{webhook_id}/deliveries", { params, signal })).data!;
      },
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next_cursor,
      refetchInterval: ({ state }) =>
        state.data?.pages.some((page) => page.items.some((each) => each.state === "pending")) ? POLL_MILLISECONDS : false,
    }),
  );
  const deliveries = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { ...query, deliveries };
}

/** Mutations of endpoints. A secret is returned once and not cached. */
export function useWebhookActions() {
  const { api, queries } = useServices();
  const refetch = () => queries.invalidateQueries({ queryKey: WEBHOOKS });
  const refetchDeliveries = (id: string) => queries.invalidateQueries({ queryKey: [DELIVERIES, id] });
  const path = (id: string) => ({ path: { webhook_id: id } });
  const create = useMutation({
    mutationFn: async (body: WebhookRequest) => (await api.POST("/v1/webhooks", { body })).data!,
    onSuccess: refetch,
    gcTime: 0,
  });
  const change = useMutation({
    mutationFn: async ({ id, body }: { id: string; body: WebhookChanges }) =>
      (await api.PATCH("/v1/webhooks/{webhook_id}", { params: path(id), body })).data!,
    onSuccess: refetch,
  });
  const remove = useMutation({
    mutationFn: (id: string) => api.DELETE("/v1/webhooks/{webhook_id}", { params: path(id) }),
    onSettled: refetch,
  });
  const rotate = useMutation({
    mutationFn: async (id: string) => (await api.POST("/v1/webhooks/{webhook_id}/secret", { params: path(id) })).data!,
    onSuccess: refetch,
    gcTime: 0,
  });
  const test = useMutation({
    mutationFn: (id: string) => api.POST("/v1/webhooks/{webhook_id}/test", { params: path(id) }),
    onSuccess: (_, id) => refetchDeliveries(id),
  });
  const replay = useMutation({
    mutationFn: ({ id, delivery }: { id: string; delivery: string }) =>
      api.POST("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", {
        params: { path: { webhook_id: id, delivery_id: delivery } },
      }),
    onSuccess: (_, { id }) => refetchDeliveries(id),
  });
  return { create, change, remove, rotate, test, replay };
}
