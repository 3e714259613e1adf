import { useUpdateImage, type ImageChanges } from "../api/useImages";
import { useServices } from "../services";
import { useErrorMessage } from "../ui/errorMessages";
import { showToast } from "../ui/toasts";

/** Saves a correction of an image's metadata, and refetches the queries below `key`, which depend on it. */
export function useCorrection(id: string, key: string, onSaved: () => void) {
  const { queries } = useServices();
  const describeError = useErrorMessage();
  const { mutate, isPending } = useUpdateImage(id);

  function save(changes: ImageChanges) {
    mutate(changes, {
      onSuccess: () => {
        void queries.invalidateQueries({ queryKey: [key] });
        onSaved();
      },
      onError: (error) => void showToast({ tone: "danger", text: describeError(error) }),
    });
  }

  return { save, isPending };
}
