import { useDocumentTitle } from "../ui/useDocumentTitle";
import { Specimens } from "./Specimens";
import "../account/account.css";
import "../gallery/gallery.css";
import "../selection/selection.css";
import "./design.css";

const THEMES = ["light", "dark"] as const;

/** Every component of the design system (docs/design.md) in both themes. A page for developers, in English. */
export default function DesignPage() {
  useDocumentTitle("Design system");
  return (
    <main id="content" className="design" lang="en" dir="ltr">
      <h1>Design system</h1>
      <div className="design-themes">
        {THEMES.map((theme) => (
          <section key={theme} className={`design-theme ${theme}`} aria-labelledby={theme}>
            <h2 id={theme}>{theme === "light" ? "Light" : "Dark"}</h2>
            <Specimens theme={theme} />
          </section>
        ))}
      </div>
    </main>
  );
}
