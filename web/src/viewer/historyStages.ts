/** The stages of a photo's history, without React. */
import type { HistoryEntry } from "../api/types";

export interface HistoryStage extends HistoryEntry {
  /** The number of this stage among those of its kind and part, from 1. */
  attempt: number;
  /** How many stages of its kind its part has. */
  attempts: number;
}

/** Number the attempts of each part, in the order of the history. */
export function listStages(entries: readonly HistoryEntry[]): HistoryStage[] {
  const isAlike = (one: HistoryEntry) => (other: HistoryEntry) => one.part === other.part && one.stage === other.stage;
  return entries.map((entry, at) => ({
    ...entry,
    attempt: entries.slice(0, at + 1).filter(isAlike(entry)).length,
    attempts: entries.filter(isAlike(entry)).length,
  }));
}
