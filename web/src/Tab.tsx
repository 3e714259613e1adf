import { Link } from "wouter";
import { useCurrentLocation } from "./router";
import { Icon, type IconName } from "./ui/Icon";

interface Props {
  to: string;
  icon: IconName;
  text: string;
}

/** A link of the navigation, marked on its page and below it. */
export function Tab({ to, icon, text }: Props) {
  const { pathname } = useCurrentLocation();
  return (
    <Link className="tab" to={to} aria-current={isBelow(pathname, to) ? "page" : undefined}>
      <Icon name={icon} />
      <span className="tab-text">{text}</span>
    </Link>
  );
}

/** Whether a path is that of a page or of a page below it. */
export function isBelow(pathname: string, to: string): boolean {
  return pathname === to || (to !== "/" && pathname.startsWith(`${to}/`));
}
