import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { Form } from "../account/Form";
import { sharedAlbumPath } from "../albums/sharedAlbumPath";
import { useAlbum } from "../api/albums";
import { hasCode, useInvitation, useInvitationActions, type Invitation } from "../api/invitations";
import { useFormat } from "../i18n/format";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { EmptyState } from "../ui/EmptyState";
import { LoadError } from "../ui/LoadError";
import { PageSpinner } from "../ui/PageSpinner";
import { showToast } from "../ui/toasts";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import "./invitations.css";

/** An invitation to an album of another owner, which the signed-in user accepts or declines. */
export default function InvitationPage() {
  const { token = "" } = useParams<{ token: string }>();
  const { data, isPending, error, refetch } = useInvitation(token);
  const { t } = useTranslation();
  useDocumentTitle(data ? t("invitation.title", { title: data.album_title }) : undefined);
  if (isPending) return <PageSpinner />;
  return (
    <main className="page invitation-page" id="content">
      {data ? (
        <Answer token={token} invitation={data} />
      ) : isGone(error) ? (
        <Gone />
      ) : (
        <LoadError error={error} onRetry={() => void refetch()} />
      )}
    </main>
  );
}

/** Unknown, malformed, used, revoked and expired tokens are not distinguished by the API. */
function isGone(error: unknown): boolean {
  return hasCode(error, "invitation_not_found") || hasCode(error, "invalid_request");
}

function Gone() {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon="link"
      title={t("invitation.gone")}
      text={t("invitation.goneText")}
      action={
        <Link className="button primary" to="/albums">
          {t("shared.goToAlbums")}
        </Link>
      }
    />
  );
}

function Answer({ token, invitation }: { token: string; invitation: Invitation }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { accept, decline } = useInvitationActions(token);
  const [declining, setDeclining] = useState(false);
  const title = invitation.album_title;

  if (hasCode(accept.error, "already_member")) return <AlreadyMember invitation={invitation} />;
  if (isGone(accept.error)) return <Gone />;

  async function join() {
    try {
      const membership = await accept.mutateAsync();
      showToast({ text: t("sharedAlbum.joined", { title }) });
      navigate(sharedAlbumPath(membership.album_id), { replace: true });
    } catch (error) {
      if (!hasCode(error, "already_member") && !isGone(error)) throw error;
    }
  }

  return (
    <div className="card">
      <Form
        title={t("invitation.title", { title })}
        submit={t("invitation.accept")}
        onSubmit={join}
        after={
          <button type="button" className="button" onClick={() => setDeclining(true)}>
            {t("invitation.decline")}
          </button>
        }
      >
        <p>{t(`invitation.${invitation.role}`)}</p>
        <p className="muted small">
          {t("invitation.privacy")} {t("invitation.expires", { date: format.date(invitation.expires_at) })}
        </p>
      </Form>
      {declining && (
        <ConfirmDialog
          title={t("invitation.declineQuestion", { title })}
          confirm={t("invitation.decline")}
          icon="close"
          onClose={() => setDeclining(false)}
          onConfirm={async () => {
            await decline.mutateAsync();
            showToast({ text: t("invitation.declined") });
            navigate("/albums", { replace: true });
          }}
        >
          <p>{t("invitation.declineText")}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

/** The owner, or a member, opened an invitation to the album. */
function AlreadyMember({ invitation: { album_id, album_title: title } }: { invitation: Invitation }) {
  const { t } = useTranslation();
  const { data: album, isPending } = useAlbum(album_id);
  if (isPending) return <PageSpinner />;
  const isOwn = album?.role === "owner";
  return (
    <EmptyState
      icon="album"
      title={t(isOwn ? "invitation.own" : "invitation.member")}
      text={isOwn ? t("invitation.ownText") : t("invitation.memberText", { title })}
      action={
        <Link className="button primary" to={`/albums/${album_id}`}>
          {t("invitation.openAlbum")}
        </Link>
      }
    />
  );
}
