import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Field, Form } from "../account/Form";
import { Dialog } from "../ui/Dialog";

interface Props {
  title: string;
  submit: string;
  initial?: string;
  onClose: () => void;
  onSubmit: (title: string) => Promise<void>;
}

export function TitleDialog({ title, submit, initial = "", onClose, onSubmit }: Props) {
  const { t } = useTranslation();
  const [name, setName] = useState(initial);
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        submit={submit}
        onSubmit={async () => {
          if (!name.trim()) return;
          await onSubmit(name.trim());
          onClose();
        }}
      >
        <Field label={t("album.title")} value={name} onValue={setName} maxLength={200} data-autofocus="" />
      </Form>
    </Dialog>
  );
}
