import { useMutation, useQuery } from "@tanstack/react-query";
import type { Schemas } from "sightline-client";
import { useServices } from "../services";

export type EmailNotifications = Schemas["EmailNotificationsView"];
export type EmailKind = Schemas["EmailKind"];

export const EMAIL_KINDS = [
  "batch_done",
  "image_failed",
  "webhook_paused",
  "quota_warning",
  "budget_warning",
] as const satisfies EmailKind[];

const QUERY_KEY = ["notifications"];

export function useNotifications() {
  const { api } = useServices();
  return useQuery({
    queryKey: QUERY_KEY,
    queryFn: async ({ signal }) => (await api.GET("/v1/account/notifications", { signal })).data!,
  });
}

/** Change what is sent. The ID token proves the email address that messages go to. */
export function useChangeNotifications() {
  const { api, queries, session } = useServices();
  return useMutation({
    mutationFn: async (changes: Pick<EmailNotifications, "kinds" | "language">) => {
      const id_token = await session.idToken();
      return (await api.PATCH("/v1/account/notifications", { body: { ...changes, id_token } })).data!;
    },
    onSuccess: (notifications) => queries.setQueryData(QUERY_KEY, notifications),
  });
}
