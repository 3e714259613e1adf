import type { ReactNode } from "react";
import { Link } from "wouter";
import { Icon } from "../ui/Icon";

interface Props {
  /** The page to go back to. */
  back: { to: string; text: string };
  title: string;
  details: ReactNode;
  children?: ReactNode;
}

/** The title of a page below another one, with its actions. */
export function TitleRow({ back, title, details, children }: Props) {
  return (
    <div className="row title-row">
      <Link className="button plain icon" to={back.to} aria-label={back.text}>
        <Icon name="back" />
      </Link>
      <div className="grow">
        <h1 className="truncate" dir="auto">
          {title}
        </h1>
        {details}
      </div>
      {children}
    </div>
  );
}
