"""The texts of the messages in each language.

Counts follow a colon, so that no language needs plural forms.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sightline.domain.email_notifications import Language


@dataclass(frozen=True, slots=True)
class DigestTexts:
    """The texts of a digest; `{count}` is a number of photos or endpoints."""

    ready_subject: str
    ready_heading: str
    failed_subject: str
    failed_heading: str
    ready: str
    failed: str
    named: str
    retry: str
    paused_subject: str
    paused_heading: str
    paused: str
    resume: str
    button: str
    open: str
    reason: str
    unsubscribe: str


TEXTS: Mapping[Language, DigestTexts] = {
    Language.ENGLISH: DigestTexts(
        ready_subject="Your photos are ready: {count}",
        ready_heading="Your photos are ready",
        failed_subject="Photos that couldn't be processed: {count}",
        failed_heading="Some photos couldn't be processed",
        ready="Ready: {count}",
        failed="Not processed: {count}",
        named="Among them:",
        retry="Open a photo to see what went wrong and to try again.",
        paused_subject="Paused webhook endpoints: {count}",
        paused_heading="Webhook deliveries are paused",
        paused="Deliveries to these endpoints failed, so nothing more is sent to them:",
        resume="Fix the endpoint, then resume it.",
        button="View photos",
        open="Open Sightline",
        reason="You receive this email because you turned on email notifications in Sightline.",
        unsubscribe="Unsubscribe",
    ),
    Language.GERMAN: DigestTexts(
        ready_subject="Ihre Fotos sind fertig: {count}",
        ready_heading="Ihre Fotos sind fertig",
        failed_subject="Nicht verarbeitete Fotos: {count}",
        failed_heading="Einige Fotos konnten nicht verarbeitet werden",
        ready="Fertig: {count}",
        failed="Nicht verarbeitet: {count}",
        named="Darunter:",
        retry="Öffnen Sie ein Foto, um den Grund zu sehen und es erneut zu versuchen.",
        paused_subject="Pausierte Webhook-Endpunkte: {count}",
        paused_heading="Webhook-Zustellungen sind pausiert",
        paused="Nach fehlgeschlagenen Zustellungen wird nichts mehr gesendet an:",
        resume="Beheben Sie den Fehler des Endpunkts und setzen Sie ihn dann fort.",
        button="Fotos ansehen",
        open="Sightline öffnen",
        reason="Sie erhalten diese Nachricht, weil Sie in Sightline Benachrichtigungen per E-Mail "
        "eingeschaltet haben.",
        unsubscribe="Abbestellen",
    ),
    Language.SPANISH: DigestTexts(
        ready_subject="Tus fotos están listas: {count}",
        ready_heading="Tus fotos están listas",
        failed_subject="Fotos que no se han podido procesar: {count}",
        failed_heading="Algunas fotos no se han podido procesar",
        ready="Listas: {count}",
        failed="Sin procesar: {count}",
        named="Entre ellas:",
        retry="Abre una foto para ver el motivo y volver a intentarlo.",
        paused_subject="Endpoints de webhook en pausa: {count}",
        paused_heading="Las entregas de webhooks están en pausa",
        paused="Las entregas a estos endpoints han fallado y ya no se les envía nada:",
        resume="Corrige el endpoint y después reanúdalo.",
        button="Ver fotos",
        open="Abrir Sightline",
        reason="Recibes este correo porque has activado las notificaciones por correo en "
        "Sightline.",
        unsubscribe="Cancelar suscripción",
    ),
    Language.JAPANESE: DigestTexts(
        ready_subject="写真の準備ができました: {count}",
        ready_heading="写真の準備ができました",
        failed_subject="処理できなかった写真: {count}",
        failed_heading="一部の写真を処理できませんでした",
        ready="完了: {count}",
        failed="未処理: {count}",
        named="該当する写真:",
        retry="写真を開くと、理由を確認して再試行できます。",
        paused_subject="一時停止した Webhook エンドポイント: {count}",
        paused_heading="Webhook の配信を一時停止しました",
        paused="次のエンドポイントへの配信に失敗したため、送信を停止しました:",
        resume="エンドポイントを修正してから、再開してください。",
        button="写真を表示",
        open="Sightline を開く",
        reason="このメールは、Sightline でメール通知を有効にしているため送信されています。",
        unsubscribe="配信停止",
    ),
    Language.ARABIC: DigestTexts(
        ready_subject="صورك جاهزة: {count}",
        ready_heading="صورك جاهزة",
        failed_subject="صور تعذّرت معالجتها: {count}",
        failed_heading="تعذّرت معالجة بعض الصور",
        ready="جاهزة: {count}",
        failed="لم تُعالَج: {count}",
        named="من بينها:",
        retry="افتح صورة لمعرفة السبب والمحاولة مرة أخرى.",
        paused_subject="نقاط نهاية Webhook المتوقفة مؤقتًا: {count}",
        paused_heading="تسليمات Webhook متوقفة مؤقتًا",
        paused="فشلت التسليمات إلى نقاط النهاية هذه، لذلك لم يعد يُرسَل إليها شيء:",
        resume="أصلح نقطة النهاية ثم استأنفها.",
        button="عرض الصور",
        open="فتح Sightline",
        reason="تصلك هذه الرسالة لأنك فعّلت إشعارات البريد الإلكتروني في Sightline.",
        unsubscribe="إلغاء الاشتراك",
    ),
}
