import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Field, Form } from "../account/Form";
import { memberEmail, useAlbumInvitations, useMemberActions, useMembers, type AlbumInvitation, type AlbumMember, type AlbumRole } from "../api/members";
import { useFormat } from "../i18n/format";
import { useErrorMessage } from "../ui/errorMessages";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { LoadError } from "../ui/LoadError";
import { showToast } from "../ui/toasts";
import { changeSettings } from "./shareSettings";
import { VisibilityFields } from "./VisibilityFields";

const ROLES: readonly AlbumRole[] = ["viewer", "contributor"];

const NEW_MEMBER = { email: "", role: "viewer" as AlbumRole, metadata: false, position: false, original: false };

/** Whose access to end: a member's, or that of an open invitation. */
export type Removal = { member: AlbumMember } | { invitation: AlbumInvitation };

interface Props {
  album: string;
  onInvited: (email: string, token: string) => void;
  onRemove: (removal: Removal) => void;
}

/** Invites people to an album, and lists its members and open invitations. */
export function MembersPanel({ album, onInvited, onRemove }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const members = useMembers(album);
  const invitations = useAlbumInvitations(album);
  const { invite, update } = useMemberActions(album);
  const describeError = useErrorMessage();
  const [request, setRequest] = useState(NEW_MEMBER);
  const change = (part: Partial<typeof NEW_MEMBER>) => setRequest(changeSettings(request, part));

  async function send() {
    const { invitation, token } = await invite.mutateAsync(request);
    setRequest(NEW_MEMBER);
    onInvited(invitation.email, token);
  }

  return (
    <>
      <p className="muted">{t("members.text")}</p>
      <Form submit={t("members.create")} onSubmit={send}>
        <Field
          label={t("email")}
          type="email"
          autoComplete="off"
          dir="ltr"
          maxLength={254}
          value={request.email}
          onValue={(email) => change({ email })}
        />
        <label className="field">
          <span className="label">{t("members.role")}</span>
          <select className="input" value={request.role} onChange={({ target }) => change({ role: target.value as AlbumRole })}>
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {t(`members.${role}`)}
              </option>
            ))}
          </select>
        </label>
        <VisibilityFields legend={t("members.get")} visibility={request} onChange={change} />
      </Form>
      <h3>{t("members.title")}</h3>
      {members.isError && <LoadError error={members.error} onRetry={() => void members.refetch()} />}
      {members.data?.length === 0 && <p className="muted">{t("members.none")}</p>}
      <ul className="member-list">
        {members.data?.map((member) => {
          const email = memberEmail(member);
          return (
            <li key={member.id} className="row">
              <div className="grow">
                <p className="truncate" dir="auto">
                  {email}
                </p>
                {email !== member.email && <p className="muted small">{t("members.invitedAs", { email: member.email })}</p>}
              </div>
              <select
                className="input member-role"
                aria-label={`${t("members.role")}: ${email}`}
                value={update.variables?.id === member.id && update.isPending ? update.variables.role : member.role}
                disabled={update.isPending}
                onChange={({ target }) =>
                  update.mutate(
                    { id: member.id, role: target.value as AlbumRole },
                    { onError: (error) => void showToast({ tone: "danger", text: describeError(error) }) },
                  )
                }
              >
                {ROLES.map((role) => (
                  <option key={role} value={role}>
                    {t(`sharedAlbum.${role}`)}
                  </option>
                ))}
              </select>
              <button
                type="button"
                className="button danger"
                aria-label={`${t("members.remove")}: ${email}`}
                onClick={() => onRemove({ member })}
              >
                {t("members.remove")}
              </button>
            </li>
          );
        })}
      </ul>
      {invitations.isError && <LoadError error={invitations.error} onRetry={() => void invitations.refetch()} />}
      {invitations.data && invitations.data.length > 0 && (
        <>
          <h3>{t("members.invitations")}</h3>
          <ul className="member-list">
            {invitations.data.map((invitation) => (
              <li key={invitation.id} className="row">
                <div className="grow">
                  <p className="truncate" dir="auto">
                    {invitation.email}
                  </p>
                  <p className="muted small">
                    {t(`sharedAlbum.${invitation.role}`)} · {t("shared.expires", { date: format.date(invitation.expires_at) })}
                  </p>
                </div>
                <button
                  type="button"
                  className="button danger"
                  aria-label={`${t("members.revoke")}: ${invitation.email}`}
                  onClick={() => onRemove({ invitation })}
                >
                  {t("members.revoke")}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

interface RemovalProps {
  album: string;
  title: string;
  removal: Removal;
  onClose: () => void;
}

/** Asks before a member is removed or an invitation is revoked. */
export function RemovalDialog({ album, title, removal, onClose }: RemovalProps) {
  const { t } = useTranslation();
  const { remove, revoke } = useMemberActions(album);
  if ("member" in removal) {
    const { member } = removal;
    return (
      <ConfirmDialog
        title={t("members.removeQuestion", { email: memberEmail(member), title })}
        confirm={t("members.remove")}
        icon="close"
        onClose={onClose}
        onConfirm={async () => {
          await remove.mutateAsync(member.id);
          showToast({ text: t("members.removed") });
        }}
      >
        <p>{t("members.removeText")}</p>
      </ConfirmDialog>
    );
  }
  const { invitation } = removal;
  return (
    <ConfirmDialog
      title={t("members.revokeQuestion", { email: invitation.email, title })}
      confirm={t("members.revoke")}
      icon="close"
      onClose={onClose}
      onConfirm={async () => {
        await revoke.mutateAsync(invitation.id);
        showToast({ text: t("members.revoked") });
      }}
    >
      <p>{t("members.revokeText")}</p>
    </ConfirmDialog>
  );
}
