import { Store } from "../store";

export interface Selected {
  ids: ReadonlySet<string>;
  /** From which a range goes on. */
  anchor: string | null;
}

const NOTHING: Selected = { ids: new Set(), anchor: null };

/** Which pictures are selected, by mouse or keyboard. */
export class Selection {
  readonly selected = new Store<Selected>(NOTHING);

  toggle(id: string): void {
    const ids = new Set(this.selected.value.ids);
    if (!ids.delete(id)) ids.add(id);
    this.selected.set({ ids, anchor: id });
  }

  /** All from the anchor to this one, in the order in which they are shown. */
  extend(id: string, order: readonly string[]): void {
    const { ids, anchor } = this.selected.value;
    const from = anchor === null ? -1 : order.indexOf(anchor);
    const to = order.indexOf(id);
    if (from < 0 || to < 0) return this.toggle(id);
    const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
    this.selected.set({ ids: new Set([...ids, ...range]), anchor });
  }

  all(order: readonly string[]): void {
    this.selected.set({ ids: new Set(order), anchor: order[0] ?? null });
  }

  clear(): void {
    this.selected.set(NOTHING);
  }

  /** Forget what is not there any more. */
  keepOnly(present: ReadonlySet<string>): void {
    const { ids, anchor } = this.selected.value;
    const kept = new Set([...ids].filter((id) => present.has(id)));
    if (kept.size !== ids.size) this.selected.set({ ids: kept, anchor });
  }
}
