import { LoadError } from "./LoadError";

interface Props {
  query: { isPending: boolean; isError: boolean; error: unknown; refetch: () => unknown };
  /** Of the skeleton, CSS pixels. */
  height: number;
}

/** Shown in place of what a query has not loaded: a skeleton, or the error with a button to retry. */
export function QueryState({ query: { isPending, isError, error, refetch }, height }: Props) {
  if (isPending) return <div className="skeleton" style={{ blockSize: height }} />;
  return isError && <LoadError error={error} onRetry={() => void refetch()} />;
}
