/** The members of an album of the user, and its open invitations. */
import { useMutation, useQuery } from "@tanstack/react-query";
import type { Schemas } from "sightline-client";
import { useServices } from "../services";

export type AlbumMember = Schemas["AlbumMemberView"];
export type AlbumInvitation = Schemas["AlbumInvitationView"];
export type AlbumRole = Schemas["AlbumRole"];
export type AlbumInvitationRequest = Schemas["AlbumInvitationRequest"];

// Below the key of the album, so that its events refetch them.
const membersKey = (album: string) => ["album", album, "members"];
const invitationsKey = (album: string) => ["album", album, "invitations"];

/** The person's own address if it was verified, else that of the invitation. */
export function memberEmail({ email, verified_email }: AlbumMember): string {
  return verified_email ?? email;
}

export function useMembers(album: string, enabled = true) {
  const { api } = useServices();
  return useQuery({
    enabled,
    queryKey: membersKey(album),
    queryFn: async ({ signal }) =>
      (await api.GET("/v1/albums/{album_id}/members", { params: { path: { album_id: album } }, signal })).data!.items,
  });
}

export function useAlbumInvitations(album: string) {
  const { api } = useServices();
  return useQuery({
    queryKey: invitationsKey(album),
    queryFn: async ({ signal }) =>
      (await api.GET("/v1/albums/{album_id}/invitations", { params: { path: { album_id: album } }, signal })).data!.items,
  });
}

/** Mutations of who has access to an album. The token of a new invitation is returned once and not cached. */
export function useMemberActions(album: string) {
  const { api, queries } = useServices();
  const refetchInvitations = () => queries.invalidateQueries({ queryKey: invitationsKey(album) });
  const invite = useMutation({
    mutationFn: async (body: AlbumInvitationRequest) =>
      (await api.POST("/v1/albums/{album_id}/invitations", { params: { path: { album_id: album } }, body })).data!,
    onSuccess: refetchInvitations,
    gcTime: 0,
  });
  const revoke = useMutation({
    mutationFn: (invitation_id: string) =>
      api.DELETE("/v1/albums/{album_id}/invitations/{invitation_id}", { params: { path: { album_id: album, invitation_id } } }),
    onSettled: refetchInvitations,
  });
  const remove = useMutation({
    mutationFn: (member_id: string) =>
      api.DELETE("/v1/albums/{album_id}/members/{member_id}", { params: { path: { album_id: album, member_id } } }),
    // The images that the member added leave the album, too.
    onSettled: () => queries.invalidateQueries({ queryKey: ["album", album] }),
  });
  const update = useMutation({
    mutationFn: ({ id, ...body }: { id: string; role: AlbumRole }) =>
      api.PATCH("/v1/albums/{album_id}/members/{member_id}", { params: { path: { album_id: album, member_id: id } }, body }),
    onSettled: () => queries.invalidateQueries({ queryKey: membersKey(album) }),
  });
  return { invite, revoke, remove, update };
}
