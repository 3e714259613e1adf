"""The texts of invitations in each language."""

from collections.abc import Mapping
from dataclasses import dataclass

from sightline.domain.email_notifications import Language


@dataclass(frozen=True, slots=True)
class InvitationTexts:
    """The texts of an invitation; `{email}` is that of the inviter, and `{date}` is ISO 8601."""

    subject: str
    heading: str
    inviter: str
    viewer: str
    contributor: str
    code: str
    expiry: str
    button: str
    reason: str


INVITATION_TEXTS: Mapping[Language, InvitationTexts] = {
    Language.ENGLISH: InvitationTexts(
        subject="You're invited to a shared album",
        heading="You're invited to a shared album",
        inviter="Invited by {email}",
        viewer="You can view the photos of this album.",
        contributor="You can view the photos of this album, and add your own.",
        code="Invitation code: {code}",
        expiry="Valid until: {date}",
        button="Open invitation",
        reason="You receive this email because someone invited you in Sightline. "
        "If you don't expect it, ignore it. Don't forward it: the link works once, for anyone.",
    ),
    Language.GERMAN: InvitationTexts(
        subject="Einladung zu einem geteilten Album",
        heading="Sie sind zu einem geteilten Album eingeladen",
        inviter="Eingeladen von {email}",
        viewer="Sie können die Fotos dieses Albums ansehen.",
        contributor="Sie können die Fotos dieses Albums ansehen und eigene hinzufügen.",
        code="Einladungscode: {code}",
        expiry="Gültig bis: {date}",
        button="Einladung öffnen",
        reason="Sie erhalten diese Nachricht, weil Sie in Sightline eingeladen wurden. Wenn Sie "
        "sie nicht erwarten, ignorieren Sie sie. Leiten Sie sie nicht weiter: Der Link gilt "
        "einmal, und zwar für alle, die ihn haben.",
    ),
    Language.SPANISH: InvitationTexts(
        subject="Invitación a un álbum compartido",
        heading="Te han invitado a un álbum compartido",
        inviter="Invitación de {email}",
        viewer="Puedes ver las fotos de este álbum.",
        contributor="Puedes ver las fotos de este álbum y añadir las tuyas.",
        code="Código de invitación: {code}",
        expiry="Válida hasta: {date}",
        button="Abrir invitación",
        reason="Recibes este correo porque alguien te ha invitado en Sightline. Si no lo esperas, "
        "ignóralo. No lo reenvíes: el enlace funciona una sola vez, para quien lo tenga.",
    ),
    Language.JAPANESE: InvitationTexts(
        subject="共有アルバムへの招待",
        heading="共有アルバムに招待されました",
        inviter="招待した人: {email}",
        viewer="このアルバムの写真を表示できます。",
        contributor="このアルバムの写真を表示し、自分の写真を追加できます。",
        code="招待コード: {code}",
        expiry="有効期限: {date}",
        button="招待を開く",
        reason="このメールは、Sightline であなたが招待されたため送信されています。"
        "心当たりがない場合は無視してください。リンクは一度だけ誰でも使えるため、転送しないでください。",
    ),
    Language.ARABIC: InvitationTexts(
        subject="دعوة إلى ألبوم مشترك",
        heading="تمت دعوتك إلى ألبوم مشترك",
        inviter="الدعوة من {email}",
        viewer="يمكنك عرض صور هذا الألبوم.",
        contributor="يمكنك عرض صور هذا الألبوم وإضافة صورك.",
        code="رمز الدعوة: {code}",
        expiry="صالحة حتى: {date}",
        button="فتح الدعوة",
        reason="تصلك هذه الرسالة لأن شخصًا دعاك في Sightline. إذا لم تكن تتوقعها فتجاهلها. "
        "لا تُعِد توجيهها: يعمل الرابط مرة واحدة لأي شخص يملكه.",
    ),
}
