import type { ReactNode } from "react";

/** A titled section of the details panel. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="details-section">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Name and value pairs. */
export function FactList({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="fact-list">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd dir="auto">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
