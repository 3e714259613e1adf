import { useStore } from "../useStore";
import { toasts } from "./toasts";

export function Toasts() {
  const shown = useStore(toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, tone, progress, action }) => (
        <div key={id} className={`toast ${tone}`}>
          <span>{text}</span>
          {progress !== undefined && <progress className="progress" value={progress} aria-label={text} />}
          {action && (
            <button
              type="button"
              onClick={() => {
                action.run();
                toasts.update((all) => all.filter((each) => each.id !== id));
              }}
            >
              {action.text}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
