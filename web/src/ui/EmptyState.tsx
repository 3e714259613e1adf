import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

interface Props {
  icon: IconName;
  title: string;
  text: string;
  /** What to do next: a button or a link. */
  action?: ReactNode;
}

/** Shown in place of a list without items. */
export function EmptyState({ icon, title, text, action }: Props) {
  return (
    <div className="empty-state">
      <span className="empty-icon">
        <Icon name={icon} size={40} />
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
      {action}
    </div>
  );
}
