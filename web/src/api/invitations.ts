/** Invitations to albums of other owners. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Problem, type Schemas } from "sightline-client";
import { useServices } from "../services";

export type Invitation = Schemas["InvitationView"];

export function useInvitation(token: string) {
  const { api } = useServices();
  return useQuery({
    queryKey: ["invitation", token],
    queryFn: async ({ signal }) => (await api.GET("/v1/invitations/{token}", { params: { path: { token } }, signal })).data!,
    // A token works once, so that it is not fetched again after the answer.
    staleTime: Infinity,
    gcTime: 0,
  });
}

/** Mutations that answer an invitation. Its token stops working afterwards. */
export function useInvitationActions(token: string) {
  const { api, queries, session } = useServices();
  const params = { path: { token } };
  const accept = useMutation({
    mutationFn: async () => {
      const send = async (id_token: string | null) =>
        (await api.POST("/v1/invitations/{token}/accept", { params, body: { id_token } })).data!;
      const idToken = await session.idToken();
      try {
        return await send(idToken);
      } catch (error) {
        // Without a verified email address, the owner sees only where the invitation was sent.
        if (hasCode(error, "email_not_verified")) return await send(null);
        throw error;
      }
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ["albums"] }),
  });
  const decline = useMutation({
    mutationFn: () => api.POST("/v1/invitations/{token}/decline", { params }),
  });
  return { accept, decline };
}

export const hasCode = (error: unknown, code: string) => error instanceof Problem && error.code === code;
