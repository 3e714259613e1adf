import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useServices } from "../services";
import { trashQuery } from "./trash";

/** The images in the trash, the last one that was moved there first. */
export function useTrash() {
  const { api } = useServices();
  const query = useInfiniteQuery(trashQuery(api));
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { ...query, items };
}
