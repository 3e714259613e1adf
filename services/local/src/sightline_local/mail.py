"""Messages that an AWS emulator has sent by SES, in the format of MiniStack's list."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

#: MiniStack's path of the list; moto's server (`cloud.py`) has the same list at the same path.
MESSAGES_PATH = "/_ministack/ses/messages"


class Message(BaseModel):
    """A message with its plain text, its HTML, or both."""

    model_config = ConfigDict(validate_by_name=True)

    id: str = Field(alias="MessageId")
    sender: str = Field(alias="Source")
    to: list[str] = Field(alias="To")
    subject: str = Field(alias="Subject")
    text: str = Field("", alias="BodyText")
    html: str | None = Field(None, alias="BodyHtml")
    sent_at: AwareDatetime = Field(alias="Timestamp")


class MessageList(BaseModel):
    """All messages by AWS account."""

    messages: dict[str, list[Message]]

    def newest_first(self) -> list[Message]:
        found = [message for messages in self.messages.values() for message in messages]
        return sorted(found, key=lambda message: message.sent_at, reverse=True)
