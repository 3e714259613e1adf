"""The texts of the messages in each language.

Counts follow a colon, so that no language needs plural forms.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sightline.domain.email_notifications import Language


@dataclass(frozen=True, slots=True)
class DigestTexts:
    """The texts of a digest; `{count}` is a number of photos or endpoints, `{percent}` a share."""

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
    quota_subject: str
    quota_heading: str
    quota_images: str
    quota_bytes: str
    quota_hint: str
    budget_subject: str
    budget_heading: str
    budget: str
    budget_hint: str
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
        quota_subject="Storage: {percent}% of your limit",
        quota_heading="Your storage limit",
        quota_images="Number of photos: {percent}% of the limit",
        quota_bytes="Storage space: {percent}% of the limit",
        quota_hint="Uploads that exceed a limit are rejected. "
        "To free space, delete photos and empty the trash.",
        budget_subject="Recognition this month: {percent}% of your limit",
        budget_heading="Your monthly recognition limit",
        budget="Recognition this month: {percent}% of the limit",
        budget_hint="Photos that exceed the limit are stored, but not recognized. "
        "Analyze them again next month.",
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
        quota_subject="Speicher: {percent} % Ihres Limits",
        quota_heading="Ihr Speicherlimit",
        quota_images="Anzahl der Fotos: {percent} % des Limits",
        quota_bytes="Speicherplatz: {percent} % des Limits",
        quota_hint="Uploads über ein Limit hinaus werden abgelehnt. "
        "Löschen Sie Fotos und leeren Sie den Papierkorb.",
        budget_subject="Erkennung in diesem Monat: {percent} % Ihres Limits",
        budget_heading="Ihr monatliches Limit für die Erkennung",
        budget="Erkennung in diesem Monat: {percent} % des Limits",
        budget_hint="Fotos über das Limit hinaus werden nur gespeichert. "
        "Analysieren Sie sie nächsten Monat erneut.",
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
        quota_subject="Almacenamiento: {percent} % de tu límite",
        quota_heading="Tu límite de almacenamiento",
        quota_images="Número de fotos: {percent} % del límite",
        quota_bytes="Espacio: {percent} % del límite",
        quota_hint="Se rechazan las subidas que superan un límite. "
        "Elimina fotos y vacía la papelera.",
        budget_subject="Reconocimiento este mes: {percent} % de tu límite",
        budget_heading="Tu límite mensual de reconocimiento",
        budget="Reconocimiento este mes: {percent} % del límite",
        budget_hint="Las fotos que superan el límite solo se guardan. "
        "Vuelve a analizarlas el mes que viene.",
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
        quota_subject="ストレージ: 上限の {percent}%",
        quota_heading="ストレージの上限",
        quota_images="写真の枚数: 上限の {percent}%",
        quota_bytes="保存容量: 上限の {percent}%",
        quota_hint="上限を超えるアップロードは拒否されます。写真を削除し、ゴミ箱を空にしてください。",
        budget_subject="今月の認識: 上限の {percent}%",
        budget_heading="認識の月間上限",
        budget="今月の認識: 上限の {percent}%",
        budget_hint="上限を超えた写真は保存されますが、認識されません。翌月に再度分析してください。",
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
        quota_subject="مساحة التخزين: {percent}% من حدّك",
        quota_heading="حدّ التخزين الخاص بك",
        quota_images="عدد الصور: {percent}% من الحدّ",
        quota_bytes="مساحة التخزين: {percent}% من الحدّ",
        quota_hint="تُرفَض عمليات الرفع التي تتجاوز الحدّ. احذف صورًا وأفرغ سلة المهملات.",
        budget_subject="التعرّف هذا الشهر: {percent}% من حدّك",
        budget_heading="حدّ التعرّف الشهري الخاص بك",
        budget="التعرّف هذا الشهر: {percent}% من الحدّ",
        budget_hint="تُحفَظ الصور التي تتجاوز الحدّ دون التعرّف عليها. أعد تحليلها الشهر القادم.",
        button="عرض الصور",
        open="فتح Sightline",
        reason="تصلك هذه الرسالة لأنك فعّلت إشعارات البريد الإلكتروني في Sightline.",
        unsubscribe="إلغاء الاشتراك",
    ),
}
