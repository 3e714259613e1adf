import { useEffect, useState } from "react";
import { useRoute } from "wouter";
import { useServices } from "../services";
import { readDropped } from "./files";
import { readFeatures } from "./features";

/** Takes what is dropped on the page or pasted into it; answers whether files hang over it now. */
export function useDropped(): boolean {
  const { uploads, config } = useServices();
  const album = useRoute("/albums/:album/*?")[1]?.album ?? null;
  const [dragging, setDragging] = useState(false);

  useEffect(() => {
    const add = (files: File[]) => uploads.add(files, { features: readFeatures(config.features), album });
    // Entering a child comes before leaving its parent, so they are counted.
    let depth = 0;
    const show = (change: number) => {
      depth = Math.max(0, depth + change);
      setDragging(depth > 0);
    };
    const listeners = {
      dragenter: (event: DragEvent) => holdsFiles(event) && show(1),
      dragleave: (event: DragEvent) => holdsFiles(event) && show(-1),
      dragover: (event: DragEvent) => holdsFiles(event) && event.preventDefault(),
      drop(event: DragEvent) {
        show(-depth);
        if (!holdsFiles(event) || !event.dataTransfer) return;
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

function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
