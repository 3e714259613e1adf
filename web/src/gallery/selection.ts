import { Store } from "../store";

export interface Selected {
  ids: ReadonlySet<string>;
  /** The image at which a range starts. */
  anchor: string | null;
}

const EMPTY: Selected = { ids: new Set(), anchor: null };

/** The selected images. */
export class Selection {
  readonly selected = new Store<Selected>(EMPTY);

  toggle(id: string): void {
    const ids = new Set(this.selected.value.ids);
    if (!ids.delete(id)) ids.add(id);
    this.selected.set({ ids, anchor: id });
  }

  /** Select all of these images, or deselect them if all are selected. */
  toggleAll(ids: readonly string[]): void {
    const selected = new Set(this.selected.value.ids);
    const isSelected = ids.every((id) => selected.has(id));
    for (const id of ids) {
      if (isSelected) selected.delete(id);
      else selected.add(id);
    }
    this.selected.set({ ids: selected, anchor: isSelected ? null : (ids[0] ?? null) });
  }

  /** Select all images from the anchor to this one, in display order. */
  extend(id: string, order: readonly string[]): void {
    const { ids, anchor } = this.selected.value;
    const from = anchor === null ? -1 : order.indexOf(anchor);
    const to = order.indexOf(id);
    if (from < 0 || to < 0) return this.toggle(id);
    const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
    this.selected.set({ ids: new Set([...ids, ...range]), anchor });
  }

  /** Select these images and no others. */
  select(ids: readonly string[]): void {
    this.selected.set({ ids: new Set(ids), anchor: ids.at(-1) ?? null });
  }

  selectAll(order: readonly string[]): void {
    this.selected.set({ ids: new Set(order), anchor: order[0] ?? null });
  }

  clear(): void {
    this.selected.set(EMPTY);
  }

  /** Deselect images that are no longer present. */
  retain(present: ReadonlySet<string>): void {
    const { ids, anchor } = this.selected.value;
    const kept = new Set([...ids].filter((id) => present.has(id)));
    if (kept.size !== ids.size) this.selected.set({ ids: kept, anchor });
  }
}
