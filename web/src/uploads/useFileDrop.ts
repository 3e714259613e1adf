import { useEffect, useState } from "react";
import { useRoute } from "wouter";
import { useServices } from "../services";
import { readDropped } from "./files";
import { readFeatures } from "./features";

/** Upload files that are dropped on the page or pasted; returns whether files are being dragged over it. */
export function useFileDrop(): boolean {
  const { uploads, config } = useServices();
  const album = useRoute("/albums/:album/*?")[1]?.album ?? null;
  const [dragging, setDragging] = useState(false);

  useEffect(() => {
    const add = (files: File[]) => uploads.add(files, { features: readFeatures(config.features), album });
    // A child's dragenter fires before its parent's dragleave, so both are counted.
    let depth = 0;
    const changeDepth = (change: number) => {
      depth = Math.max(0, depth + change);
      setDragging(depth > 0);
    };
    const listeners = {
      dragenter: (event: DragEvent) => containsFiles(event) && changeDepth(1),
      dragleave: (event: DragEvent) => containsFiles(event) && changeDepth(-1),
      dragover: (event: DragEvent) => containsFiles(event) && event.preventDefault(),
      drop(event: DragEvent) {
        changeDepth(-depth);
        if (!containsFiles(event) || !event.dataTransfer) return;
        event.preventDefault();
        void readDropped(event.dataTransfer).then(add);
      },
      paste(event: ClipboardEvent) {
        const files = [...(event.clipboardData?.files ?? [])];
        if (files.length === 0) return;
        event.preventDefault();
        add(files);
      },
    };
    for (const [name, listener] of Object.entries(listeners)) addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) removeEventListener(name, listener as EventListener);
    };
  }, [uploads, config, album]);

  return dragging;
}

function containsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
