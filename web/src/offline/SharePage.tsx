import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { useServices } from "../services";
import { EmptyState } from "../ui/EmptyState";
import { Icon } from "../ui/Icon";
import { PageSpinner } from "../ui/PageSpinner";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { readFeatures } from "../uploads/features";
import { IndexedDbSharedFiles, type SharedFileStore } from "./sharedFiles";
import "./share.css";

/**
 * Photos that another application shared. They are uploaded only after a confirmation: a page of another site can
 * submit a form to this path as well.
 */
export default function SharePage({ store }: { store?: SharedFileStore }) {
  const { t } = useTranslation();
  const [sharedFiles] = useState(() => store ?? new IndexedDbSharedFiles());
  const [files, setFiles] = useState<readonly File[] | null>(null);
  useDocumentTitle(t("incoming.title"));
  useEffect(() => {
    sharedFiles.list().then(setFiles, () => setFiles([]));
  }, [sharedFiles]);

  if (!files) return <PageSpinner />;
  return (
    <main className="page share-page" id="content">
      {files.length > 0 ? <Confirmation files={files} store={sharedFiles} /> : <Empty />}
    </main>
  );
}

function Confirmation({ files, store }: { files: readonly File[]; store: SharedFileStore }) {
  const { t } = useTranslation();
  const { uploads, config } = useServices();

  async function leave() {
    await store.clear();
    navigate("/", { replace: true });
  }

  async function upload() {
    uploads.add(files, { features: readFeatures(config.features), album: null });
    await leave();
  }

  return (
    <div className="card stack">
      <h1>{t("incoming.title")}</h1>
      <p className="muted">{t("incoming.count", { count: files.length })}</p>
      <ul className="share-files">
        {files.map((file, index) => (
          <li key={index}>
            <Preview file={file} />
          </li>
        ))}
      </ul>
      <div className="row">
        <button type="button" className="button primary" onClick={() => void upload()}>
          <Icon name="upload" size={18} /> {t("upload.open")}
        </button>
        <button type="button" className="button" onClick={() => void leave()}>
          {t("incoming.discard")}
        </button>
      </div>
    </div>
  );
}

/** The photo, or its name if the browser cannot decode it. */
function Preview({ file }: { file: File }) {
  const [url, setUrl] = useState("");
  const [isShown, setShown] = useState(true);
  useEffect(() => {
    const created = URL.createObjectURL(file);
    setUrl(created);
    return () => URL.revokeObjectURL(created);
  }, [file]);
  if (isShown && url) return <img src={url} alt={file.name} onError={() => setShown(false)} />;
  return (
    <span className="share-file" dir="auto" title={file.name}>
      <Icon name="file" size={28} />
      <span className="truncate small">{file.name}</span>
    </span>
  );
}

function Empty() {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon="images"
      title={t("incoming.empty")}
      text={t("incoming.emptyText")}
      action={
        <Link className="button primary" to="/">
          {t("notFound.back")}
        </Link>
      }
    />
  );
}
